#include "tests/acmecore/ocsp_fixture.h"

#include <openssl/x509.h>

#include <cassert>

#include "acmecore/pem.h"
#include "tests/acmecore/certificate_fixtures.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;

namespace {

base::X509Handle read_certificate(BytesView der) {
  const uint8_t* at = base::octets(der);
  return base::X509Handle(d2i_X509(nullptr, &at, long(der.size())));
}

}  // namespace

OcspCertIdHandle openssl_cert_id(const Serial& serial, const Certificate& issuer, const EVP_MD* digest) {
  const base::X509Handle read = read_certificate(issuer.der);
  const Bytes element = Bytes{'\x02', char(serial.octets.size())} + serial.octets;
  const uint8_t* at = base::octets(element);
  const base::OpensslHandle<ASN1_INTEGER, ASN1_INTEGER_free> number(
      d2i_ASN1_INTEGER(nullptr, &at, long(element.size())));
  return OcspCertIdHandle(OCSP_cert_id_new(digest, X509_get_subject_name(read.get()),
                                           X509_get0_pubkey_bitstr(read.get()), number.get()));
}

Bytes openssl_ocsp_request(const std::vector<Serial>& serials, const Certificate& issuer,
                           std::optional<int> nonce_size, const EVP_MD* digest) {
  const OcspRequestHandle request(OCSP_REQUEST_new());
  for (const Serial& serial : serials) {
    const OCSP_ONEREQ* added =
        OCSP_request_add0_id(request.get(), openssl_cert_id(serial, issuer, digest).release());
    assert(added != nullptr);
  }
  if (nonce_size) OCSP_request_add1_nonce(request.get(), nullptr, *nonce_size);
  Bytes der(size_t(i2d_OCSP_REQUEST(request.get(), nullptr)), '\0');
  auto* at = reinterpret_cast<unsigned char*>(der.data());
  i2d_OCSP_REQUEST(request.get(), &at);
  return der;
}

std::string openssl_ocsp_verdict(BytesView response, BytesView request, const Serial& serial,
                                 const Certificate& issuer, const std::string& root_pem,
                                 const EVP_MD* digest) {
  const uint8_t* at = base::octets(response);
  const OcspResponseHandle read(d2i_OCSP_RESPONSE(nullptr, &at, long(response.size())));
  if (!read || at != base::octets(response) + response.size()) return "it is no OCSPResponse";
  const int status = OCSP_response_status(read.get());
  if (status != OCSP_RESPONSE_STATUS_SUCCESSFUL) return OCSP_response_status_str(status);
  const OcspBasicHandle basic(OCSP_response_get1_basic(read.get()));
  const uint8_t* asked = base::octets(request);
  const OcspRequestHandle sent(d2i_OCSP_REQUEST(nullptr, &asked, long(request.size())));
  if (const int nonce = OCSP_check_nonce(sent.get(), basic.get()); nonce != 1 && nonce != 2)
    return "its nonce is not the request's";

  using StoreHandle = base::OpensslHandle<X509_STORE, X509_STORE_free>;
  const StoreHandle store(X509_STORE_new());
  const base::X509Handle root = read_certificate(parse_pem(kPemCertificate, root_pem).value());
  const base::X509Handle issuing = read_certificate(issuer.der);
  X509_STORE_add_cert(store.get(), root.get());
  X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store.get()),
                             kNow.time_since_epoch() / std::chrono::seconds(1));
  STACK_OF(X509)* certificates = sk_X509_new_null();
  sk_X509_push(certificates, issuing.get());
  const int verified = OCSP_basic_verify(basic.get(), certificates, store.get(), 0);
  sk_X509_free(certificates);
  if (verified != 1) return "its signature does not verify: " + base::openssl_error();

  int certificate_status = 0;
  int reason = 0;
  ASN1_GENERALIZEDTIME* this_update = nullptr;
  ASN1_GENERALIZEDTIME* next_update = nullptr;
  const OcspCertIdHandle id = openssl_cert_id(serial, issuer, digest);
  if (OCSP_resp_find_status(basic.get(), id.get(), &certificate_status, &reason, nullptr, &this_update,
                            &next_update) != 1)
    return "it is not about this certificate";
  std::string verdict = OCSP_cert_status_str(certificate_status);
  if (certificate_status == V_OCSP_CERTSTATUS_REVOKED && reason != -1)
    verdict += std::string(", ") + OCSP_crl_reason_str(reason);
  return verdict;
}

}  // namespace acmecore
