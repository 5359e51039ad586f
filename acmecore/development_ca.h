#pragma once

#include <string>

#include "base/error.h"
#include "base/time.h"

namespace acmecore {

// A root and the issuing CA below it, as they are made and kept: PEM.
struct CaMaterial {
  std::string root_key_pem;  // secret; empty when it is kept elsewhere
  std::string root_pem;
  std::string issuing_key_pem;  // secret
  std::string issuing_pem;
};

// A new root CA and a new issuing CA below it (ca_profile.h), both on P-256, named "Assay Development … CA" and a
// random suffix, so that two installations never share a name. `client_auth`: as IssuingCa has it.
base::Result<CaMaterial> make_development_ca(base::Time now, bool client_auth = false);

}  // namespace acmecore
