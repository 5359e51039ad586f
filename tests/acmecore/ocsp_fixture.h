#pragma once

#include <openssl/ocsp.h>

#include <optional>
#include <string>

#include "acmecore/certificate.h"
#include "acmecore/serial.h"
#include "base/bytes.h"
#include "base/openssl.h"

namespace acmecore {

using OcspRequestHandle = base::OpensslHandle<OCSP_REQUEST, OCSP_REQUEST_free>;
using OcspResponseHandle = base::OpensslHandle<OCSP_RESPONSE, OCSP_RESPONSE_free>;
using OcspBasicHandle = base::OpensslHandle<OCSP_BASICRESP, OCSP_BASICRESP_free>;
using OcspCertIdHandle = base::OpensslHandle<OCSP_CERTID, OCSP_CERTID_free>;

// OpenSSL's name for a certificate of `issuer`.
OcspCertIdHandle openssl_cert_id(const Serial& serial, const Certificate& issuer,
                                 const EVP_MD* digest = EVP_sha1());

// What OpenSSL asks about these certificates; with a nonce of so many octets.
base::Bytes openssl_ocsp_request(const std::vector<Serial>& serials, const Certificate& issuer,
                                 std::optional<int> nonce_size = std::nullopt,
                                 const EVP_MD* digest = EVP_sha1());

// What OpenSSL makes of an answer: "good", "revoked", "unknown", or "revoked, keyCompromise"; the status of an
// OCSPResponse that has none, such as "unauthorized"; or a sentence that says why it does not accept it.
std::string openssl_ocsp_verdict(base::BytesView response, base::BytesView request, const Serial& serial,
                                 const Certificate& issuer, const std::string& root_pem,
                                 const EVP_MD* digest = EVP_sha1());

}  // namespace acmecore
