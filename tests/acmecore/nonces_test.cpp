#include "acmecore/nonces.h"

#include <gtest/gtest.h>

#include "base/base64url.h"
#include "storage/memory_store.h"
#include "tests/support/run_task.h"

namespace acmecore {
namespace {

using base::ErrorKind;
using support::run_task;

class NoncesTest : public testing::Test {
 protected:
  std::unique_ptr<Nonces> open(size_t used_max = kUsedNoncesMax) {
    return run_task(Nonces::open(store_, clock_, used_max)).value();
  }

  storage::Revision revision() {
    storage::Batch batch;
    batch.puts.push_back({"probe", ""});
    return run_task(store_.commit(std::move(batch))).value();
  }

  storage::MemoryStore store_;
  base::ManualClock clock_{base::parse_rfc3339("2026-11-23T04:30:00Z").value()};
};

TEST_F(NoncesTest, GivesDifferentBase64urlOfSixteenCharactersAtLeast) {
  const auto nonces = open();
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string nonce = nonces->fresh();
    EXPECT_TRUE(base::parse_base64url(nonce)) << nonce;
    EXPECT_GE(nonce.size(), 16u);
    EXPECT_TRUE(seen.insert(nonce).second);
  }
}

TEST_F(NoncesTest, TakesEachOnce) {
  const auto nonces = open();
  const std::string nonce = nonces->fresh();
  EXPECT_TRUE(nonces->use(nonce));
  EXPECT_EQ(nonces->use(nonce).error().kind, ErrorKind::bad_nonce);
  EXPECT_TRUE(nonces->use(nonces->fresh()));
}

TEST_F(NoncesTest, RefusesWhatItNeverGave) {
  const auto nonces = open();
  const std::string good = nonces->fresh();
  for (const std::string& nonce :
       {std::string(), std::string("AAAA"), good + "A", good.substr(1), good + "AAAA",
        std::string(good.size(), 'A'), std::string(200'000, 'A'), std::string("a b")}) {
    EXPECT_EQ(nonces->use(nonce).error().kind, ErrorKind::bad_nonce);
  }
  for (size_t at = 0; at < good.size(); ++at) {
    std::string changed = good;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_EQ(nonces->use(changed).error().kind, ErrorKind::bad_nonce) << at;
  }
  EXPECT_TRUE(nonces->use(good));  // nobody burned it
}

TEST_F(NoncesTest, RefusesThoseOfAnotherServer) {
  storage::MemoryStore other_store;
  const auto other = run_task(Nonces::open(other_store, clock_)).value();
  EXPECT_EQ(open()->use(other->fresh()).error().kind, ErrorKind::bad_nonce);
}

TEST_F(NoncesTest, ForgetsThemWithAge) {
  const auto nonces = open();
  const std::string nonce = nonces->fresh();
  const std::string other = nonces->fresh();
  clock_.advance(kNonceLifetime);
  EXPECT_TRUE(nonces->use(nonce));
  clock_.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(nonces->use(other).error().kind, ErrorKind::bad_nonce);
  EXPECT_EQ(nonces->use(nonce).error().kind, ErrorKind::bad_nonce);
}

TEST_F(NoncesTest, LetsNoneBeUsedAgainWhenTheClockGoesBack) {
  const auto nonces = open();
  const std::string nonce = nonces->fresh();
  EXPECT_TRUE(nonces->use(nonce));
  clock_.advance(2 * kNonceLifetime);
  EXPECT_TRUE(nonces->use(nonces->fresh()));  // the first is forgotten
  clock_.advance(-2 * kNonceLifetime);
  EXPECT_EQ(nonces->use(nonce).error().kind, ErrorKind::bad_nonce);
}

TEST_F(NoncesTest, RemembersABoundedNumberAndStillLetsNoneBeUsedTwice) {
  const auto nonces = open(/*used_max=*/10);
  std::vector<std::string> given;
  for (int i = 0; i < 30; ++i) {
    given.push_back(nonces->fresh());
    clock_.advance(std::chrono::milliseconds(1));
  }
  for (const std::string& nonce : given)
    EXPECT_TRUE(nonces->use(nonce));
  for (const std::string& nonce : given)
    EXPECT_EQ(nonces->use(nonce).error().kind, ErrorKind::bad_nonce);
  const std::string late = given[0];
  EXPECT_EQ(nonces->use(late).error().kind, ErrorKind::bad_nonce);
}

TEST_F(NoncesTest, CostNoWrite) {
  const auto nonces = open();
  const auto before = revision();
  for (int i = 0; i < 100; ++i)
    EXPECT_TRUE(nonces->use(nonces->fresh()));
  EXPECT_EQ(revision(), before + 1);
}

TEST_F(NoncesTest, SurviveARestart) {
  const std::string nonce = open()->fresh();
  EXPECT_TRUE(open()->use(nonce));
}

TEST_F(NoncesTest, AreNotUsedAgainAfterAPlannedRestart) {
  auto nonces = open();
  const std::string used = nonces->fresh();
  const std::string unused = nonces->fresh();
  EXPECT_TRUE(nonces->use(used));
  EXPECT_TRUE(run_task(nonces->save()));
  nonces = open();
  EXPECT_EQ(nonces->use(used).error().kind, ErrorKind::bad_nonce);
  EXPECT_TRUE(nonces->use(unused));
}

// docs/decisions/nonces.md: what a crash allows.
TEST_F(NoncesTest, MayBeUsedOnceMoreAfterACrash) {
  const auto nonces = open();
  const std::string used = nonces->fresh();
  EXPECT_TRUE(nonces->use(used));
  const auto restarted = open();
  EXPECT_TRUE(restarted->use(used));
  EXPECT_EQ(restarted->use(used).error().kind, ErrorKind::bad_nonce);
}

TEST_F(NoncesTest, SavedOnesAreLoadedOnceOnly) {
  auto nonces = open();
  const std::string used = nonces->fresh();
  EXPECT_TRUE(nonces->use(used));
  EXPECT_TRUE(run_task(nonces->save()));
  open();
  storage::Range everything;
  const auto entries = run_task(store_.list(everything)).value();
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].key, "snonce-key");
}

TEST_F(NoncesTest, AreUnavailableWhileTheStoreIs) {
  store_.set_full(true);
  EXPECT_EQ(run_task(Nonces::open(store_, clock_)).error().kind, ErrorKind::unavailable);
}

}  // namespace
}  // namespace acmecore
