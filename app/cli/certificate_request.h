#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace app {

// A private key and a certification request that it signed.
struct CertificateRequest {
  std::string key_pem;  // PKCS#8, a secret
  base::Bytes csr_der;
};

// A new key on P-256 and a PKCS#10 request (RFC 2986) with an empty subject and `names` as subjectAltName, as
// RFC 8555 §7.4 wants them. malformed: OpenSSL does not take the names.
base::Result<CertificateRequest> new_certificate_request(const std::vector<std::string>& names);

// The DER of a certification request in PEM or DER. malformed: it is neither.
base::Result<base::Bytes> certificate_request_der(const std::string& file);

}  // namespace app
