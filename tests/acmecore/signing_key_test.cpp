#include "acmecore/signing_key.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>

#include "acmecore/signature.h"
#include "tests/acmecore/certificate_fixtures.h"

namespace acmecore {
namespace {

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
  return verify_signature(algorithm, parse_public_key(key.spki_der()).value(), message, signature);
}

TEST(SigningKey, WhatItSignsVerifies) {
  const SigningKey key = SigningKey::generate();
  const std::string signature = key.sign("message").value();
  EXPECT_TRUE(verifies(key, "message", signature));
  EXPECT_FALSE(verifies(key, "massage", signature));
  EXPECT_FALSE(verifies(SigningKey::generate(), "message", signature));
}

TEST(SigningKey, IsTheSameAfterItWasWrittenAndRead) {
  const SigningKey key = SigningKey::generate();
  const SigningKey again = SigningKey::parse(key.pem()).value();
  EXPECT_EQ(again.spki_der(), key.spki_der());
  EXPECT_TRUE(verifies(key, "message", again.sign("message").value()));
}

TEST(SigningKey, OnP384SignsWithSha384) {
  const SigningKey key = SigningKey::parse(pem_of(make_ec("P-384").get())).value();
  EXPECT_EQ(parse_signature_algorithm(key.signature_algorithm_der()), SignatureAlgorithm::ecdsa_sha384);
  EXPECT_TRUE(verifies(key, "message", key.sign("message").value()));
}

TEST(SigningKey, OtherKeysAndOtherTextAreRefused) {
  EXPECT_FALSE(SigningKey::parse(""));
  EXPECT_FALSE(SigningKey::parse("rubbish"));
  EXPECT_FALSE(SigningKey::parse(pem_of(make_ec("P-521").get())));
  EXPECT_FALSE(SigningKey::parse(pem_of(make_rsa(2048).get())));
  EXPECT_FALSE(SigningKey::parse(pem_of(make_p256().get(), EVP_aes_128_cbc())));
  EXPECT_FALSE(SigningKey::parse(test_ca().root_pem));
}

TEST(VerifySignature, NeedsAnAlgorithmOfTheKeysType) {
  const SigningKey key = SigningKey::generate();
  const auto parsed = parse_public_key(key.spki_der()).value();
  const std::string signature = key.sign("message").value();
  EXPECT_TRUE(verify_signature(SignatureAlgorithm::ecdsa_sha256, parsed, "message", signature));
  EXPECT_FALSE(verify_signature(SignatureAlgorithm::ecdsa_sha384, parsed, "message", signature));
  EXPECT_FALSE(verify_signature(SignatureAlgorithm::rsa_sha256, parsed, "message", signature));
  EXPECT_FALSE(verify_signature(SignatureAlgorithm::ecdsa_sha256, parsed, "message", ""));
  EXPECT_FALSE(verify_signature(SignatureAlgorithm::ecdsa_sha256, parsed, "message", signature + '\0'));
}

TEST(SignatureAlgorithm, HasTheParametersOfItsRfcAndNoOthers) {
  using namespace std::string_view_literals;
  const auto with = [](std::string_view der) { return parse_signature_algorithm(der); };
  EXPECT_EQ(with("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00"sv),
            SignatureAlgorithm::rsa_sha256);
  EXPECT_EQ(with("\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"sv), SignatureAlgorithm::rsa_sha256);
  EXPECT_EQ(with("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"sv), SignatureAlgorithm::ecdsa_sha256);
  EXPECT_FALSE(with("\x30\x0c\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02\x05\x00"sv));
  EXPECT_FALSE(with("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x30\x00"sv));
  EXPECT_FALSE(with("\x30\x0f\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00\x05\x00"sv));
  EXPECT_FALSE(with("\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"sv));
  EXPECT_FALSE(with(""));
}

}  // namespace
}  // namespace acmecore
