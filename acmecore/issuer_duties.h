#pragma once

#include <string>

#include "acmecore/ca_chain.h"
#include "base/error.h"

namespace acmecore {

// What an issuer that signs leaves has to be fit for beside.
struct IssuerDuties {
  bool crls = false;            // its key signs CRLs
  bool ocsp_responses = false;  // and OCSP responses
  // How sentences call a profile that it signs by and that claims to keep the Baseline Requirements. Empty: it signs by
  // none.
  std::string public_profile = {};
  // The same of one whose certificates are for clients, too, and that claims to keep them or not.
  std::string public_client_profile = {};
  std::string private_client_profile = {};
};

// Whether it is, with this chain; that its leaves are of no use to clients is told to the log where the profile is
// private, for they are to servers. unavailable: the detail says what for it is not; `what` is how it calls its
// certificate.
base::Result<void> check_duties(const IssuerDuties& duties, const std::string& what, const CaChain& chain);

}  // namespace acmecore
