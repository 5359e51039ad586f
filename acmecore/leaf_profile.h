#pragma once

#include <string>
#include <vector>

#include "acmecore/certificate.h"
#include "acmecore/certificate_writer.h"
#include "acmecore/leaf_content.h"
#include "acmecore/serial.h"
#include "acmecore/validity.h"
#include "base/bytes.h"
#include "base/time.h"

namespace acmecore {

// ub-common-name (RFC 5280 appendix A.1).
inline constexpr size_t kCommonNameSizeMax = 64;

// Everything about a leaf that is not the same for all leaves of one issuing CA. Whether it may be so is not said here:
// see lint/lint.h.
struct LeafRequest {
  std::vector<std::string> dns_names;
  std::vector<base::Bytes> ip_addresses = {};
  std::string common_name = {};  // empty: none
  base::Bytes spki_der;
  Serial serial;
  Validity validity;
  base::Time issued = {};  // when it is signed
  LeafContent content = {};

  bool operator==(const LeafRequest&) const = default;
};

// A TLS server certificate (RFC 5280 §4.1): the request's serial, validity and SPKI, the issuer's subject octet for
// octet, a subject of country, organization and common name as far as the request has them, and these extensions, in
// this order, and no other:
//   keyUsage, critical: digitalSignature; for an RSA key keyEncipherment, too, where the content has it
//   extendedKeyUsage: serverAuth, and clientAuth where the content has it
//   basicConstraints, critical: the empty SEQUENCE, which is cA FALSE
//   subjectKeyIdentifier, where the content has it
//   authorityKeyIdentifier: the issuer's subjectKeyIdentifier, without issuer and serial
//   certificatePolicies: those of the content, without qualifiers; absent if there are none
//   cRLDistributionPoints: one with one URL, where the content has it
//   authorityInfoAccess: OCSP, then caIssuers, of which the content has any
//   subjectAltName, critical if the subject is empty (RFC 5280 §4.2.1.6): the names, then the addresses
//   TLS feature: status_request, where the content says must_staple
// REQUIRES: `issuer` has a subjectKeyIdentifier.
TbsFields leaf_fields(const LeafRequest& request, const Certificate& issuer);

}  // namespace acmecore
