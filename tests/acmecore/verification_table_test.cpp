#include <gtest/gtest.h>
#include <openssl/ec.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <ranges>
#include <thread>
#include <vector>

#include "acmecore/key_contexts.h"
#include "acmecore/p256_key.h"

// Which keys have a table to verify by, and what becomes of it.
namespace acmecore {
namespace {

using base::Bytes;

// All places for tables but one are taken.
std::vector<std::unique_ptr<const P256Key>> take_all_places_but_one() {
  const base::PkeyHandle pkey(EVP_EC_gen("P-256"));
  std::vector<std::unique_ptr<const P256Key>> all;
  for (size_t i = 0; i < kVerificationTablesMax - 1; ++i) {
    all.push_back(P256Key::of(pkey.get()));
    EXPECT_TRUE(all.back()->make_table());
  }
  return all;
}

TEST(P256Key, ThereAreNoMoreTablesThanTheLimitAtOnce) {
  auto all = take_all_places_but_one();
  const base::PkeyHandle pkey(EVP_EC_gen("P-256"));
  auto last = P256Key::of(pkey.get());
  const auto late = P256Key::of(pkey.get());
  EXPECT_TRUE(last->make_table());
  EXPECT_FALSE(late->make_table());
  EXPECT_TRUE(last->make_table()) << "it has one";
  last.reset();
  EXPECT_TRUE(late->make_table());
}

TEST(P256Key, GetsATableAfterSoManyChecksAndSaysTheSame) {
  const auto all = take_all_places_but_one();
  const base::PkeyHandle pkey(EVP_EC_gen("P-256"));
  const auto late = P256Key::of(pkey.get());
  const Bytes digest = base::sha256("message");
  const Bytes signature = KeyContexts(pkey.get(), KeyContexts::Use::sign).sign(digest).value();
  const EcdsaNumbers numbers = read_ecdsa_numbers(signature).value();
  const KeyContexts verifier(pkey.get(), KeyContexts::Use::verify);
  for (unsigned i = 1; i < kVerificationsBeforeTable; ++i)
    ASSERT_TRUE(verifier.verify(digest, numbers)) << i;
  EXPECT_TRUE(P256Key::of(pkey.get())->make_table()) << "the last place is free";
  EXPECT_TRUE(verifier.verify(digest, numbers));
  EXPECT_FALSE(late->make_table()) << "it is taken";
  EXPECT_TRUE(verifier.verify(digest, numbers));
  EXPECT_FALSE(verifier.verify(base::sha256("massage"), numbers));
}

// Signatures by one key over one digest, for any number of P256Keys of it.
class VerificationTableTest : public testing::Test {
 protected:
  using Key = std::unique_ptr<const P256Key>;

  Key new_key() const { return P256Key::of(pkey_.get()); }

  void check(const P256Key& key, uint64_t times) const {
    for (uint64_t i = 0; i < times; ++i)
      ASSERT_TRUE(key.verify(digest_, numbers_)) << i;
  }

  // A check of whatever key it is.
  void use(const P256Key& key) const { EXPECT_FALSE(key.verify(digest_, {"\x01", "\x01"})); }

  bool tells_them_apart(const P256Key& key) const {
    return key.verify(digest_, numbers_) && !key.verify(base::sha256("massage"), numbers_);
  }

 private:
  const base::PkeyHandle pkey_{EVP_EC_gen("P-256")};
  const Bytes digest_ = base::sha256("message");
  const Bytes signature_ = KeyContexts(pkey_.get(), KeyContexts::Use::sign).sign(digest_).value();
  const EcdsaNumbers numbers_ = read_ecdsa_numbers(signature_).value();
};

TEST_F(VerificationTableTest, GoesToWhoSignsNow) {
  const auto used = new_key();
  ASSERT_TRUE(used->make_table());
  const auto idle = take_all_places_but_one();
  std::vector<Key> late;
  for (size_t i = 0; i < idle.size(); ++i)
    late.push_back(new_key());

  const P256Key& last = *late.back();
  use(*idle.front());
  check(*used, kChecksUntilTableIsIdle - 2);
  EXPECT_FALSE(last.make_table()) << "no table is idle yet";
  check(*used, 1);
  for (const auto& key : late)
    EXPECT_EQ(key->make_table(), key != late.back());
  check(*used, 1);
  EXPECT_TRUE(last.make_table()) << "one was used a check later than the others";

  for (const auto& key : idle)
    EXPECT_FALSE(key->has_table());
  for (const auto& key : late)
    EXPECT_TRUE(key->has_table());
  EXPECT_TRUE(used->has_table());
  EXPECT_TRUE(tells_them_apart(last));
}

TEST_F(VerificationTableTest, IsTheOneThatWasUsedLongestAgoAndHasToBeEarnedAgain) {
  const auto others = take_all_places_but_one();
  const auto oldest = new_key();
  check(*oldest, kVerificationsBeforeTable - 1);
  EXPECT_FALSE(oldest->has_table());
  check(*oldest, 1);
  EXPECT_TRUE(oldest->has_table());
  for (const auto& key : others)
    use(*key);
  const auto late = new_key();
  check(*late, kChecksUntilTableIsIdle - 1);
  EXPECT_TRUE(oldest->has_table());
  check(*late, 1);
  EXPECT_TRUE(late->has_table());
  EXPECT_FALSE(oldest->has_table());
  for (const auto& key : others)
    EXPECT_TRUE(key->has_table());

  check(*oldest, kVerificationsBeforeTable - 1);
  EXPECT_TRUE(tells_them_apart(*oldest));
  EXPECT_TRUE(oldest->has_table());
  EXPECT_FALSE(others.front()->has_table()) << "it was the oldest then";
}

TEST_F(VerificationTableTest, IsTakenWhileManyThreadsCheck) {
  const auto before = take_all_places_but_one();
  const auto busy = new_key();
  ASSERT_TRUE(busy->make_table());
  check(*busy, kChecksUntilTableIsIdle);
  std::array<std::vector<Key>, 4> late;
  std::vector<std::thread> threads;
  for (auto& mine : late) {
    threads.emplace_back([&] {
      // From the other end than tables are taken from, until both meet.
      for (const auto& key : std::views::reverse(before)) {
        mine.push_back(new_key());
        mine.back()->make_table();
        use(*key);
        EXPECT_TRUE(tells_them_apart(*mine.back()));
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  const auto have_table = [](const std::vector<Key>& keys) {
    return size_t(std::ranges::count_if(keys, [](const Key& key) { return key->has_table(); }));
  };
  size_t taken = 0;
  for (const auto& keys : late)
    taken += have_table(keys);
  EXPECT_GT(taken, 0u);
  EXPECT_TRUE(busy->has_table());
  EXPECT_EQ(taken + have_table(before) + 1, kVerificationTablesMax);
}

TEST_F(VerificationTableTest, IsAskedForAgainByAKeyThatFoundNone) {
  auto all = take_all_places_but_one();
  all.push_back(new_key());
  ASSERT_TRUE(all.back()->make_table());
  const auto key = new_key();
  check(*key, kVerificationsBeforeTable);
  all.pop_back();
  EXPECT_FALSE(key->has_table());
  check(*key, kVerificationsBeforeTable - 1);
  EXPECT_FALSE(key->has_table());
  check(*key, 1);
  EXPECT_TRUE(key->has_table());
}

TEST_F(VerificationTableTest, IsMadeOnceWhereManyThreadsCheck) {
  const auto key = new_key();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { check(*key, kVerificationsBeforeTable / 2); });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_TRUE(key->has_table());
}

}  // namespace
}  // namespace acmecore
