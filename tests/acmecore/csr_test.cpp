#include "acmecore/csr.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acmecore/der.h"
#include "tests/acmecore/certificate_fixtures.h"

namespace acmecore {
namespace {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::string_view_literals;

// Why a CSR is refused; empty if it is accepted.
std::string refusal(BytesView der) {
  const auto csr = parse_csr(der);
  if (csr) return "";
  EXPECT_EQ(csr.error().kind, ErrorKind::bad_csr);
  return csr.error().detail;
}
std::string refusal(const CsrDraft& draft) { return refusal(make_csr(draft)); }

// The same octets with the first `from` replaced. The signature is not made again.
Bytes replaced(Bytes der, BytesView from, BytesView to) {
  const size_t at = der.find(from);
  EXPECT_NE(at, Bytes::npos);
  return der.replace(at, from.size(), to);
}

// A whole CSR out of these parts of its CertificationRequestInfo, signed with `key`.
Bytes signed_csr(EVP_PKEY* key, BytesView version, BytesView subject, BytesView spki, BytesView attributes) {
  const Bytes info = der::sequence({version, subject, spki, attributes});
  const base::MdContextHandle context(EVP_MD_CTX_new());
  EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key);
  Bytes signature(512, '\0');
  size_t size = signature.size();
  EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, base::octets(info),
                 info.size());
  signature.resize(size);
  constexpr auto kEcdsaWithSha256 = "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"sv;
  return der::sequence({info, kEcdsaWithSha256, der::bit_string(signature)});
}

constexpr auto kVersion1 = "\x02\x01\x00"sv;
constexpr auto kEmptyName = "\x30\x00"sv;
constexpr auto kSanOfATest =
    "\x30\x11\x30\x0f\x06\x03\x55\x1d\x11\x04\x08\x30\x06\x82\x04"
    "a.io"sv;
constexpr auto kExtensionRequestOid = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0e"sv;

Bytes extension_request(BytesView extensions) {
  return der::sequence({kExtensionRequestOid, der::element(der::kSet, extensions)});
}

Bytes with_attributes(BytesView content) {
  const auto key = make_p256();
  return signed_csr(key.get(), kVersion1, kEmptyName, spki_of(key.get()),
                    der::element(der::context_constructed(0), content));
}

TEST(Csr, GivesNamesKeyAndDigests) {
  const auto key = make_p256();
  const Bytes der = make_csr({.key = key.get(), .san = "DNS:www.corp.test,DNS:*.corp.test,DNS:corp.test"});
  const Csr csr = parse_csr(der).value();
  EXPECT_THAT(csr.dns_names, ElementsAre("*.corp.test", "corp.test", "www.corp.test"));
  EXPECT_EQ(csr.spki_der, spki_of(key.get()));
  EXPECT_EQ(csr.spki_digest, base::sha256(csr.spki_der));
  EXPECT_EQ(csr.digest, base::sha256(der));
}

TEST(Csr, NamesAreLowerCased) {
  EXPECT_THAT(parse_csr(make_csr({.san = "DNS:WWW.Corp.Test"}))->dns_names, ElementsAre("www.corp.test"));
}

TEST(Csr, TheCommonNameAddsToTheNames) {
  EXPECT_THAT(parse_csr(make_csr({.subject = {{"CN", "Corp.test"}}, .san = ""}))->dns_names,
              ElementsAre("corp.test"));
  EXPECT_THAT(parse_csr(make_csr({.subject = {{"CN", "a.test"}}, .san = "DNS:a.test,DNS:b.test"}))->dns_names,
              ElementsAre("a.test", "b.test"));
  EXPECT_THAT(parse_csr(make_csr({.subject = {{"CN", "c.test"}}, .san = "DNS:b.test"}))->dns_names,
              ElementsAre("b.test", "c.test"));
}

TEST(Csr, TheRestOfTheSubjectIsIgnored) {
  EXPECT_EQ(refusal({.subject = {{"C", "DE"}, {"O", "Corp"}, {"CN", "corp.test"}}}), "");
}

TEST(Csr, IsAcceptedWithTheExtensionsThatClientsSendByHabit) {
  EXPECT_EQ(refusal({.extensions = {{"keyUsage", "critical,digitalSignature,keyEncipherment"},
                                    {"extendedKeyUsage", "serverAuth,clientAuth"},
                                    {"basicConstraints", "critical,CA:FALSE"},
                                    {"subjectKeyIdentifier", "0123456789"}},
                     .challenge_password = true}),
            "");
  // basicConstraints with the default written out, against DER.
  const Bytes written_out =
      der::sequence({"\x06\x03\x55\x1d\x13"sv, der::octet_string("\x30\x03\x01\x01\x00"sv)});
  const Bytes both = der::element(der::kSequence, Bytes(kSanOfATest.substr(2)) + written_out);
  EXPECT_EQ(refusal(with_attributes(extension_request(both))), "");
}

