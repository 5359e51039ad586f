#pragma once

#include <vector>

#include "acmecore/extensions.h"
#include "acmecore/serial.h"
#include "acmecore/validity.h"
#include "base/bytes.h"
#include "base/error.h"

namespace acmecore {

// What revokeCert and the reading back of our own certificates accept.
inline constexpr size_t kCertificateSizeMax = 32 * 1024;

// A certificate (RFC 5280 §4.1), every field as it stands there. Nothing is said about whether it is good.
struct Certificate {
  base::Bytes der;
  base::Bytes tbs_der;  // what the signature is over
  Serial serial;
  base::Bytes signature_algorithm_der;  // AlgorithmIdentifier; inner and outer are equal
  base::Bytes issuer_der;               // Name
  Validity validity;
  base::Bytes subject_der;  // Name
  base::Bytes spki_der;
  std::vector<Extension> extensions;  // in their order
  SubjectAltName subject_alt_name;    // empty where there is none
  base::Bytes signature;
};

// Reads one version 3 certificate in strict DER with nothing behind it.
//
// malformed: anything else, an extension twice, inner and outer algorithm different, a SAN other than dNSName
// and iPAddress.
base::Result<Certificate> parse_certificate(base::BytesView der);

// The same of a TBSCertificate that is not signed yet: `der` and `signature` are empty.
base::Result<Certificate> parse_tbs_certificate(base::BytesView tbs_der);

// Was `certificate` signed by the key of `issuer`, whose subject is octet for octet the certificate's issuer?
// True also for a certificate that has expired. False for signatures with SHA-1 or MD5.
bool is_issued_by(const Certificate& certificate, const Certificate& issuer);

}  // namespace acmecore
