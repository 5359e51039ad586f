#pragma once

#include <string>

#include "acmecore/signing_key.h"
#include "base/error.h"
#include "base/time.h"

namespace acmecore {

inline constexpr std::chrono::hours kRootLifetime{15 * 365 * 24};
inline constexpr std::chrono::hours kIssuingLifetime{5 * 365 * 24};

// A root and the issuing CA below it, as they are made and kept: PEM.
struct CaMaterial {
  std::string root_key_pem;  // secret; empty when it is kept elsewhere
  std::string root_pem;
  std::string issuing_key_pem;  // secret
  std::string issuing_pem;
};

// A new root CA (BR 7.1.2.1) and a new issuing CA below it (BR 7.1.2.6), both on P-256, named "Assay
// Development … CA" and a random suffix, so that two installations never share a name. The issuing CA has
// pathLenConstraint 0, extendedKeyUsage serverAuth and the policy 2.23.140.1.2.1.
base::Result<CaMaterial> make_development_ca(base::Time now);

}  // namespace acmecore
