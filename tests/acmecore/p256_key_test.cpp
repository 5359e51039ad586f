#include "acmecore/p256_key.h"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <openssl/x509.h>

#include <memory>
#include <utility>
#include <vector>

#include "acmecore/der.h"
#include "acmecore/key_contexts.h"

namespace acmecore {
namespace {

using base::Bytes;
using base::BytesView;

constexpr BytesView kOrder(
    "\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9"
    "\xca\xc2"
    "\xfc\x63\x25\x51",
    32);

using Point = base::OpensslHandle<EC_POINT, EC_POINT_free>;

// A key without a table and with one, and OpenSSL's word on the same signatures.
class Judges {
 public:
  explicit Judges(base::PkeyHandle key) : key_(std::move(key)) { EXPECT_TRUE(with_table_->make_table()); }

  // What all three say, which is one word.
  bool verifies(BytesView digest, BytesView signature) const {
    const base::PkeyContextHandle context(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
    EVP_PKEY_verify_init(context.get());
    const bool by_openssl = EVP_PKEY_verify(context.get(), base::octets(signature), signature.size(),
                                            base::octets(digest), digest.size()) == 1;
    base::openssl_error();
    const auto numbers = read_ecdsa_numbers(signature);
    EXPECT_EQ(numbers && plain_->verify(digest, *numbers), by_openssl);
    EXPECT_EQ(numbers && with_table_->verify(digest, *numbers), by_openssl);
    EXPECT_EQ(base::openssl_error(), "no OpenSSL error") << "the next one who asks would find it";
    return by_openssl;
  }

  EVP_PKEY* key() const { return key_.get(); }

 private:
  const base::PkeyHandle key_;
  const std::unique_ptr<const P256Key> plain_ = P256Key::of(key_.get());
  const std::unique_ptr<const P256Key> with_table_ = P256Key::of(key_.get());
};

class P256KeyTest : public ::testing::Test {
 protected:
  Bytes signature_of(BytesView digest) const {
    return KeyContexts(judges_.key(), KeyContexts::Use::sign).sign(digest).value();
  }
  bool verifies(BytesView digest, BytesView signature) const { return judges_.verifies(digest, signature); }

