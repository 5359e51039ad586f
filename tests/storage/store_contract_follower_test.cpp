#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "tests/storage/store_contract.h"

namespace storage {
namespace {

using testing::ElementsAre;

// Notes the keys that commits put and, behind a minus, those that they delete.
class Listener final : public Follower {
 public:
  explicit Listener(Store& store) : store_(store) { store_.follow(*this); }
  ~Listener() override { store_.unfollow(*this); }

  void follow(const Batch& batch) override {
    for (const Put& put : batch.puts)
      seen.push_back(put.key);
    for (const Bytes& key : batch.deletes)
      seen.push_back("-" + key);
  }

  std::vector<Bytes> seen;

 private:
  Store& store_;
};

TEST_P(StoreContract, AFollowerSeesEveryBatchInItsOrder) {
  put("before", "");
  const Listener listener(*store_);
  commit({.puts = {{"a", "1"}, {"b", "2"}}, .deletes = {"before"}}).value();
  commit({}).value();
  put("b", "3");
  EXPECT_THAT(listener.seen, ElementsAre("a", "b", "-before", "b"));
}

TEST_P(StoreContract, AFollowerSeesNoBatchThatWasNotCommitted) {
  const Listener listener(*store_);
  EXPECT_FALSE(commit({.expected = {{"a", 3}}, .puts = {{"a", "1"}}}));
  EXPECT_FALSE(commit({.puts = {{"", "1"}}}));
  EXPECT_THAT(listener.seen, ElementsAre());
}

TEST_P(StoreContract, AFollowerSeesNothingOnceItHasUnfollowed) {
  const Listener first(*store_);
  {
    const Listener second(*store_);
    put("a", "1");
    EXPECT_THAT(second.seen, ElementsAre("a"));
  }
  put("b", "2");
  EXPECT_THAT(first.seen, ElementsAre("a", "b"));
}

// Whatever a read that begins after follow() does not hold is told to the follower, however many write meanwhile.
TEST_P(StoreContract, AFollowerMissesNothingBetweenItsBeginningAndARead) {
  std::atomic<int> written = 0;
  std::thread writer([&] {
    for (int i = 0; i < 200; ++i, ++written)
      put("k" + std::to_string(1000 + i), "");
  });
  while (written < 50)
    std::this_thread::yield();
  Listener listener(*store_);
  std::vector<Bytes> known = keys({.prefix = "k"});
  writer.join();
  known.insert(known.end(), listener.seen.begin(), listener.seen.end());
  std::ranges::sort(known);
  const auto repeated = std::ranges::unique(known);
  known.erase(repeated.begin(), repeated.end());
  EXPECT_EQ(known, keys({.prefix = "k"}));
}

// Who was told that a commit was made finds that each follower knows it.
class LatestValue final : public Follower {
 public:
  void follow(const Batch& batch) override { value.store(std::stoi(batch.puts.front().value)); }
  std::atomic<int> value = 0;
};

TEST_P(StoreContract, AFollowerKnowsBeforeTheCaller) {
  LatestValue latest;
  store_->follow(latest);
  for (int i = 1; i <= 100; ++i) {
    put("a", std::to_string(i));
    ASSERT_EQ(latest.value.load(), i);
  }
  store_->unfollow(latest);
}

}  // namespace
}  // namespace storage