TEST(Csr, AKeyOfEachAcceptedTypeIsAccepted) {
  for (const char* curve : {"P-256", "P-384", "P-521"}) {
    const auto key = make_ec(curve);
    EXPECT_EQ(refusal({.key = key.get()}), "") << curve;
    EXPECT_EQ(refusal({.key = key.get(), .digest = EVP_sha512()}), "") << curve;
  }
  const auto rsa = make_rsa(2048);
  for (const EVP_MD* digest : {EVP_sha256(), EVP_sha384(), EVP_sha512()}) {
    EXPECT_EQ(refusal({.key = rsa.get(), .digest = digest}), "");
  }
}

TEST(Csr, AKeyThatMayNotBeCertifiedIsRefused) {
  const auto small = make_rsa(1024);
  EXPECT_THAT(refusal({.key = small.get()}), HasSubstr("1024 bits"));
  const auto curve = make_ec("secp256k1");
  EXPECT_THAT(refusal({.key = curve.get()}), HasSubstr("P-256, P-384 or P-521"));
  const base::PkeyHandle edwards(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  EXPECT_NE(refusal({.key = edwards.get(), .digest = nullptr}), "");
}

TEST(Csr, ASignatureWithSha1OrMd5IsRefused) {
  const auto rsa = make_rsa(2048);
  const auto elliptic = make_p256();
  EXPECT_THAT(refusal({.key = rsa.get(), .digest = EVP_sha1()}), HasSubstr("SHA-1"));
  EXPECT_THAT(refusal({.key = elliptic.get(), .digest = EVP_sha1()}), HasSubstr("SHA-1"));
  EXPECT_THAT(refusal({.key = rsa.get(), .digest = EVP_md5()}), HasSubstr("MD5"));
  EXPECT_THAT(refusal({.key = elliptic.get(), .digest = EVP_sha224()}), HasSubstr("SHA-256"));
}

TEST(Csr, ASignatureThatItsKeyDidNotMakeIsRefused) {
  const auto key = make_p256();
  const auto other = make_p256();
  EXPECT_THAT(refusal({.key = key.get(), .signer = other.get()}), HasSubstr("signature"));
  Bytes damaged = make_csr();
  damaged.back() = char(damaged.back() ^ 1);
  EXPECT_THAT(refusal(damaged), HasSubstr("signature"));
  EXPECT_THAT(refusal(replaced(make_csr(), "corp.test", "evil.test")), HasSubstr("signature"));
  // Another's public key put in (negative case F10).
  EXPECT_THAT(refusal(replaced(make_csr({.key = key.get()}), spki_of(key.get()), spki_of(other.get()))),
              HasSubstr("signature"));
  const auto rsa = make_rsa(2048);
  EXPECT_THAT(refusal({.key = rsa.get(), .signer = other.get()}), HasSubstr("signature"));
}

TEST(Csr, MustBeOneWholeDerObject) {
  const Bytes good = make_csr();
  EXPECT_EQ(refusal(good), "");
  EXPECT_NE(refusal(""), "");
  EXPECT_NE(refusal("rubbish"), "");
  EXPECT_THAT(refusal(good + '\0'), HasSubstr("octets where it should end"));
  EXPECT_NE(refusal(BytesView(good).substr(0, good.size() - 1)), "");
  EXPECT_NE(refusal("-----BEGIN CERTIFICATE REQUEST-----\n"), "");
}

TEST(Csr, EveryTruncationIsRefused) {
  const Bytes good = make_csr();
  for (size_t size = 0; size < good.size(); ++size)
    EXPECT_NE(refusal(BytesView(good).substr(0, size)), "") << size;
}

TEST(Csr, ACertificateIsNone) {
  const auto leaf = test_issuer().sign_leaf(good_leaf_request());
  EXPECT_NE(refusal(*leaf), "");
}

TEST(Csr, ASizeOverTheLimitIsRefused) {
  std::string san = "DNS:a.test";
  for (int i = 0; i < 3000; ++i)
    san += ",DNS:a" + std::to_string(i) + ".test";
  const Bytes large = make_csr({.san = san});
  ASSERT_GT(large.size(), kCsrSizeMax);
  EXPECT_THAT(refusal(large), HasSubstr("32 KiB"));
  EXPECT_THAT(refusal(Bytes(1024 * 1024, '\x30')), HasSubstr("32 KiB"));
  std::string full = "DNS:x.test";
  for (int i = 0; i < 99; ++i)
    full += ",DNS:" + std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') + "." +
            std::to_string(100 + i) + ".test";
  EXPECT_EQ(refusal({.san = full}), "");
}

TEST(Csr, ASanOfAnotherTypeIsRefusedAndNamed) {
  EXPECT_THAT(refusal({.san = "DNS:corp.test,email:a@corp.test"}), HasSubstr("e-mail"));
  EXPECT_THAT(refusal({.san = "DNS:corp.test,URI:https://corp.test/"}), HasSubstr("URI"));
  EXPECT_THAT(refusal({.san = "DNS:corp.test,IP:192.0.2.1"}), HasSubstr("IP address"));
  EXPECT_THAT(refusal({.san = "DNS:corp.test,IP:2001:db8::1"}), HasSubstr("IP address"));
  EXPECT_THAT(refusal({.san = "DNS:corp.test,otherName:1.3.6.1.4.1.311.20.2.3;UTF8:a"}),
              HasSubstr("otherName"));
  EXPECT_THAT(refusal({.san = "DNS:corp.test,RID:1.2.3.4"}), HasSubstr("registered ID"));
}

TEST(Csr, ANameTwiceInTheSanIsRefused) {
  EXPECT_THAT(refusal({.san = "DNS:a.test,DNS:b.test,DNS:a.test"}), HasSubstr("\"a.test\" twice"));
  EXPECT_THAT(refusal({.san = "DNS:a.test,DNS:A.test"}), HasSubstr("twice"));
}

TEST(Csr, NoNamesAreRefused) {
  EXPECT_THAT(refusal({.san = ""}), HasSubstr("no names"));
  EXPECT_THAT(refusal({.subject = {{"O", "Corp"}}, .san = ""}), HasSubstr("no names"));
}

TEST(Csr, NamesThatMayNotStandInACertificateAreRefused) {
  for (const char* name : {"under_score.test", "corp.test.", "*.*.corp.test", "www.*.test", "*", "-a.test",
                           "a..test", "192.0.2.1", "xn--zzzzz99999.test", "a b.test", "*a.test"}) {
    EXPECT_THAT(refusal({.san = std::string("DNS:ok.test,DNS:") + name}), HasSubstr("no DNS name")) << name;
  }
  EXPECT_EQ(refusal({.san = "DNS:xn--bcher-kva.test"}), "");
}

TEST(Csr, ACommonNameThatIsNoDnsNameIsRefused) {
  EXPECT_THAT(refusal({.subject = {{"CN", "192.0.2.1"}}}), HasSubstr("\"192.0.2.1\" is no DNS name"));
  EXPECT_THAT(refusal({.subject = {{"CN", "2001:db8::1"}}}), HasSubstr("no DNS name"));
  EXPECT_THAT(refusal({.subject = {{"CN", "Corp Inc."}}}), HasSubstr("\"corp inc.\" is no DNS name"));
  EXPECT_THAT(refusal({.subject = {{"CN",
                                    "b\xc3\xbc"
                                    "cher.test"}}}),
              HasSubstr("\\xc3\\xbc"));
}

TEST(Csr, ACommonNameInAStringTypeOfOldIsRefused) {
  const auto key = make_p256();
  const auto name_with = [](uint8_t tag) {
    const Bytes cn = der::sequence({"\x06\x03\x55\x04\x03"sv, der::element(tag, "a.test")});
    return der::sequence({der::element(der::kSet, cn)});
  };
  for (uint8_t tag : {der::kUtf8String, der::kPrintableString, der::kIa5String}) {
    EXPECT_EQ(refusal(signed_csr(key.get(), kVersion1, name_with(tag), spki_of(key.get()), "\xa0\x00"sv)),
              "");
  }
  constexpr uint8_t kTeletexString = 0x14;
  constexpr uint8_t kBmpString = 0x1e;
  for (uint8_t tag : {kTeletexString, kBmpString}) {
    EXPECT_THAT(refusal(signed_csr(key.get(), kVersion1, name_with(tag), spki_of(key.get()), "\xa0\x00"sv)),
                HasSubstr("UTF8String"));
  }
}

TEST(Csr, AnRdnOfSeveralAttributesIsRefused) {
  EXPECT_THAT(refusal({.subject = {{"O", "Corp"}, {"CN", "corp.test"}}, .one_rdn = true}), HasSubstr("RDN"));
  EXPECT_EQ(refusal({.subject = {{"O", "Corp"}, {"CN", "corp.test"}}}), "");
}

TEST(Csr, ARequestForACaIsRefused) {
  EXPECT_THAT(refusal({.extensions = {{"basicConstraints", "CA:TRUE"}}}), HasSubstr("CA certificate"));
  EXPECT_THAT(refusal({.extensions = {{"basicConstraints", "CA:TRUE,pathlen:0"}}}),
              HasSubstr("CA certificate"));
  EXPECT_THAT(refusal({.extensions = {{"keyUsage", "digitalSignature,keyCertSign"}}}),
              HasSubstr("keyCertSign"));
  EXPECT_THAT(refusal({.extensions = {{"keyUsage", "cRLSign"}}}), HasSubstr("cRLSign"));
}

TEST(Csr, AnExtensionThatTheCertificateWillNotHaveIsRefused) {
  EXPECT_THAT(refusal({.extensions = {{"tlsfeature", "status_request_v2"}}}), HasSubstr("TLS features"));
  EXPECT_THAT(refusal({.extensions = {{"tlsfeature", "status_request,status_request_v2"}}}),
              HasSubstr("TLS features"));
  EXPECT_THAT(refusal({.extensions = {{"extendedKeyUsage", "serverAuth,codeSigning"}}}),
              HasSubstr("more than TLS"));
  EXPECT_THAT(refusal({.extensions = {{"certificatePolicies", "1.2.3.4"}}}), HasSubstr("extension"));
  EXPECT_THAT(refusal({.extensions = {{"nameConstraints", "permitted;DNS:corp.test"}}}),
              HasSubstr("extension"));
  EXPECT_THAT(refusal({.extensions = {{"1.2.3.4", "DER:0500"}}}), HasSubstr("extension"));
}

TEST(Csr, SaysWhetherAStapledResponseIsToBeNeeded) {
  EXPECT_FALSE(parse_csr(make_csr())->must_staple);
  EXPECT_TRUE(parse_csr(make_csr({.extensions = {{"tlsfeature", "status_request"}}}))->must_staple);
}

TEST(Csr, AnExtensionTwiceIsRefused) {
  EXPECT_EQ(refusal(with_attributes(extension_request(kSanOfATest))), "");
  const Bytes twice =
      der::element(der::kSequence, Bytes(kSanOfATest.substr(2)) + Bytes(kSanOfATest.substr(2)));
  EXPECT_THAT(refusal(with_attributes(extension_request(twice))), HasSubstr("twice"));
}

TEST(Csr, AttributesThatAreNotInOrderAreRefused) {
  const Bytes good = extension_request(kSanOfATest);
  EXPECT_THAT(refusal(with_attributes(good + good)), HasSubstr("twice"));
  EXPECT_THAT(refusal(with_attributes(extension_request(Bytes(kSanOfATest) + Bytes(kSanOfATest)))),
              HasSubstr("several values"));
  EXPECT_NE(refusal(with_attributes(extension_request(""))), "");
  EXPECT_NE(refusal(with_attributes(extension_request("\x30\x00"sv))), "");
  EXPECT_NE(refusal(with_attributes("\x30\x00"sv)), "");
  const auto key = make_p256();
  EXPECT_NE(refusal(signed_csr(key.get(), kVersion1, kEmptyName, spki_of(key.get()), "")), "");
}

TEST(Csr, VersionIsPkcs10sOrByMistakeThatOfACertificate) {
  const auto key = make_p256();
  const Bytes attributes = der::element(der::context_constructed(0), extension_request(kSanOfATest));
  const auto refusal_of = [&](BytesView version) {
    return refusal(signed_csr(key.get(), version, kEmptyName, spki_of(key.get()), attributes));
  };
  EXPECT_EQ(refusal_of(kVersion1), "");
  EXPECT_EQ(refusal_of("\x02\x01\x02"sv), "");
  for (const BytesView version : {"\x02\x01\x01"sv, "\x02\x01\x03"sv, "\x02\x02\x01\x00"sv}) {
    EXPECT_THAT(refusal_of(version), HasSubstr("version"));
  }
}

}  // namespace
}  // namespace acmecore
