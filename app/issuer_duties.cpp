#include "app/issuer_duties.h"

#include "app/profiles.h"
#include "app/revocation_role.h"

namespace app {

acmecore::IssuerDuties duties_of(const base::Config& config, std::string_view issuer) {
  const bool publishes = publishes_status(config);
  acmecore::IssuerDuties duties{publishes, publishes && config.revocation.ocsp.enabled};
  duties.public_profile = profile_signed_by(config, issuer, {.is_public = true});
  duties.public_client_profile = profile_signed_by(config, issuer, {.is_public = true, .for_clients = true});
  duties.private_client_profile =
      profile_signed_by(config, issuer, {.is_public = false, .for_clients = true});
  return duties;
}

}  // namespace app
