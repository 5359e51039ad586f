#include "acmecore/ocsp_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acmecore/der.h"
#include "acmecore/ocsp_issuer.h"
#include "acmecore/oids.h"
#include "tests/acmecore/certificate_fixtures.h"
#include "tests/acmecore/ocsp_fixture.h"

namespace acmecore {
namespace {

using base::Bytes;
using base::BytesView;
using testing::HasSubstr;
using namespace std::string_view_literals;

const Certificate& issuer() { return test_issuer().certificate(); }

std::string refusal(BytesView der) {
  const auto request = parse_ocsp_request(der);
  if (request) return "";
  EXPECT_EQ(request.error().kind, base::ErrorKind::malformed);
  return request.error().detail;
}

TEST(OcspRequest, WhatOpensslAsksIsUnderstood) {
  for (const EVP_MD* digest : {EVP_sha1(), EVP_sha256()}) {
    const Serial serial = new_serial();
    const OcspRequest request =
        parse_ocsp_request(openssl_ocsp_request({serial}, issuer(), {}, digest)).value();
    ASSERT_EQ(request.certificates.size(), 1u);
    EXPECT_EQ(request.certificates[0].serial, serial.octets);
    EXPECT_EQ(request.certificates[0].hash, digest == EVP_sha1() ? OcspHash::sha1 : OcspHash::sha256);
    EXPECT_TRUE(OcspIssuer(issuer()).is_named_by(request.certificates[0]));
    EXPECT_EQ(request.nonce, std::nullopt);
  }
}

TEST(OcspRequest, AnotherHashNamesNoIssuer) {
  const Bytes der = openssl_ocsp_request({new_serial()}, issuer(), {}, EVP_sha384());
  const OcspRequest request = parse_ocsp_request(der).value();
  EXPECT_EQ(request.certificates[0].hash, OcspHash::other);
  EXPECT_FALSE(OcspIssuer(issuer()).is_named_by(request.certificates[0]));
}

TEST(OcspRequest, AnotherCaIsNotNamed) {
  const OcspIssuer other(Issuer::open(make_development_ca(kNow).value(), kNow)->certificate());
  OcspCertId id = parse_ocsp_request(openssl_ocsp_request({new_serial()}, issuer())).value().certificates[0];
  EXPECT_FALSE(other.is_named_by(id));
  EXPECT_TRUE(OcspIssuer(issuer()).is_named_by(id));
  id.issuer_key_hash.back() ^= 1;
  EXPECT_FALSE(OcspIssuer(issuer()).is_named_by(id));
}

TEST(OcspRequest, IsAboutAsManyCertificatesAsTheLimitSays) {
  std::vector<Serial> serials(kOcspCertificatesMax);
  for (Serial& serial : serials)
    serial = new_serial();
  const OcspRequest request = parse_ocsp_request(openssl_ocsp_request(serials, issuer())).value();
  ASSERT_EQ(request.certificates.size(), serials.size());
  for (size_t i = 0; i < serials.size(); ++i)
    EXPECT_EQ(request.certificates[i].serial, serials[i].octets);
  serials.push_back(new_serial());
  EXPECT_THAT(refusal(openssl_ocsp_request(serials, issuer())), HasSubstr("more than 16"));
  EXPECT_THAT(refusal(openssl_ocsp_request({}, issuer())), HasSubstr("no certificate"));
}

TEST(OcspRequest, ANonceIsOfOneToAHundredAndTwentyEightOctets) {
  for (const int size : {1, 8, 16, 32, 128}) {
    const auto request = parse_ocsp_request(openssl_ocsp_request({new_serial()}, issuer(), size));
    ASSERT_TRUE(request) << size;
    EXPECT_EQ(request->nonce->size(), size_t(size));
  }
  EXPECT_THAT(refusal(openssl_ocsp_request({new_serial()}, issuer(), 129)), HasSubstr("nonce"));
}

// Written by hand, part by part.
const Bytes kCertId =
    der::sequence({der::sequence({der::oid(oids::kSha1), "\x05\x00"sv}), der::octet_string(Bytes(20, 'n')),
                   der::octet_string(Bytes(20, 'k')), der::element(der::kInteger, "\x01\x02")});
Bytes list_of(const Bytes& requests) { return der::element(der::kSequence, requests); }
Bytes request_of(std::initializer_list<BytesView> tbs) { return der::sequence({der::sequence(tbs)}); }
Bytes with_extensions(std::initializer_list<BytesView> extensions) {
  return request_of({list_of(der::sequence({kCertId})),
                     der::element(der::context_constructed(2), der::sequence(extensions))});
}
Bytes extension(BytesView oid, BytesView critical, BytesView value) {
  return der::sequence({der::oid(oid), critical, der::octet_string(value)});
}

TEST(OcspRequest, TheNearestInvalidOnesAreRefused) {
  const Bytes list = list_of(der::sequence({kCertId}));
  EXPECT_EQ(refusal(request_of({list})), "");
  EXPECT_NE(refusal(request_of({list}) + '\0'), "");
  EXPECT_NE(refusal(request_of({"\xa0\x03\x02\x01\x00"sv, list})), "");  // v1, which DER leaves out
  EXPECT_NE(refusal(request_of({"\xa0\x03\x02\x01\x01"sv, list})), "");  // v2, which there is not
  EXPECT_NE(refusal(request_of({list, list})), "");
  EXPECT_NE(refusal(request_of({})), "");
  EXPECT_NE(refusal(request_of({list_of("")})), "");
  EXPECT_NE(refusal(request_of({list_of(kCertId)})), "");  // without Request around it
  EXPECT_NE(refusal(""), "");
  EXPECT_NE(refusal(Bytes(kOcspRequestSizeMax + 1, '\x30')), "");
}

// So that there are few spellings of one question.
TEST(OcspRequest, ParametersOfTheHashAreNullOrAbsent) {
  const auto with = [](BytesView parameters) {
    const Bytes id =
        der::sequence({der::sequence({der::oid(oids::kSha256), parameters}), der::octet_string("n"),
                       der::octet_string("k"), der::element(der::kInteger, "\x01")});
    return refusal(request_of({list_of(der::sequence({id}))}));
  };
  EXPECT_EQ(with(""), "");
  EXPECT_EQ(with("\x05\x00"sv), "");
  EXPECT_NE(with("\x05\x01\x00"sv), "");
  EXPECT_NE(with("\x05\x00\x05\x00"sv), "");
  EXPECT_NE(with("\x30\x00"sv), "");
}

TEST(OcspRequest, ARequestorAndASignatureAreReadOver) {
  const Bytes requestor =
      der::element(der::context_constructed(1), der::element(der::context(2), "client.test"));
  const Bytes list = list_of(der::sequence({kCertId}));
  EXPECT_EQ(refusal(request_of({requestor, list})), "");
  const Bytes signature =
      der::element(der::context_constructed(0), der::sequence({"\x30\x00"sv, "\x03\x01\x00"sv}));
  EXPECT_EQ(refusal(der::sequence({der::sequence({list}), signature})), "");
  EXPECT_NE(refusal(der::sequence({der::sequence({list}), signature, signature})), "");
}

TEST(OcspRequest, TheSerialIsAsItStandsThere) {
  for (const BytesView serial : {"\0"sv, "\xff"sv, "\0\x80"sv}) {  // 0 and -1 are no certificate's
    const Bytes id = der::sequence({der::sequence({der::oid(oids::kSha1)}), der::octet_string("n"),
                                    der::octet_string("k"), der::element(der::kInteger, serial)});
    const auto request = parse_ocsp_request(request_of({list_of(der::sequence({id}))}));
    ASSERT_TRUE(request);
    EXPECT_EQ(request->certificates[0].serial, serial);
    EXPECT_EQ(request->certificates[0].der, id);
  }
}

TEST(OcspRequest, ExtensionsAreIgnoredUnlessTheyAreCritical) {
  constexpr BytesView kAcceptableResponses = "\x2b\x06\x01\x05\x05\x07\x30\x01\x04"sv;
  constexpr BytesView kTrue = "\x01\x01\xff"sv;
  EXPECT_EQ(refusal(with_extensions({extension(kAcceptableResponses, "", "\x30\x00"sv)})), "");
  EXPECT_THAT(refusal(with_extensions({extension(kAcceptableResponses, kTrue, "\x30\x00"sv)})),
              HasSubstr("critical"));
  EXPECT_EQ(refusal(with_extensions({extension(oids::kOcspNonce, kTrue, "\x04\x01n"sv)})), "");
  EXPECT_NE(refusal(with_extensions({})), "");
}

TEST(OcspRequest, ANonceThatIsNoOctetStringIsRefused) {
  EXPECT_NE(refusal(with_extensions({extension(oids::kOcspNonce, "", "\x04\x00"sv)})), "");
  EXPECT_NE(refusal(with_extensions({extension(oids::kOcspNonce, "", "nonce")})), "");
  EXPECT_NE(refusal(with_extensions({extension(oids::kOcspNonce, "", "\x04\x01nn"sv)})), "");
  const Bytes nonce = extension(oids::kOcspNonce, "", "\x04\x01n"sv);
  EXPECT_NE(refusal(with_extensions({nonce, nonce})), "");
}

TEST(OcspRequestInAPath, IsBase64OfWhichCharactersMayBePercentEncoded) {
  const auto octets = [](std::string_view path) { return ocsp_request_of_path(path).value(); };
  EXPECT_EQ(octets("MEI="), "0B"sv);
  EXPECT_EQ(octets("MEI%3D"), "0B"sv);
  EXPECT_EQ(octets("MEI%3d"), "0B"sv);
  EXPECT_EQ(octets("MEI"), "0B"sv);
  EXPECT_EQ(octets("MA=="), "0"sv);
  EXPECT_EQ(octets("+/+/"), "\xfb\xff\xbf"sv);
  EXPECT_EQ(octets("%2B%2f%2b%2F"), "\xfb\xff\xbf"sv);
  EXPECT_EQ(octets("//8="), "\xff\xff"sv);  // that look like an empty segment
}

TEST(OcspRequestInAPath, AnythingElseIsRefused) {
  for (const char* bad :
       {"MEI=%", "MEI%3", "MEI%zz", "-_-_", "ME I", "MEJ=", "MEI==", "M", "MEI=x", "====", "MA=", "M=A="})
    EXPECT_FALSE(ocsp_request_of_path(bad)) << bad;
}

}  // namespace
}  // namespace acmecore
