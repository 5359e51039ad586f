#include "acmecore/public_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/core_names.h>

#include "acmecore/der.h"
#include "acmecore/rsa_weakness.h"
#include "tests/acmecore/certificate_fixtures.h"
#include "tests/acmecore/weak_moduli.h"

namespace acmecore {
namespace {

using base::BignumHandle;
using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::PkeyHandle;
using testing::HasSubstr;
using testing::Optional;
using namespace std::string_view_literals;

constexpr auto kRsaEncryption = "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"sv;
constexpr auto kP256 =
    "\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"sv;

std::string fault(BytesView spki) {
  const auto key = parse_public_key(spki);
  return key ? "" : key.error().detail;
}

Bytes integer(const BIGNUM* number) {
  Bytes octets(size_t(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(octets.data()));
  if (octets.empty() || (octets[0] & 0x80) != 0) octets.insert(0, 1, '\0');
  return der::element(der::kInteger, octets);
}

Bytes rsa_spki(const BIGNUM* modulus, const BIGNUM* exponent, BytesView algorithm = kRsaEncryption) {
  return der::sequence({algorithm, der::bit_string(der::sequence({integer(modulus), integer(exponent)}))});
}

BignumHandle number(unsigned long value) {
  BignumHandle made(BN_new());
  BN_set_word(made.get(), value);
  return made;
}

BignumHandle part_of(EVP_PKEY* key, const char* parameter) {
  BIGNUM* value = nullptr;
  EVP_PKEY_get_bn_param(key, parameter, &value);
  return BignumHandle(value);
}

TEST(PublicKey, RsaFrom2048BitsUpIsAccepted) {
  for (unsigned bits : {2048u, 3072u}) {
    const PkeyHandle key = make_rsa(bits);
    const auto parsed = parse_public_key(spki_of(key.get()));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->type, KeyType::rsa);
  }
}

TEST(PublicKey, RsaOutsideTheLimitsIsRefused) {
  const PkeyHandle small = make_rsa(1024);
  EXPECT_THAT(fault(spki_of(small.get())), HasSubstr("1024 bits; it must have 2048 to 8192"));
  const auto modulus = random_odd(kRsaBitsMax + 8);
  EXPECT_THAT(fault(rsa_spki(modulus.get(), number(65537).get())), HasSubstr("8200 bits"));
  const auto odd_size = random_odd(kRsaBitsMin - 1);
  EXPECT_THAT(fault(rsa_spki(odd_size.get(), number(65537).get())), HasSubstr("2047 bits"));
}

TEST(PublicKey, PointsOnTheThreeCurvesAreAccepted) {
  EXPECT_EQ(parse_public_key(spki_of(make_ec("P-256").get()))->type, KeyType::p256);
  EXPECT_EQ(parse_public_key(spki_of(make_ec("P-384").get()))->type, KeyType::p384);
  EXPECT_EQ(parse_public_key(spki_of(make_ec("P-521").get()))->type, KeyType::p521);
}

TEST(PublicKey, OtherAlgorithmsAreRefused) {
  for (const char* curve : {"secp256k1", "P-224", "brainpoolP256r1"}) {
    EXPECT_THAT(fault(spki_of(make_ec(curve).get())), HasSubstr("P-256, P-384 or P-521")) << curve;
  }
  for (const char* type : {"ED25519", "ED448", "X25519"}) {
    const PkeyHandle key(EVP_PKEY_Q_keygen(nullptr, nullptr, type));
    EXPECT_THAT(fault(spki_of(key.get())), HasSubstr("RSA")) << type;
  }
}

TEST(PublicKey, APointOffTheCurveIsRefused) {
  Bytes spki = spki_of(make_p256().get());
  EXPECT_EQ(fault(spki), "");
  spki.back() = char(spki.back() ^ 1);
  EXPECT_THAT(fault(spki), HasSubstr("not on its curve"));
  const Bytes zero = der::sequence({kP256, der::bit_string('\x04' + Bytes(64, '\0'))});
  EXPECT_THAT(fault(zero), HasSubstr("not on its curve"));
  const Bytes above_the_prime = der::sequence({kP256, der::bit_string('\x04' + Bytes(64, '\xff'))});
  EXPECT_THAT(fault(above_the_prime), HasSubstr("not on its curve"));
  const Bytes infinity = der::sequence({kP256, der::bit_string("\0"sv)});
  EXPECT_NE(fault(infinity), "");
}

TEST(PublicKey, ACompressedPointIsRefused) {
  PkeyHandle key = make_p256();
  EVP_PKEY_set_utf8_string_param(key.get(), OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "compressed");
  const Bytes compressed = spki_of(key.get());
  ASSERT_LT(compressed.size(), 70u);
  EXPECT_THAT(fault(compressed), HasSubstr("uncompressed"));
  EVP_PKEY_set_utf8_string_param(key.get(), OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "hybrid");
  EXPECT_THAT(fault(spki_of(key.get())), HasSubstr("uncompressed"));
}

TEST(PublicKey, TheAlgorithmIdentifierMustBeTheOneOfTheBaselineRequirements) {
  const PkeyHandle key = make_rsa(2048);
  const auto modulus = part_of(key.get(), OSSL_PKEY_PARAM_RSA_N);
  const auto exponent = part_of(key.get(), OSSL_PKEY_PARAM_RSA_E);
  EXPECT_EQ(rsa_spki(modulus.get(), exponent.get()), spki_of(key.get()));
  const auto without_null = "\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"sv;
  EXPECT_NE(fault(rsa_spki(modulus.get(), exponent.get(), without_null)), "");
  const auto rsassa_pss = "\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"sv;
  EXPECT_NE(fault(rsa_spki(modulus.get(), exponent.get(), rsassa_pss)), "");
}

TEST(PublicKey, WhatIsNoSpkiIsMalformed) {
  const Bytes good = spki_of(make_p256().get());
  for (const Bytes& bad :
       {Bytes(), Bytes("rubbish"), good + '\0', good.substr(1), good.substr(0, good.size() - 1)}) {
    const auto key = parse_public_key(bad);
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().kind, ErrorKind::malformed);
  }
  const auto negative = "\x30\x06\x02\x01\x80\x02\x01\x03"sv;
  EXPECT_THAT(fault(der::sequence({kRsaEncryption, der::bit_string(negative)})), HasSubstr("negative"));
}

TEST(RsaWeakness, ASoundKeyHasNone) {
  for (int i = 0; i < 5; ++i) {
    const PkeyHandle key = make_rsa(2048);
    EXPECT_EQ(rsa_weakness(part_of(key.get(), OSSL_PKEY_PARAM_RSA_N).get(), number(65537).get()),
              std::nullopt);
  }
}

TEST(RsaWeakness, TheExponentIsOddAndFrom65537To64Bits) {
  const PkeyHandle key = make_rsa(2048);
  const auto modulus = part_of(key.get(), OSSL_PKEY_PARAM_RSA_N);
  EXPECT_EQ(rsa_weakness(modulus.get(), number(0xffffffffffffffff).get()), std::nullopt);
  for (unsigned long small : {1ul, 3ul, 17ul, 65535ul}) {
    EXPECT_THAT(rsa_weakness(modulus.get(), number(small).get()), Optional(HasSubstr("below 65537")));
  }
  EXPECT_THAT(rsa_weakness(modulus.get(), number(65538).get()), Optional(HasSubstr("even")));
  EXPECT_THAT(rsa_weakness(modulus.get(), number(0).get()), Optional(HasSubstr("even")));
  EXPECT_THAT(rsa_weakness(modulus.get(), random_odd(65).get()), Optional(HasSubstr("64 bits")));
}

TEST(RsaWeakness, TheSizeIsAMultipleOf8Bits) {
  EXPECT_THAT(rsa_weakness(random_odd(2050).get(), number(65537).get()),
              Optional(HasSubstr("multiple of 8")));
}

TEST(RsaWeakness, ASmallFactorIsFound) {
  for (unsigned long factor : {3ul, 751ul}) {
    BignumHandle modulus = random_odd(2048);
    while (BN_mod_word(modulus.get(), factor) != 0)
      BN_add_word(modulus.get(), 2);
    EXPECT_THAT(rsa_weakness(modulus.get(), number(65537).get()), Optional(HasSubstr("small prime factor")))
        << factor;
  }
  BignumHandle even = random_odd(2048);
  BN_clear_bit(even.get(), 0);
  EXPECT_THAT(rsa_weakness(even.get(), number(65537).get()), Optional(HasSubstr("small prime factor")));
}

TEST(RsaWeakness, TheFingerprintOfRocaIsFound) {
  const BignumHandle modulus = roca_modulus();
  EXPECT_THAT(rsa_weakness(modulus.get(), number(65537).get()), Optional(HasSubstr("ROCA")));
  BN_add_word(modulus.get(), 2);
  while (has_factor_below_752(modulus.get()))
    BN_add_word(modulus.get(), 2);
  EXPECT_EQ(rsa_weakness(modulus.get(), number(65537).get()), std::nullopt);
}

TEST(RsaWeakness, ClosePrimesAreFound) {
  EXPECT_THAT(rsa_weakness(square_modulus().get(), number(65537).get()), Optional(HasSubstr("close")));
  EXPECT_THAT(rsa_weakness(modulus_of_close_factors().get(), number(65537).get()),
              Optional(HasSubstr("close")));
}

}  // namespace
}  // namespace acmecore
