#pragma once

#include <gtest/gtest.h>
#include <openssl/x509.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

#include "acmecore/ca_profile.h"
#include "acmecore/ca_public_key.h"
#include "acmecore/signing_key.h"
#include "base/openssl.h"
#include "tests/acmecore/certificate_fixtures.h"

namespace acmecore {

// What every implementation of SigningKey does, for each kind of key. Its user instantiates it with
// INSTANTIATE_TEST_SUITE_P.
struct SigningKeyCase {
  std::string name;
  KeyType type;
  std::string algorithm;  // of its signatures, as OpenSSL calls it
  std::function<std::unique_ptr<const SigningKey>()> open;
};

inline void PrintTo(const SigningKeyCase& which, std::ostream* out) { *out << which.name; }

class SigningKeyContract : public testing::TestWithParam<SigningKeyCase> {
 protected:
  void SetUp() override {
    key_ = GetParam().open();
    ASSERT_TRUE(key_);
    public_key_.emplace(parse_ca_public_key(key_->spki_der()).value());
  }

  bool verifies(base::BytesView message, base::BytesView signature) const {
    return verify_signature(key_->signature_algorithm(), *public_key_, message, signature);
  }

  std::unique_ptr<const SigningKey> key_;
  std::optional<PublicKey> public_key_;
};

TEST_P(SigningKeyContract, ItsKeyIsOfItsKind) { EXPECT_EQ(public_key_->type, GetParam().type); }

TEST_P(SigningKeyContract, WhatItSignsVerifiesAndNothingElse) {
  for (const std::string& message : {std::string("message"), std::string(), std::string(100'000, 'm')}) {
    const auto signature = key_->sign(message);
    ASSERT_TRUE(signature) << signature.error().detail;
    EXPECT_TRUE(verifies(message, *signature));
    EXPECT_FALSE(verifies(message + "e", *signature));
    EXPECT_FALSE(verifies(message, *signature + '\0'));
    EXPECT_FALSE(verifies(message, signature->substr(1)));
  }
}

TEST_P(SigningKeyContract, ItsAlgorithmIsReadAsTheOneThatItSignsWith) {
  EXPECT_EQ(parse_signature_algorithm(key_->signature_algorithm_der()), key_->signature_algorithm());
}

TEST_P(SigningKeyContract, OpensslReadsAndVerifiesACertificateThatItSigned) {
  const base::Bytes name = name_of(CaSubject{"Test Root CA"}).value();
  const base::Bytes der = sign_root(name, *key_, kNow, kRootLifetime).value();
  const uint8_t* at = base::octets(der);
  const base::X509Handle certificate(d2i_X509(nullptr, &at, long(der.size())));
  ASSERT_TRUE(certificate);
  EXPECT_EQ(X509_verify(certificate.get(), X509_get0_pubkey(certificate.get())), 1);
  EXPECT_STREQ(OBJ_nid2ln(X509_get_signature_nid(certificate.get())), GetParam().algorithm.c_str());
}

TEST_P(SigningKeyContract, SignsFromSeveralThreadsAtOnce) {
  std::vector<std::thread> threads;
  std::vector<int> good(4);
  for (size_t i = 0; i < good.size(); ++i) {
    threads.emplace_back([this, &good, i] {
      for (int round = 0; round < 5; ++round) {
        const std::string message = std::to_string(i) + "," + std::to_string(round);
        const auto signature = key_->sign(message);
        good[i] += signature && verifies(message, *signature);
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(good, std::vector<int>(4, 5));
}

}  // namespace acmecore
