#include "acmecore/issuer_duties.h"

#include <algorithm>

#include "acmecore/baseline_requirements.h"
#include "acmecore/ca_certificate.h"
#include "base/log.h"

namespace acmecore {

using base::Result;

namespace {

// RFC 5280 does not nest purposes; browsers, OpenSSL and Go do.
Result<void> check_clients(const std::string& profile, const std::string& what, const CaChain& chain) {
  if (profile.empty() || std::ranges::all_of(chain.certificates, certifies_clients)) return {};
  return base::fail(base::ErrorKind::unavailable,
                    what + ", or one above it, has no extendedKeyUsage clientAuth, as " + profile +
                        " has: who verifies would not take its certificates from clients");
}

}  // namespace

Result<void> check_duties(const IssuerDuties& duties, const std::string& what, const CaChain& chain) {
  if (duties.crls) CHECK(check_crl_issuer(what, chain.issuing()));
  if (duties.ocsp_responses) CHECK(check_ocsp_signer(what, chain.issuing()));
  CHECK(check_clients(duties.public_client_profile, what, chain));
  if (const auto fit = check_clients(duties.private_client_profile, what, chain); !fit)
    base::log::warning("acme.issuer.not_for_clients", {{"detail", fit.error().detail}});
  if (duties.public_profile.empty()) return {};
  std::string why;
  for (const BrViolation& found : br_violations(chain))
    why += (why.empty() ? "" : "; ") + found.what + " (BR " + std::string(found.section) + ")";
  if (why.empty()) return {};
  return base::fail(base::ErrorKind::unavailable,
                    "it cannot sign by " + duties.public_profile + ", which has public rules: " + why);
}

}  // namespace acmecore