  const Judges judges_{base::PkeyHandle(EVP_EC_gen("P-256"))};
};

struct Numbers {
  Bytes r;
  Bytes s;
};

Numbers numbers_of(BytesView signature) {
  der::Reader reader(der::only(der::kSequence, signature).value());
  Numbers numbers;
  numbers.r = reader.integer().value();
  numbers.s = reader.integer().value();
  return numbers;
}

// The content of an INTEGER that is not negative.
Bytes content_of(const BIGNUM* number) {
  Bytes octets(size_t(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(octets.data()));
  return octets.empty() || (uint8_t(octets[0]) & 0x80) != 0 ? Bytes(1, '\0') + octets : octets;
}

Bytes signature_with(BytesView r, BytesView s) {
  return der::sequence({der::element(der::kInteger, r), der::element(der::kInteger, s)});
}

TEST_F(P256KeyTest, SaysWhatOpensslSaysOfManySignatures) {
  for (int i = 0; i < 500; ++i) {
    const Bytes digest = base::sha256("message " + std::to_string(i));
    const Bytes signature = signature_of(digest);
    EXPECT_TRUE(verifies(digest, signature));
    EXPECT_FALSE(verifies(base::sha256("another message"), signature));
  }
}

TEST_F(P256KeyTest, RefusesASignatureWithOneBitChanged) {
  const Bytes digest = base::sha256("message");
  const Bytes signature = signature_of(digest);
  for (size_t bit = 0; bit < 8 * signature.size(); ++bit) {
    Bytes changed = signature;
    changed[bit / 8] = char(changed[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(verifies(digest, changed)) << "bit " << bit;
  }
}

TEST_F(P256KeyTest, RefusesNumbersThatAreZeroOrNegativeOrNotBelowTheOrder) {
  const Bytes digest = base::sha256("message");
  const auto [r, s] = numbers_of(signature_of(digest));
  const std::vector<Bytes> wrong = {Bytes(1, '\0'), Bytes("\xff"), Bytes(1, '\0') + Bytes(kOrder),
                                    Bytes("\x80") + Bytes(31, '\0'), Bytes("\x01") + Bytes(32, '\0')};
  EXPECT_TRUE(verifies(digest, signature_with(r, s)));
  for (const Bytes& number : wrong) {
    EXPECT_FALSE(verifies(digest, signature_with(number, s)));
    EXPECT_FALSE(verifies(digest, signature_with(r, number)));
  }
  EXPECT_FALSE(verifies(digest, signature_with(s, r)));
}

TEST_F(P256KeyTest, RefusesWhatIsNotDer) {
  const Bytes digest = base::sha256("message");
  const Bytes signature = signature_of(digest);
  const auto [r, s] = numbers_of(signature);
  EXPECT_FALSE(verifies(digest, ""));
  EXPECT_FALSE(verifies(digest, signature + '\0'));
  EXPECT_FALSE(verifies(digest, signature.substr(0, signature.size() - 1)));
  EXPECT_FALSE(verifies(digest, signature_with(Bytes(1, '\0') + r, s))) << "an octet too many";
  EXPECT_FALSE(verifies(digest, "\x30\x81" + signature.substr(1))) << "a length in too many octets";
}

TEST_F(P256KeyTest, TakesADigestOfZerosAndOneAboveTheOrder) {
  const Bytes zeros(base::kSha256Size, '\0');
  const Bytes ones(base::kSha256Size, '\xff');
  EXPECT_TRUE(verifies(zeros, signature_of(zeros)));
  EXPECT_TRUE(verifies(ones, signature_of(ones)));
  EXPECT_FALSE(verifies(zeros, signature_of(ones)));
}

TEST_F(P256KeyTest, RefusesASignatureByAnotherKey) {
  const base::PkeyHandle other(EVP_EC_gen("P-256"));
  const KeyContexts signer(other.get(), KeyContexts::Use::sign);
  const Bytes digest = base::sha256("message");
  EXPECT_FALSE(verifies(digest, signer.sign(digest).value()));
}

TEST_F(P256KeyTest, TakesTheOtherSWhichIsAsGood) {
  const Bytes digest = base::sha256("message");
  const auto [r, s] = numbers_of(signature_of(digest));
  const base::BignumHandle order(BN_bin2bn(base::octets(kOrder), int(kOrder.size()), nullptr));
  const base::BignumHandle other(BN_bin2bn(base::octets(s), int(s.size()), nullptr));
  BN_sub(other.get(), order.get(), other.get());
  EXPECT_TRUE(verifies(digest, signature_with(r, content_of(other.get()))));
  BN_add_word(other.get(), 1);
  EXPECT_FALSE(verifies(digest, signature_with(r, content_of(other.get()))));
}

TEST_F(P256KeyTest, TakesADigestThatIsTheOrder) {
  const Bytes order(kOrder);
  EXPECT_TRUE(verifies(order, signature_of(order)));
  EXPECT_TRUE(verifies(Bytes(base::kSha256Size, '\0'), signature_of(order))) << "it is 0 modulo the order";
}

// Keys and signatures that are made for each other. All with s = 1, and so u1 = e and u2 = r.
class MadeUpKeyTest : public ::testing::Test {
 protected:
  MadeUpKeyTest() { EC_GROUP_get_curve(curve_.get(), prime_.get(), nullptr, nullptr, context_.get()); }

  // A point with this x.
  Point point_at(const BIGNUM* x) const {
    Point point(EC_POINT_new(curve_.get()));
    EXPECT_EQ(EC_POINT_set_compressed_coordinates(curve_.get(), point.get(), x, 0, context_.get()), 1);
    return point;
  }

  Point times_generator(const BIGNUM* number) const {
    Point point(EC_POINT_new(curve_.get()));
    EC_POINT_mul(curve_.get(), point.get(), number, nullptr, nullptr, context_.get());
    return point;
  }

  base::BignumHandle inverse(const BIGNUM* number) const {
    return base::BignumHandle(BN_mod_inverse(nullptr, number, order_, context_.get()));
  }

  // Q = (R - e·G) / r: a check of r and 1 over the digest comes to R.
  base::PkeyHandle key_for(const EC_POINT* point, const BIGNUM* r) const {
    const base::BignumHandle of_point = inverse(r);
    const base::BignumHandle of_generator(BN_new());
    BN_mod_mul(of_generator.get(), e_.get(), of_point.get(), order_, context_.get());
    BN_sub(of_generator.get(), order_, of_generator.get());
    const Point key(EC_POINT_new(curve_.get()));
    EC_POINT_mul(curve_.get(), key.get(), of_generator.get(), point, of_point.get(), context_.get());
    return key_of(key.get());
  }

  base::PkeyHandle key_of(const EC_POINT* point) const {
    Bytes octets(kP256PointSize, '\0');
    EC_POINT_point2oct(curve_.get(), point, POINT_CONVERSION_UNCOMPRESSED,
                       reinterpret_cast<unsigned char*>(octets.data()), octets.size(), context_.get());
    const Bytes spki =
        der::sequence({der::sequence({der::element(der::kOid, "\x2a\x86\x48\xce\x3d\x02\x01"),
                                      der::element(der::kOid, "\x2a\x86\x48\xce\x3d\x03\x01\x07")}),
                       der::element(der::kBitString, Bytes(1, '\0') + octets)});
    const unsigned char* at = base::octets(spki);
    return base::PkeyHandle(d2i_PUBKEY(nullptr, &at, long(spki.size())));
  }

  static base::BignumHandle sum(const BIGNUM* number, unsigned more) {
    base::BignumHandle sum(BN_dup(number));
    BN_add_word(sum.get(), more);
    return sum;
  }

  const base::OpensslHandle<EC_GROUP, EC_GROUP_free> curve_{EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)};
  const base::OpensslHandle<BN_CTX, BN_CTX_free> context_{BN_CTX_new()};
  const BIGNUM* const order_ = EC_GROUP_get0_order(curve_.get());
  const base::BignumHandle prime_{BN_new()};
  const Bytes digest_ = base::sha256("message");
  const base::BignumHandle e_{BN_bin2bn(base::octets(digest_), int(digest_.size()), nullptr)};
};

// The x is from n to p - 1, as one of 2^128 is, and r is x - n. 3 is the least for which there is such a point.
TEST_F(MadeUpKeyTest, AnXBehindTheOrderIsTakenAsItsRemainder) {
  const base::BignumHandle r = sum(BN_value_one(), 2);
  const Judges judges(key_for(point_at(sum(order_, 3).get()).get(), r.get()));
  EXPECT_TRUE(judges.verifies(digest_, signature_with("\x03", "\x01")));
  EXPECT_FALSE(judges.verifies(digest_, signature_with("\x04", "\x01")));
  EXPECT_FALSE(judges.verifies(digest_, signature_with("\x03", "\x02")));
}

// Here r + n is x + p, which is x modulo p, but no x. 0 and 5 are the least that a point has.
TEST_F(MadeUpKeyTest, AnRBehindWhichThereIsNoXIsRefused) {
  for (const unsigned x : {0u, 5u}) {
    const base::BignumHandle at = sum(base::BignumHandle(BN_new()).get(), x);
    const base::BignumHandle r = sum(prime_.get(), x);
    BN_sub(r.get(), r.get(), order_);
    const Judges judges(key_for(point_at(at.get()).get(), r.get()));
    EXPECT_FALSE(judges.verifies(digest_, signature_with(content_of(r.get()), "\x01"))) << x;
  }
}

// The key's own multiple takes that of the generator away: r = -e / d.
TEST_F(MadeUpKeyTest, ASumThatIsNoPointIsRefused) {
  const base::BignumHandle d = sum(BN_value_one(), 1000);
  const base::BignumHandle r = inverse(d.get());
  BN_mod_mul(r.get(), r.get(), e_.get(), order_, context_.get());
  BN_sub(r.get(), order_, r.get());
  const Judges judges(key_of(times_generator(d.get()).get()));
  EXPECT_FALSE(judges.verifies(digest_, signature_with(content_of(r.get()), "\x01")));
  EXPECT_FALSE(judges.verifies(digest_, signature_with(content_of(r.get()), "\x07")));
}

// Both multiples are one point, which is doubled: R = 2e·G and d = e / r.
TEST_F(MadeUpKeyTest, ASumOfTwoEqualPointsIsTaken) {
  const base::BignumHandle twice(BN_new());
  BN_mod_lshift1(twice.get(), e_.get(), order_, context_.get());
  const base::BignumHandle r(BN_new());
  EC_POINT_get_affine_coordinates(curve_.get(), times_generator(twice.get()).get(), r.get(), nullptr,
                                  context_.get());
  const base::BignumHandle d = inverse(r.get());
  BN_mod_mul(d.get(), d.get(), e_.get(), order_, context_.get());
  const Judges judges(key_of(times_generator(d.get()).get()));
  EXPECT_TRUE(judges.verifies(digest_, signature_with(content_of(r.get()), "\x01")));
  EXPECT_FALSE(judges.verifies(digest_, signature_with(content_of(r.get()), "\x02")));
}

TEST(P256Key, LeavesNothingForTheNextOneOnItsThread) {
  const Bytes digest = base::sha256("message");
  for (int i = 0; i < 4; ++i) {
    const base::PkeyHandle pkey(EVP_EC_gen("P-256"));
    const Bytes signature = KeyContexts(pkey.get(), KeyContexts::Use::sign).sign(digest).value();
    const EcdsaNumbers numbers = read_ecdsa_numbers(signature).value();
    const auto key = P256Key::of(pkey.get());
    if (i % 2 == 0) {
      EXPECT_TRUE(key->make_table());
    }
    EXPECT_TRUE(key->verify(digest, numbers));
    EXPECT_FALSE(key->verify(base::sha256("another message"), numbers));
  }
}

TEST(P256Key, TakesNumbersWithZerosBeforeThemAndNoneThatAreTooLarge) {
  const Bytes digest = base::sha256("message");
  const base::PkeyHandle pkey(EVP_EC_gen("P-256"));
  const Bytes signature = KeyContexts(pkey.get(), KeyContexts::Use::sign).sign(digest).value();
  const EcdsaNumbers numbers = read_ecdsa_numbers(signature).value();
  const auto key = P256Key::of(pkey.get());
  const Bytes longer = Bytes(100, '\0') + Bytes(numbers.r);
  EXPECT_TRUE(key->verify(digest, {longer, numbers.s}));
  const Bytes larger = "\x01" + Bytes(100, '\0') + Bytes(numbers.r);
  EXPECT_FALSE(key->verify(digest, {larger, numbers.s}));
  EXPECT_FALSE(key->verify(digest, {numbers.r, ""}));
}

TEST(P256Key, IsOnlyOnP256) {
  EXPECT_EQ(P256Key::of(base::PkeyHandle(EVP_EC_gen("P-384")).get()), nullptr);
  EXPECT_EQ(P256Key::of(base::PkeyHandle(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")).get()), nullptr);
}

TEST(P256Key, IsAPointOnTheCurveUncompressed) {
  const base::PkeyHandle pkey(EVP_EC_gen("P-256"));
  Bytes point(kP256PointSize, '\0');
  size_t size = 0;
  ASSERT_EQ(
      EVP_PKEY_get_octet_string_param(pkey.get(), OSSL_PKEY_PARAM_PUB_KEY,
                                      reinterpret_cast<unsigned char*>(point.data()), point.size(), &size),
      1);
  EXPECT_NE(P256Key::read(point), nullptr);
  Bytes beside = point;
  beside.back() = char(beside.back() ^ 1);
  const bool is_even = point.back() % 2 == 0;
  for (const Bytes& wrong : {beside, point.substr(0, 64), point + '\0', "\x06" + point.substr(1), Bytes(),
                             (is_even ? "\x02" : "\x03") + point.substr(1, 32), Bytes(1, '\0')}) {
    EXPECT_EQ(P256Key::read(wrong), nullptr);
    EXPECT_EQ(base::openssl_error(), "no OpenSSL error");
  }
}

TEST_F(MadeUpKeyTest, ACoordinateThatIsNotBelowThePrimeIsRefused) {
  const base::BignumHandle x = sum(base::BignumHandle(BN_new()).get(), 5);
  const base::BignumHandle y(BN_new());
  EC_POINT_get_affine_coordinates(curve_.get(), point_at(x.get()).get(), nullptr, y.get(), context_.get());
  const auto point = [&](const BIGNUM* one) {
    Bytes octets(kP256PointSize, '\x04');
    BN_bn2binpad(one, reinterpret_cast<unsigned char*>(octets.data()) + 1, 32);
    BN_bn2binpad(y.get(), reinterpret_cast<unsigned char*>(octets.data()) + 33, 32);
    return octets;
  };
  EXPECT_NE(P256Key::read(point(x.get())), nullptr);
  BN_add(x.get(), x.get(), prime_.get());
  EXPECT_EQ(P256Key::read(point(x.get())), nullptr);
}

}  // namespace
}  // namespace acmecore
