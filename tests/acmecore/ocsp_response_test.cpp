#include "acmecore/ocsp_response.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acmecore/ocsp_issuer.h"
#include "acmecore/ocsp_request.h"
#include "tests/acmecore/certificate_fixtures.h"
#include "tests/acmecore/ocsp_fixture.h"

namespace acmecore {
namespace {

using base::Bytes;
using base::BytesView;
using testing::HasSubstr;
using namespace std::string_view_literals;

const Certificate& issuer() { return test_issuer().certificate(); }

// The answer to a request about certificates, of which each is as `revocation` says.
Bytes answer(BytesView request_der, const std::optional<Revocation>& revocation) {
  const OcspRequest request = parse_ocsp_request(request_der).value();
  OcspFields fields{
      OcspIssuer(issuer()).responder_key_hash(), {}, kNow, kNow, kNow + std::chrono::days(1), request.nonce};
  for (const OcspCertId& id : request.certificates)
    fields.certificates.push_back({id.der, revocation});
  return test_issuer().sign_ocsp_response(fields).value();
}

std::string verdict(BytesView response, BytesView request, const Serial& serial,
                    const EVP_MD* digest = EVP_sha1()) {
  return openssl_ocsp_verdict(response, request, serial, issuer(), test_issuer().root_pem(), digest);
}

TEST(OcspResponseDifferential, OpensslReadsGoodAndRevoked) {
  const Serial serial = new_serial();
  for (const EVP_MD* digest : {EVP_sha1(), EVP_sha256()}) {
    const Bytes request = openssl_ocsp_request({serial}, issuer(), {}, digest);
    EXPECT_EQ(verdict(answer(request, std::nullopt), request, serial, digest), "good");
    const std::pair<RevocationReason, std::string> cases[] = {
        {RevocationReason::unspecified, "revoked"},
        {RevocationReason::key_compromise, "revoked, keyCompromise"},
        {RevocationReason::affiliation_changed, "revoked, affiliationChanged"},
        {RevocationReason::superseded, "revoked, superseded"},
        {RevocationReason::cessation_of_operation, "revoked, cessationOfOperation"},
        {RevocationReason::privilege_withdrawn, "revoked, (UNKNOWN)"}};  // OpenSSL 3.0 has no word for it
    for (const auto& [reason, expected] : cases)
      EXPECT_EQ(verdict(answer(request, Revocation{kNow, reason}), request, serial, digest), expected);
  }
}

TEST(OcspResponseDifferential, SeveralCertificatesAreAnsweredAtOnce) {
  const std::vector<Serial> serials = {new_serial(), new_serial(), new_serial()};
  const Bytes request = openssl_ocsp_request(serials, issuer());
  const Bytes response = answer(request, std::nullopt);
  for (const Serial& serial : serials)
    EXPECT_EQ(verdict(response, request, serial), "good");
  EXPECT_EQ(verdict(response, request, new_serial()), "it is not about this certificate");
}

TEST(OcspResponseDifferential, TheNonceIsTheRequests) {
  const Serial serial = new_serial();
  for (const int size : {1, 16, 32, 127, 128}) {
    const Bytes request = openssl_ocsp_request({serial}, issuer(), size);
    EXPECT_EQ(verdict(answer(request, std::nullopt), request, serial), "good") << size;
  }
  const Bytes request = openssl_ocsp_request({serial}, issuer(), 16);
  const Bytes other = openssl_ocsp_request({serial}, issuer(), 16);
  EXPECT_EQ(verdict(answer(other, std::nullopt), request, serial), "its nonce is not the request's");
}

TEST(OcspResponseDifferential, OpensslFindsTheTimesAndTheResponder) {
  const Serial serial = new_serial();
  const Bytes response =
      answer(openssl_ocsp_request({serial}, issuer()), Revocation{kNow - std::chrono::hours(5), {}});
  const uint8_t* at = base::octets(response);
  const OcspResponseHandle read(d2i_OCSP_RESPONSE(nullptr, &at, long(response.size())));
  const OcspBasicHandle basic(OCSP_response_get1_basic(read.get()));
  const auto text_of_time = [](const ASN1_GENERALIZEDTIME* time) {
    return std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(time)),
                       size_t(ASN1_STRING_length(time)));
  };
  EXPECT_EQ(text_of_time(OCSP_resp_get0_produced_at(basic.get())), "20261123043000Z");
  const ASN1_OCTET_STRING* key_hash = nullptr;
  const X509_NAME* name = nullptr;
  ASSERT_EQ(OCSP_resp_get0_id(basic.get(), &key_hash, &name), 1);
  EXPECT_EQ(name, nullptr);
  EXPECT_EQ(base::view({ASN1_STRING_get0_data(key_hash), size_t(ASN1_STRING_length(key_hash))}),
            OcspIssuer(issuer()).responder_key_hash());
  ASN1_GENERALIZEDTIME *revoked = nullptr, *this_update = nullptr, *next_update = nullptr;
  int reason = 0;
  OCSP_SINGLERESP* single = OCSP_resp_get0(basic.get(), 0);
  EXPECT_EQ(OCSP_single_get0_status(single, &reason, &revoked, &this_update, &next_update),
            V_OCSP_CERTSTATUS_REVOKED);
  EXPECT_EQ(text_of_time(revoked), "20261122233000Z");
  EXPECT_EQ(text_of_time(this_update), "20261123043000Z");
  EXPECT_EQ(text_of_time(next_update), "20261124043000Z");
  EXPECT_EQ(OCSP_SINGLERESP_get_ext_count(single), 0);  // no reasonCode there (BR 7.3.2)
  EXPECT_EQ(sk_X509_num(OCSP_resp_get0_certs(basic.get())), -1);
}

TEST(OcspResponse, OneOfAnotherCaOrWithAnOctetChangedDoesNotVerify) {
  const Serial serial = new_serial();
  const Bytes request = openssl_ocsp_request({serial}, issuer());
  Bytes response = answer(request, std::nullopt);
  const Issuer other = Issuer::open(make_development_ca(kNow).value(), kNow).value();
  EXPECT_THAT(openssl_ocsp_verdict(response, request, serial, other.certificate(), other.root_pem()),
              HasSubstr("does not verify"));
  response[response.find("20261123043000Z") + 13] = '1';
  EXPECT_THAT(verdict(response, request, serial), HasSubstr("does not verify"));
}

TEST(OcspResponse, ARefusalIsAStatusAndNothingElse) {
  EXPECT_EQ(ocsp_refusal(OcspRefusal::malformed_request), "\x30\x03\x0a\x01\x01"sv);
  EXPECT_EQ(ocsp_refusal(OcspRefusal::internal_error), "\x30\x03\x0a\x01\x02"sv);
  EXPECT_EQ(ocsp_refusal(OcspRefusal::try_later), "\x30\x03\x0a\x01\x03"sv);
  EXPECT_EQ(ocsp_refusal(OcspRefusal::unauthorized), "\x30\x03\x0a\x01\x06"sv);
  const Serial serial = new_serial();
  EXPECT_EQ(
      verdict(ocsp_refusal(OcspRefusal::unauthorized), openssl_ocsp_request({serial}, issuer()), serial),
      "unauthorized");
}

}  // namespace
}  // namespace acmecore
