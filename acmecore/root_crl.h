#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "acmecore/ca_ceremony.h"
#include "acmecore/certificate.h"
#include "acmecore/crl.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

// What a root of one's own says of the issuing CAs below it (RFC 5280 §5). It is made by hand and seldom, for the
// root's key is kept away.
namespace acmecore {

inline constexpr std::chrono::hours kRootCrlLifetime{180 * 24};
inline constexpr std::chrono::hours kRootCrlLifetimeMax{365 * 24};  // BR 4.9.7: 12 months

// An issuing CA that is not to be trusted any more.
struct RevokedCa {
  Certificate certificate;
  Revocation revocation;
};

struct RootCrlPlan {
  base::Bytes before;              // the CRL before, in DER; empty: there was none
  std::vector<RevokedCa> revoked;  // beside those that it lists
  std::chrono::seconds lifetime = kRootCrlLifetime;
  std::string root_key = {};  // as KeyVault has it; empty: that in the directory
};

// The next CRL of the root that the issuer's current certificate leads to: of version 2, of all that the root has
// signed, with authorityKeyIdentifier and cRLNumber. It lists what the CRL before did and what is revoked now, which
// stays as it was where it was listed already. Its number is that of the time in seconds, or one more than before.
//
// malformed: the lifetime is not above 0, or above kRootCrlLifetimeMax. unavailable: the root's key is not there or
// belongs to another root, the CRL before or a certificate is not the root's own, or the errors of CaDirectory,
// KeyVault and SigningKey.
base::Result<base::Bytes> sign_root_crl(const CaPlace& place, const RootCrlPlan& plan, base::Time now);

}  // namespace acmecore
