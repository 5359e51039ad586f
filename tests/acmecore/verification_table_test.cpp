#include "acmecore/verification_table.h"

#include <gtest/gtest.h>

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
  Bytes signature_of(BytesView digest) { return signer_.sign(digest).value(); }

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

  const base::PkeyHandle key_{EVP_EC_gen("P-256")};
  const KeyContexts signer_{key_.get(), KeyContexts::Use::sign};
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
