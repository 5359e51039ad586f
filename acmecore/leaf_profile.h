#pragma once

#include <string>
#include <vector>

#include "acmecore/certificate.h"
#include "acmecore/serial.h"
#include "acmecore/validity.h"
#include "base/bytes.h"
#include "base/error.h"

namespace acmecore {

// Everything about a leaf that is not the same for all leaves of one issuing CA.
struct LeafRequest {
  std::vector<std::string> dns_names;          // lower-case; with ip_addresses at least one name
  std::vector<base::Bytes> ip_addresses = {};  // 4 or 16 octets
  base::Bytes spki_der;                        // accepted by parse_public_key
  Serial serial;
  Validity validity;

  bool operator==(const LeafRequest&) const = default;
};

// The TBSCertificate of a domain validated TLS server certificate (BR 7.1.2.7.2), signed later with
// `signature_algorithm_der` by `issuer`:
//   version 3, the request's serial, validity and SPKI, the issuer's subject octet for octet, an empty
//   subject; keyUsage critical, digitalSignature only; extendedKeyUsage serverAuth only; basicConstraints
//   critical, empty; authorityKeyIdentifier with the keyIdentifier only; certificatePolicies 2.23.140.1.2.1
//   without qualifiers; subjectAltName critical, because the subject is empty. Nothing else.
// REQUIRES: check_leaf_request(request) succeeds; `issuer` has a subjectKeyIdentifier.
base::Bytes leaf_tbs(const LeafRequest& request, const Certificate& issuer,
                     base::BytesView signature_algorithm_der);

// The last line before the signer, whatever was checked earlier: names in the syntax of check_dns_name and
// each once, addresses of 4 or 16 octets, an acceptable key, a validity within the issuer's and in order, a
// serial of at least 8 octets. internal otherwise: whoever asked had to know better.
base::Result<void> check_leaf_request(const LeafRequest& request, const Certificate& issuer);

// Compares a signed leaf with what was asked for, field by field, with a reader that shares nothing with
// leaf_tbs: names, SPKI, serial, validity, issuer octets, empty subject, the profile's extensions and no
// other, the algorithm, and the signature by the issuer's key. internal: the first difference.
base::Result<void> verify_issued(base::BytesView leaf_der, const LeafRequest& request,
                                 const Certificate& issuer);

}  // namespace acmecore
