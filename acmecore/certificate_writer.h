#pragma once

#include <vector>

#include "acmecore/certificate.h"
#include "acmecore/serial.h"
#include "acmecore/signing_key.h"
#include "acmecore/validity.h"
#include "base/bytes.h"
#include "base/error.h"

namespace acmecore {

// What a TBSCertificate of version 3 holds (RFC 5280 §4.1.2), in its order, but for the signature algorithm.
struct TbsFields {
  Serial serial;
  base::Bytes issuer_der;  // Name
  Validity validity;
  base::Bytes subject_der;  // Name
  base::Bytes spki_der;
  std::vector<Extension> extensions;  // at least one
};

// An Extensions SEQUENCE. REQUIRES: at least one.
base::Bytes encode(const std::vector<Extension>& extensions);

// The TBSCertificate with these fields, as `key` is to sign it.
base::Bytes tbs_certificate(const TbsFields& fields, const SigningKey& key);

// The certificate that it becomes when `key` signs it. internal: OpenSSL failed.
base::Result<base::Bytes> sign_tbs(base::BytesView tbs_der, const SigningKey& key);

// Both.
base::Result<base::Bytes> sign_certificate(const TbsFields& fields, const SigningKey& key);

}  // namespace acmecore
