#pragma once

#include <string>
#include <vector>

#include "acmecore/certificate.h"
#include "acmecore/certificate_writer.h"
#include "acmecore/serial.h"
#include "acmecore/validity.h"
#include "base/bytes.h"
#include "base/error.h"

namespace acmecore {

// ub-common-name (RFC 5280 appendix A.1).
inline constexpr size_t kCommonNameSizeMax = 64;

// Everything about a leaf that is not the same for all leaves of one issuing CA.
struct LeafRequest {
  std::vector<std::string> dns_names;          // lower-case; with ip_addresses at least one name
  std::vector<base::Bytes> ip_addresses = {};  // 4 or 16 octets
  std::string common_name = {};                // one of dns_names; empty: the subject is empty, too
  base::Bytes spki_der;                        // one that parse_public_key accepts
  Serial serial;
  Validity validity;

  bool operator==(const LeafRequest&) const = default;
};

// The last line before the signer, whatever was checked earlier: names in the syntax of check_dns_name and
// each once, addresses of 4 or 16 octets and each once, a common name that is one of the names and of at most
// kCommonNameSizeMax octets, an acceptable key, a validity in order, in whole seconds and within the issuer's,
// a serial of more than 8 octets. internal otherwise: whoever asked had to know better.
base::Result<void> check_leaf_request(const LeafRequest& request, const Certificate& issuer);

// A domain validated TLS server certificate (BR 7.1.2.7.2): the request's serial, validity and SPKI, the
// issuer's subject octet for octet, a subject that is empty or the common name alone, and these extensions and
// no other:
//   keyUsage, critical: digitalSignature, for RSA and elliptic curves alike
//   extendedKeyUsage: serverAuth
//   basicConstraints, critical: the empty SEQUENCE, which is cA FALSE
//   authorityKeyIdentifier: the issuer's subjectKeyIdentifier, without issuer and serial
//   certificatePolicies: 2.23.140.1.2.1 without qualifiers
//   subjectAltName, critical if the subject is empty (RFC 5280 §4.2.1.6): the names, then the addresses
// REQUIRES: `issuer` has a subjectKeyIdentifier.
TbsFields leaf_fields(const LeafRequest& request, const Certificate& issuer);

}  // namespace acmecore
