#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace acmecore {

// Room for 100 names of full length and an RSA key of 8192 bits.
inline constexpr size_t kCsrSizeMax = 32 * 1024;

// What a certification request asks for, once everything about it has been checked that can be checked
// without knowing the order.
struct Csr {
  std::vector<std::string> dns_names;  // of SAN and CN; lower-case, sorted, each once, at least one
  base::Bytes spki_der;                // the SubjectPublicKeyInfo, octet for octet
  base::Bytes spki_digest;             // SHA-256 of it; compare with account keys (RFC 8555 §11.1)
  base::Bytes digest;                  // SHA-256 of the whole request: the same CSR again is the same digest
  bool must_staple = false;  // it asks for a certificate that needs a stapled OCSP response (RFC 7633)

  bool operator==(const Csr&) const = default;
};

// Reads a PKCS#10 certification request (RFC 2986) as RFC 8555 §7.4 uses it: one DER object and nothing
// behind it, signed by the key it carries with SHA-2, a key that `parse_public_key` accepts, and dns names in
// the subjectAltName request, the common name, or both.
//
// What the certificate will not have is refused where its absence would surprise the subscriber (cA, other
// names than dNSName, certificate policies …) and ignored where clients send it by habit: the
// rest of the subject, keyUsage without keyCertSign and cRLSign, extendedKeyUsage of serverAuth and
// clientAuth, basicConstraints without cA, subjectKeyIdentifier, and attributes other than extensionRequest.
//
// bad_csr otherwise, with a sentence that says what to change.
base::Result<Csr> parse_csr(base::BytesView der);

}  // namespace acmecore
