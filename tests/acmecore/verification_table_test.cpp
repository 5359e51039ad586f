#include "acmecore/verification_table.h"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <openssl/x509.h>

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

// A key, a table for it, and OpenSSL's word on the same signatures.
class VerificationTableTest : public ::testing::Test {
 protected:
  explicit VerificationTableTest(base::PkeyHandle key = base::PkeyHandle(EVP_EC_gen("P-256")))
      : key_(std::move(key)) {}

  Bytes signature_of(BytesView digest) const {
    return KeyContexts(key_.get(), KeyContexts::Use::sign).sign(digest).value();
  }

  // What OpenSSL says and the table says, which is one word.
  bool verifies(BytesView digest, BytesView signature) {
    const base::PkeyContextHandle context(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
    EVP_PKEY_verify_init(context.get());
    const bool by_openssl = EVP_PKEY_verify(context.get(), base::octets(signature), signature.size(),
                                            base::octets(digest), digest.size()) == 1;
    base::openssl_error();
    EXPECT_EQ(table_->verify(digest, signature), by_openssl);
    EXPECT_EQ(base::openssl_error(), "no OpenSSL error") << "the next one who asks would find it";
    return by_openssl;
  }

  const base::PkeyHandle key_;
  const std::unique_ptr<const VerificationTable> table_ = VerificationTable::make(key_.get());
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

Bytes signature_with(BytesView r, BytesView s) {
  return der::sequence({der::element(der::kInteger, r), der::element(der::kInteger, s)});
}

TEST_F(VerificationTableTest, SaysWhatOpensslSaysOfManySignatures) {
  for (int i = 0; i < 500; ++i) {
    const Bytes digest = base::sha256("message " + std::to_string(i));
    const Bytes signature = signature_of(digest);
    EXPECT_TRUE(verifies(digest, signature));
    EXPECT_FALSE(verifies(base::sha256("another message"), signature));
  }
}

TEST_F(VerificationTableTest, RefusesASignatureWithOneBitChanged) {
  const Bytes digest = base::sha256("message");
  const Bytes signature = signature_of(digest);
  for (size_t bit = 0; bit < 8 * signature.size(); ++bit) {
    Bytes changed = signature;
    changed[bit / 8] = char(changed[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(verifies(digest, changed)) << "bit " << bit;
  }
}

TEST_F(VerificationTableTest, RefusesNumbersThatAreZeroOrNegativeOrNotBelowTheOrder) {
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

TEST_F(VerificationTableTest, RefusesWhatIsNotDer) {
  const Bytes digest = base::sha256("message");
  const Bytes signature = signature_of(digest);
  const auto [r, s] = numbers_of(signature);
  EXPECT_FALSE(verifies(digest, ""));
  EXPECT_FALSE(verifies(digest, signature + '\0'));
  EXPECT_FALSE(verifies(digest, signature.substr(0, signature.size() - 1)));
  EXPECT_FALSE(verifies(digest, signature_with(Bytes(1, '\0') + r, s))) << "an octet too many";
  EXPECT_FALSE(verifies(digest, "\x30\x81" + signature.substr(1))) << "a length in too many octets";
}

TEST_F(VerificationTableTest, TakesADigestOfZerosAndOneAboveTheOrder) {
  const Bytes zeros(base::kSha256Size, '\0');
  const Bytes ones(base::kSha256Size, '\xff');
  EXPECT_TRUE(verifies(zeros, signature_of(zeros)));
  EXPECT_TRUE(verifies(ones, signature_of(ones)));
  EXPECT_FALSE(verifies(zeros, signature_of(ones)));
}

TEST_F(VerificationTableTest, RefusesASignatureByAnotherKey) {
  const base::PkeyHandle other(EVP_EC_gen("P-256"));
  const KeyContexts signer(other.get(), KeyContexts::Use::sign);
  const Bytes digest = base::sha256("message");
  EXPECT_FALSE(verifies(digest, signer.sign(digest).value()));
}

// A signature whose point has an x from n to p - 1, as one of 2^128 has, so that its r is x - n. The key is made for
// it: Q = (s·R - e·G) / r, where s is 1.
class HighPointTest : public VerificationTableTest {
 protected:
  HighPointTest() : VerificationTableTest(key_for(base::sha256("message"))) {}

  static constexpr int kR = 3;  // the least for which there is such a point

  static base::PkeyHandle key_for(BytesView digest) {
    const base::OpensslHandle<EC_GROUP, EC_GROUP_free> curve(
        EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
    const base::OpensslHandle<BN_CTX, BN_CTX_free> context(BN_CTX_new());
    const BIGNUM* const n = EC_GROUP_get0_order(curve.get());
    const base::BignumHandle x(BN_dup(n));
    BN_add_word(x.get(), kR);
    const base::OpensslHandle<EC_POINT, EC_POINT_free> point(EC_POINT_new(curve.get()));
    EXPECT_EQ(EC_POINT_set_compressed_coordinates(curve.get(), point.get(), x.get(), 0, context.get()), 1);

    const base::BignumHandle of_point(BN_new());
    const base::BignumHandle of_generator(BN_bin2bn(base::octets(digest), int(digest.size()), nullptr));
    BN_set_word(of_point.get(), kR);
    BN_mod_inverse(of_point.get(), of_point.get(), n, context.get());
    BN_mod_mul(of_generator.get(), of_generator.get(), of_point.get(), n, context.get());
    BN_sub(of_generator.get(), n, of_generator.get());
    const base::OpensslHandle<EC_POINT, EC_POINT_free> key(EC_POINT_new(curve.get()));
    EC_POINT_mul(curve.get(), key.get(), of_generator.get(), point.get(), of_point.get(), context.get());

    Bytes octets(65, '\0');
    EC_POINT_point2oct(curve.get(), key.get(), POINT_CONVERSION_UNCOMPRESSED,
                       reinterpret_cast<unsigned char*>(octets.data()), octets.size(), context.get());
    const Bytes spki =
        der::sequence({der::sequence({der::element(der::kOid, "\x2a\x86\x48\xce\x3d\x02\x01"),
                                      der::element(der::kOid, "\x2a\x86\x48\xce\x3d\x03\x01\x07")}),
                       der::element(der::kBitString, Bytes(1, '\0') + octets)});
    const unsigned char* at = base::octets(spki);
    return base::PkeyHandle(d2i_PUBKEY(nullptr, &at, long(spki.size())));
  }
};

TEST_F(HighPointTest, IsTakenAsItsRemainder) {
  const Bytes digest = base::sha256("message");
  EXPECT_TRUE(verifies(digest, signature_with(Bytes(1, char(kR)), "\x01")));
  EXPECT_FALSE(verifies(digest, signature_with(Bytes(1, char(kR + 1)), "\x01")));
  EXPECT_FALSE(verifies(digest, signature_with(Bytes(1, char(kR)), "\x02")));
}

TEST(VerificationTable, LeavesNothingForTheNextOneOnItsThread) {
  const Bytes digest = base::sha256("message");
  for (int i = 0; i < 3; ++i) {
    const base::PkeyHandle key(EVP_EC_gen("P-256"));
    const Bytes signature = KeyContexts(key.get(), KeyContexts::Use::sign).sign(digest).value();
    const auto table = VerificationTable::make(key.get());
    EXPECT_TRUE(table->verify(digest, signature));
    EXPECT_FALSE(table->verify(base::sha256("another message"), signature));
  }
}

TEST(VerificationTable, IsOnlyForP256) {
  EXPECT_EQ(VerificationTable::make(base::PkeyHandle(EVP_EC_gen("P-384")).get()), nullptr);
  EXPECT_EQ(VerificationTable::make(base::PkeyHandle(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")).get()),
            nullptr);
}

TEST(VerificationTable, ThereAreNoMoreThanTheLimitAtOnce) {
  const base::PkeyHandle key(EVP_EC_gen("P-256"));
  std::vector<std::unique_ptr<const VerificationTable>> all;
  for (int i = 0; i < kVerificationTablesMax; ++i)
    all.push_back(VerificationTable::make(key.get()));
  EXPECT_NE(all.back(), nullptr);
  EXPECT_EQ(VerificationTable::make(key.get()), nullptr);
  all.pop_back();
  EXPECT_NE(VerificationTable::make(key.get()), nullptr);
}

TEST(KeyContexts, VerifiesTheSameBeforeAndAfterItHasATable) {
  const base::PkeyHandle key(EVP_EC_gen("P-256"));
  const KeyContexts signer(key.get(), KeyContexts::Use::sign);
  const KeyContexts verifier(key.get(), KeyContexts::Use::verify);
  const Bytes digest = base::sha256("message");
  const Bytes signature = signer.sign(digest).value();
  for (unsigned i = 0; i < kVerificationsBeforeTable + 10; ++i) {
    ASSERT_TRUE(verifier.verify(digest, signature)) << i;
    ASSERT_FALSE(verifier.verify(base::sha256("massage"), signature)) << i;
  }
}

}  // namespace
}  // namespace acmecore
