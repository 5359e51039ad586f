#include "acmecore/secret_key.h"

#include <gtest/gtest.h>

#include "storage/memory_store.h"
#include "tests/acmecore/authority_fixture.h"
#include "tests/support/run_task.h"

namespace acmecore {
namespace {

using base::ErrorKind;

TEST(SecretKey, IsMadeOnceForEachName) {
  storage::MemoryStore store;
  const auto made = support::run_task(secret_key(store, "unpause-key")).value();
  EXPECT_EQ(made.size(), kSecretKeySize);
  EXPECT_EQ(support::run_task(secret_key(store, "unpause-key")).value(), made);
  EXPECT_NE(support::run_task(secret_key(store, "nonce-key")).value(), made);
  EXPECT_EQ(support::run_task(store.get("sunpause-key")).value()->value, made);
}

TEST(SecretKey, IsNotTakenForGoodWhenItIsDamaged) {
  storage::MemoryStore store;
  for (const size_t size : {kSecretKeySize - 1, kSecretKeySize + 1}) {
    storage::Batch batch;
    batch.puts.push_back({"sunpause-key", base::Bytes(size, 'x')});
    ASSERT_TRUE(support::run_task(store.commit(std::move(batch))));
    const auto damaged = support::run_task(secret_key(store, "unpause-key"));
    ASSERT_FALSE(damaged);
    EXPECT_EQ(damaged.error().kind, ErrorKind::internal);
  }
}

TEST(SecretKey, OfTwoThatMakeItTheFasterCounts) {
  storage::MemoryStore memory;
  UnluckyStore store(memory);
  base::Bytes first;
  store.before_next_commit([&]() -> base::Task<void> {
    const auto faster = co_await secret_key(memory, "k");
    first = faster.value();
  });
  EXPECT_EQ(support::run_task(secret_key(store, "k")).value(), first);
  EXPECT_EQ(first.size(), kSecretKeySize);
}

TEST(SecretKey, FailsAsTheStoreDoes) {
  storage::MemoryStore memory;
  UnluckyStore store(memory);
  store.next_commits({ErrorKind::unavailable});
  EXPECT_EQ(support::run_task(secret_key(store, "k")).error().kind, ErrorKind::unavailable);
}

}  // namespace
}  // namespace acmecore
