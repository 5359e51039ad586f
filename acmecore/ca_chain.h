#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "acmecore/certificate.h"
#include "acmecore/extensions.h"
#include "acmecore/name_constraints.h"
#include "base/error.h"
#include "base/time.h"

namespace acmecore {

inline constexpr size_t kCaChainCertificatesMax = 10;

// The certificate of an issuing CA and what is above it, up to its root: each is signed by the next, the last by
// itself.
struct CaChain {
  std::vector<Certificate> certificates;     // two at least
  std::vector<NameConstraints> constraints;  // of those that have any

  const Certificate& issuing() const { return certificates.front(); }
  const Certificate& root() const { return certificates.back(); }
};

// How sentences call a certificate of a chain of `size`: "the issuing certificate".
std::string name_in_chain(size_t place, size_t size);

// Reads it from PEM, in this order. unavailable, as below: it is not such a chain; the detail says which certificate is
// to blame.
base::Result<CaChain> read_ca_chain(std::string_view pem);

// unavailable: leaves that the issuing CA signs at `now` would not verify (RFC 5280 §6.1), because a certificate is not
// valid then, is no CA's, may not sign certificates, has a pathLenConstraint that is too short or is not for servers.
base::Result<void> check_ca_chain(const CaChain& chain, base::Time now);

// Whether these names keep to the constraints of all: the errors of check_constraints.
base::Result<void> check_names(const CaChain& chain, const SubjectAltName& names, bool has_subject);

}  // namespace acmecore
