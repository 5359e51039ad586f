#pragma once

#include <chrono>
#include <string>

#include "acmecore/certificate.h"
#include "acmecore/name_constraints.h"
#include "acmecore/signing_key.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

namespace acmecore {

inline constexpr std::chrono::hours kRootLifetime{15 * 365 * 24};
inline constexpr std::chrono::hours kIssuingLifetime{5 * 365 * 24};

// Who a CA is, in its certificates' subject (BR 7.1.4.2). Empty: not there.
struct CaSubject {
  std::string common_name;
  std::string organization = {};
  std::string country = {};  // two upper-case letters (ISO 3166-1)

  bool operator==(const CaSubject&) const = default;
};

// The Name with country, organization and common name, in this order. malformed: there is no common name, or one is
// longer than 64 characters, has control characters, or is no country.
base::Result<base::Bytes> name_of(const CaSubject& subject);

// A new root's certificate (BR 7.1.2.1), signed by its own key: subject and issuer, SPKI, and the extensions
//   basicConstraints, critical: cA
//   keyUsage, critical: keyCertSign, cRLSign
//   subjectKeyIdentifier
// internal, unavailable, here and below: the errors of SigningKey::sign.
base::Result<base::Bytes> sign_root(base::BytesView subject_der, const SigningKey& key, base::Time now,
                                    std::chrono::seconds lifetime);

// What a root is asked to certify.
struct IssuingCa {
  base::Bytes subject_der;  // Name
  base::Bytes spki_der;
  NameConstraints constraints = {};
  std::chrono::seconds lifetime = kIssuingLifetime;  // never beyond the root's
};

// A new certificate of an issuing CA (BR 7.1.2.6):
//   basicConstraints, critical: cA, pathLenConstraint 0
//   keyUsage, critical: digitalSignature (for OCSP), keyCertSign, cRLSign
//   extendedKeyUsage: serverAuth
//   nameConstraints, critical, where there are any
//   subjectKeyIdentifier, authorityKeyIdentifier
//   certificatePolicies: 2.23.140.1.2.1
// REQUIRES: `root` has a subjectKeyIdentifier, and is the certificate of `root_key`.
base::Result<base::Bytes> sign_issuing(const IssuingCa& issuing, const Certificate& root,
                                       const SigningKey& root_key, base::Time now);

// A certification request (RFC 2986) for somebody else's root, with the extensions above that its requester can know,
// as extensionRequest (RFC 2985 §5.4.2).
base::Result<base::Bytes> sign_ca_request(base::BytesView subject_der, const SigningKey& key,
                                          const NameConstraints& constraints);

}  // namespace acmecore
