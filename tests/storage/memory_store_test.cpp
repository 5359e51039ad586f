#include "storage/memory_store.h"

#include "tests/storage/store_contract.h"

namespace storage {
namespace {

INSTANTIATE_TEST_SUITE_P(Memory, StoreContract,
                         testing::Values(StoreKind{"Store", [] { return std::make_unique<MemoryStore>(); }}),
                         kind_name);

TEST(MemoryStore, RefusesCommitsAndGoesOnReadingWhileItIsFull) {
  MemoryStore store;
  const Batch batch{.puts = {{"a", "1"}}};
  ASSERT_TRUE(support::run_task(store.commit(batch)));
  store.set_full(true);
  EXPECT_EQ(support::run_task(store.commit(batch)).error().kind, base::ErrorKind::unavailable);
  EXPECT_EQ(support::run_task(store.get("a")).value()->revision, 1u);
  store.set_full(false);
  EXPECT_EQ(support::run_task(store.commit(batch)).value(), 2u);
}

}  // namespace
}  // namespace storage
