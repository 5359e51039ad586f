#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acmecore/ca_ceremony.h"
#include "acmecore/certificate.h"
#include "acmecore/crl.h"
#include "acmecore/revocation.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

// What a root of one's own says of the issuing CAs below it (RFC 5280 §5). It is made by hand and seldom, for the
// root's key is kept away.
namespace acmecore {

inline constexpr std::chrono::hours kRootCrlLifetime{180 * 24};
inline constexpr std::chrono::hours kRootCrlLifetimeMax{365 * 24};  // BR 4.9.7: 12 months

// cACompromise (RFC 5280 §5.3.1): a reason of CAs alone, and therefore none of the enumeration.
inline constexpr RevocationReason kCaCompromise{2};

// Why an operator revokes a CA, "cACompromise" or the name of a RevocationReason but unspecified: an entry about a CA
// has a reason (BR 7.2.2). malformed: none of those; the detail lists them.
base::Result<RevocationReason> parse_ca_reason_name(std::string_view name);

// An issuing CA that is not to be trusted any more.
struct RevokedCa {
  Certificate certificate;
  Revocation revocation;  // with such a reason
};

struct RootCrlPlan {
  std::optional<base::Bytes> before;  // the CRL before, in DER; nothing: there was none
  std::vector<RevokedCa> revoked;     // beside those that it lists
  std::chrono::seconds lifetime = kRootCrlLifetime;
  std::string root_key = {};  // as KeyVault has it; empty: that in the directory
};

// The next CRL of the root that the issuer's current certificate leads to: of version 2, of all that the root has
// signed, with authorityKeyIdentifier and cRLNumber. It lists what the CRL before did and what is revoked now. Its
// number is that of the time in seconds, or one more than before.
//
// What was listed already keeps its time. keyCompromise and cACompromise take the place of its reason, any other reason
// that of none.
//
// malformed: the lifetime is not above 0, or above kRootCrlLifetimeMax, or a CA is to be revoked without a reason.
// unavailable: the root's key is not there or belongs to another root, the CRL before or a certificate is not the
// root's own, a reason cannot take the place of that which is listed, or the errors of CaDirectory, KeyVault and
// SigningKey.
base::Result<base::Bytes> sign_root_crl(const CaPlace& place, const RootCrlPlan& plan, base::Time now);

}  // namespace acmecore
