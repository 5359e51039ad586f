#include "acmecore/software_key.h"

#include <gmock/gmock.h>
#include <openssl/pem.h>

#include <map>

#include "acmecore/ca_public_key.h"
#include "acmecore/der.h"
#include "acmecore/p256_key.h"
#include "acmecore/signature.h"
#include "tests/acmecore/certificate_fixtures.h"
#include "tests/acmecore/signing_key_contract.h"

namespace acmecore {
namespace {

using testing::HasSubstr;

std::string pem_of(EVP_PKEY* key, const EVP_CIPHER* cipher = nullptr) {
  const base::BioHandle bio(BIO_new(BIO_s_mem()));
  std::string password = "secret";
  PEM_write_bio_PKCS8PrivateKey(bio.get(), key, cipher, cipher ? password.data() : nullptr, cipher ? 6 : 0,
                                nullptr, nullptr);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, size_t(size)};
}

bool verifies(const SigningKey& key, base::BytesView message, base::BytesView signature) {
  const auto algorithm = parse_signature_algorithm(key.signature_algorithm_der()).value();
  return verify_signature(algorithm, parse_ca_public_key(key.spki_der()).value(), message, signature);
}

std::vector<SigningKeyCase> every_kind() {
  const auto make = [](KeyKind kind) {
    return [kind]() -> std::unique_ptr<const SigningKey> {
      static std::map<KeyKind, std::string> made;  // once: large RSA keys take seconds
      std::string& pem = made[kind];
      if (pem.empty()) pem = SoftwareKey::generate(kind).pem();
      return std::make_unique<const SoftwareKey>(SoftwareKey::parse(pem).value());
    };
  };
  return {{"P256", KeyType::p256, "ecdsa-with-SHA256", make(KeyKind::p256)},
          {"P384", KeyType::p384, "ecdsa-with-SHA384", make(KeyKind::p384)},
          {"Rsa2048", KeyType::rsa, "sha256WithRSAEncryption", make(KeyKind::rsa2048)},
          {"Rsa3072", KeyType::rsa, "sha256WithRSAEncryption", make(KeyKind::rsa3072)},
          {"Rsa4096", KeyType::rsa, "sha384WithRSAEncryption", make(KeyKind::rsa4096)},
          {"Ed25519", KeyType::ed25519, "ED25519", make(KeyKind::ed25519)}};
}

INSTANTIATE_TEST_SUITE_P(SoftwareKey, SigningKeyContract, testing::ValuesIn(every_kind()),
                         [](const auto& info) { return info.param.name; });

class SoftwareKeyKinds : public testing::TestWithParam<KeyKind> {};

TEST_P(SoftwareKeyKinds, AreTheSameAfterTheyWereWrittenAndRead) {
  const SoftwareKey key = SoftwareKey::generate(GetParam());
  const SoftwareKey again = SoftwareKey::parse(key.pem()).value();
  EXPECT_EQ(again.spki_der(), key.spki_der());
  EXPECT_TRUE(verifies(key, "message", again.sign("message").value()));
}

TEST_P(SoftwareKeyKinds, AreTheSameAfterTheyWereEncryptedAndNothingWithoutThePassphrase) {
  const SoftwareKey key = SoftwareKey::generate(GetParam());
  const std::string pem = key.encrypted_pem("correct horse");
  EXPECT_TRUE(is_encrypted_key(pem));
  EXPECT_EQ(SoftwareKey::parse(pem, "correct horse")->spki_der(), key.spki_der());
  EXPECT_THAT(SoftwareKey::parse(pem, "wrong horse").error().detail, HasSubstr("not with this passphrase"));
  EXPECT_THAT(SoftwareKey::parse(pem).error().detail, HasSubstr("there is no passphrase"));
  EXPECT_NE(key.encrypted_pem("correct horse"), pem);  // another salt
}

INSTANTIATE_TEST_SUITE_P(All, SoftwareKeyKinds,
                         testing::Values(KeyKind::p256, KeyKind::p384, KeyKind::rsa2048, KeyKind::ed25519));

TEST(SoftwareKey, AnEncryptedOneIsOpenedByTheOpensslProgramToo) {
  const TemporaryDirectory directory;
  const std::string file = directory.path() + "/key.pem";
  write_text(file, SoftwareKey::generate().encrypted_pem("correct horse"));
  const auto read = run_program("openssl pkey -noout -text -passin 'pass:correct horse' -in " + file);
  EXPECT_TRUE(read.succeeded) << read.output;
  EXPECT_THAT(read.output, HasSubstr("NIST CURVE: P-256"));
  const auto how = run_program("openssl asn1parse -in " + file);
  EXPECT_THAT(how.output, HasSubstr("aes-256-cbc"));
  EXPECT_THAT(how.output, HasSubstr("hmacWithSHA256"));
  EXPECT_THAT(how.output, HasSubstr(":0927C0"));  // 600,000 iterations
}

TEST(SoftwareKey, IsOpenedWithTheLongestPassphrase) {
  const SoftwareKey key = SoftwareKey::generate();
  const std::string longest(kPassphraseSizeMax, 'p');
  EXPECT_EQ(SoftwareKey::parse(key.encrypted_pem(longest), longest)->spki_der(), key.spki_der());
}

TEST(SoftwareKey, OneThatIsNotEncryptedNeedsNoPassphrase) {
  const SoftwareKey key = SoftwareKey::generate();
  EXPECT_FALSE(is_encrypted_key(key.pem()));
  EXPECT_EQ(SoftwareKey::parse(key.pem(), "any")->spki_der(), key.spki_der());
}

TEST(SoftwareKey, OtherKeysAndOtherTextAreRefused) {
  EXPECT_FALSE(SoftwareKey::parse(""));
  EXPECT_FALSE(SoftwareKey::parse("rubbish"));
  EXPECT_FALSE(SoftwareKey::parse(pem_of(make_ec("P-521").get())));
  EXPECT_FALSE(SoftwareKey::parse(pem_of(make_ec("secp256k1").get())));
  EXPECT_FALSE(SoftwareKey::parse(pem_of(make_rsa(1024).get())));
  EXPECT_FALSE(SoftwareKey::parse(pem_of(make_rsa(5120).get())));
  EXPECT_FALSE(SoftwareKey::parse(pem_of(make_p256().get(), EVP_aes_128_cbc())));
  EXPECT_FALSE(SoftwareKey::parse(test_ca().root_pem));
}

TEST(VerifySignature, NeedsAnAlgorithmOfTheKeysType) {
  const SoftwareKey key = SoftwareKey::generate();
  const auto parsed = parse_public_key(key.spki_der()).value();
  const std::string signature = key.sign("message").value();
  EXPECT_TRUE(verify_signature(SignatureAlgorithm::ecdsa_sha256, parsed, "message", signature));
  EXPECT_FALSE(verify_signature(SignatureAlgorithm::ecdsa_sha384, parsed, "message", signature));
  EXPECT_FALSE(verify_signature(SignatureAlgorithm::rsa_sha256, parsed, "message", signature));
  EXPECT_FALSE(verify_signature(SignatureAlgorithm::ecdsa_sha256, parsed, "message", ""));
  EXPECT_FALSE(verify_signature(SignatureAlgorithm::ecdsa_sha256, parsed, "message", signature + '\0'));
}

TEST(CheckSelfSignature, SaysWhatVerifySignatureSays) {
  for (const KeyKind kind : {KeyKind::p256, KeyKind::p384, KeyKind::rsa2048}) {
    const SoftwareKey key = SoftwareKey::generate(kind);
    const auto parsed = parse_public_key(key.spki_der()).value();
    const std::string good = key.sign("message").value();
    for (const auto algorithm : {SignatureAlgorithm::ecdsa_sha256, SignatureAlgorithm::ecdsa_sha384,
                                 SignatureAlgorithm::rsa_sha256, SignatureAlgorithm::ed25519}) {
      for (const std::string& signature : {good, good + '\0', good.substr(1), std::string()}) {
        EXPECT_EQ(check_self_signature(algorithm, key.spki_der(), "message", signature).has_value(),
                  verify_signature(algorithm, parsed, "message", signature));
      }
      EXPECT_FALSE(check_self_signature(algorithm, key.spki_der(), "massage", good));
    }
    EXPECT_TRUE(check_self_signature(key.signature_algorithm(), key.spki_der(), "message", good));
  }
}

TEST(CheckSelfSignature, RefusesAKeyThatMayNotBeCertified) {
  const SoftwareKey key = SoftwareKey::generate();
  const std::string signature = key.sign("message").value();
  const auto refusal = [&](const std::string& spki) {
    const auto checked = check_self_signature(SignatureAlgorithm::ecdsa_sha256, spki, "message", signature);
    EXPECT_FALSE(checked);
    return checked ? base::ErrorKind::internal : checked.error().kind;
  };
  const std::string spki = key.spki_der();
  const std::string point = spki.substr(spki.size() - kP256PointSize);
  const std::string algorithm = spki.substr(2, 21);
  const auto with = [&](const std::string& octets) {
    return der::sequence({algorithm, der::bit_string(octets)});
  };
  EXPECT_EQ(with(point), spki);
  std::string beside = point;
  beside.back() = char(beside.back() ^ 1);
  EXPECT_EQ(refusal(with(beside)), base::ErrorKind::bad_public_key);
  EXPECT_EQ(refusal(with("\x02" + point.substr(1, 32))), base::ErrorKind::bad_public_key) << "compressed";
  EXPECT_EQ(refusal(with("x" + point)), base::ErrorKind::bad_public_key) << "it ends in a good point";
  EXPECT_EQ(refusal(with("")), base::ErrorKind::bad_public_key);
  EXPECT_EQ(refusal(spki + '\0'), base::ErrorKind::malformed);
  EXPECT_EQ(refusal(spki.substr(0, 80)), base::ErrorKind::malformed);
}

TEST(SignatureAlgorithm, HasTheParametersOfItsRfcAndNoOthers) {
  using namespace std::string_view_literals;
  const auto with = [](std::string_view der) { return parse_signature_algorithm(der); };
  EXPECT_EQ(with("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00"sv),
            SignatureAlgorithm::rsa_sha256);
  EXPECT_EQ(with("\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"sv), SignatureAlgorithm::rsa_sha256);
  EXPECT_EQ(with("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"sv), SignatureAlgorithm::ecdsa_sha256);
  EXPECT_EQ(with("\x30\x05\x06\x03\x2b\x65\x70"sv), SignatureAlgorithm::ed25519);
  EXPECT_FALSE(with("\x30\x07\x06\x03\x2b\x65\x70\x05\x00"sv));
  EXPECT_FALSE(with("\x30\x05\x06\x03\x2b\x65\x71"sv));  // Ed448
  EXPECT_FALSE(with("\x30\x0c\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02\x05\x00"sv));
  EXPECT_FALSE(with("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x30\x00"sv));
  EXPECT_FALSE(with("\x30\x0f\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00\x05\x00"sv));
  EXPECT_FALSE(with("\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"sv));
  EXPECT_FALSE(with(""));
}

}  // namespace
}  // namespace acmecore
