#pragma once

#include <openssl/x509.h>

#include <string>
#include <vector>

#include "acmecore/crl.h"
#include "base/openssl.h"
#include "tests/acmecore/certificate_fixtures.h"

namespace acmecore {

using X509CrlHandle = base::OpensslHandle<X509_CRL, X509_CRL_free>;

inline const std::string kCrlUri = "http://pki.corp.test/crl/0123456789abcdef/7.crl";

// CRL number 7 of kCrlUri, made at kNow for a week.
CrlFields good_crl_fields();

// Revoked a day before kNow.
RevokedCertificate revoked(const std::string& serial, RevocationReason reason);

base::Bytes entries_of(const std::vector<RevokedCertificate>& revoked);

// As OpenSSL reads it; null where it does not.
X509CrlHandle read_crl_by_openssl(base::BytesView der);

}  // namespace acmecore
