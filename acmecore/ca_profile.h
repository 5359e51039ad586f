#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "acmecore/certificate.h"
#include "acmecore/extensions.h"
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
// unavailable, here and below: what was to be signed breaks a rule (lint_new_ca), such as of keys; or the errors of
// SigningKey::sign, as internal.
base::Result<base::Bytes> sign_root(base::BytesView subject_der, const SigningKey& key, base::Time now,
                                    std::chrono::seconds lifetime);

// What a root is asked to certify.
struct IssuingCa {
  base::Bytes subject_der;  // Name
  base::Bytes spki_der;
  NameConstraints constraints = {};
  std::chrono::seconds lifetime = kIssuingLifetime;  // never beyond the root's
  // Whether leaves for clients verify below it, too. Nothing: as it was before, and a new one is for servers alone.
  std::optional<bool> client_auth = std::nullopt;
  std::string crl_url = {};         // of the root's CRL; empty: none is named
  std::string ca_issuers_url = {};  // of the root's certificate, as well
};

// The extensions of a new certificate of an issuing CA (BR 7.1.2.6):
//   basicConstraints, critical: cA, pathLenConstraint 0
//   keyUsage, critical: digitalSignature (for OCSP), keyCertSign, cRLSign
//   extendedKeyUsage: serverAuth; clientAuth, if it is asked for
//   nameConstraints, critical, where there are any
//   subjectKeyIdentifier, authorityKeyIdentifier
//   certificatePolicies: anyPolicy, so that leaves of each profile have theirs (RFC 5280 §6.1)
//   cRLDistributionPoints, authorityInfoAccess, where there are URLs
// REQUIRES: `root` has a subjectKeyIdentifier.
base::Result<std::vector<Extension>> issuing_extensions(const IssuingCa& issuing, const Certificate& root);

// A new certificate of an issuing CA, with these extensions and with others. REQUIRES: as above, and `root` is the
// certificate of `root_key`.
base::Result<base::Bytes> sign_issuing(const IssuingCa& issuing, const Certificate& root,
                                       const SigningKey& root_key, base::Time now);
base::Result<base::Bytes> sign_issuing(const IssuingCa& issuing, std::vector<Extension> extensions,
                                       const Certificate& root, const SigningKey& root_key, base::Time now);

// A certification request (RFC 2986) for somebody else's root, with the extensions above that its requester can know,
// as extensionRequest (RFC 2985 §5.4.2). unavailable: a certificate with them would break a rule.
base::Result<base::Bytes> sign_ca_request(const IssuingCa& issuing, const SigningKey& key);

}  // namespace acmecore
