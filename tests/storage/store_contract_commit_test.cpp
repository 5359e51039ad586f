#include <gmock/gmock.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/storage/store_contract.h"

namespace storage {
namespace {

using base::ErrorKind;
using testing::ElementsAre;

TEST_P(StoreContract, AnEmptyStoreHasNothing) {
  EXPECT_EQ(get("a"), std::nullopt);
  EXPECT_THAT(keys({}), ElementsAre());
}

TEST_P(StoreContract, WhatWasPutIsThereWithTheRevisionOfItsCommit) {
  const Revision revision = put("zone", "value");
  EXPECT_EQ(revision, 1u);
  EXPECT_EQ(get("zone"), (Entry{"zone", "value", 1}));
  EXPECT_EQ(get("zon"), std::nullopt);
  EXPECT_EQ(get("zonf"), std::nullopt);
  EXPECT_EQ(get("zone1"), std::nullopt);
}

TEST_P(StoreContract, KeysAndValuesAreAnyOctets) {
  const Bytes key("\0\xff\0a", 4);
  const Bytes value("\0\0\xff", 3);
  put(key, value);
  put("empty", "");
  EXPECT_EQ(get(key)->value, value);
  EXPECT_EQ(get("empty")->value, "");
  EXPECT_EQ(get(Bytes("\0\xff\0", 3)), std::nullopt);
}

TEST_P(StoreContract, RevisionsCountCommitsAndNotKeys) {
  EXPECT_EQ(commit({.puts = {{"a", "1"}, {"b", "1"}}}).value(), 1u);
  EXPECT_EQ(put("b", "2"), 2u);
  EXPECT_EQ(remove("nothing"), 3u);
  EXPECT_EQ(commit({}).value(), 4u);
  EXPECT_EQ(put("c", "5"), 5u);
  EXPECT_EQ(get("a")->revision, 1u);
  EXPECT_EQ(get("b"), (Entry{"b", "2", 2}));
}

TEST_P(StoreContract, WhatWasDeletedIsGone) {
  put("a", "1");
  put("ab", "1");
  remove("a");
  EXPECT_EQ(get("a"), std::nullopt);
  EXPECT_EQ(get("ab")->value, "1");
}

TEST_P(StoreContract, AKeyThatComesBackHasANewRevision) {
  put("a", "1");
  remove("a");
  put("a", "1");
  EXPECT_EQ(get("a")->revision, 3u);
}

TEST_P(StoreContract, AnExpectedRevisionLetsTheCommitPass) {
  const Revision first = put("a", "1");
  EXPECT_TRUE(commit({.expected = {{"a", first}}, .puts = {{"a", "2"}}}));
  EXPECT_EQ(get("a")->value, "2");
}

TEST_P(StoreContract, AnyOtherRevisionIsAConflict) {
  put("other", "");
  const Revision revision = put("a", "1");
  for (const Revision wrong : {revision - 1, revision + 1, kAbsent}) {
    EXPECT_EQ(kind(commit({.expected = {{"a", wrong}}, .puts = {{"a", "2"}}})), ErrorKind::conflict);
  }
  EXPECT_EQ(get("a"), (Entry{"a", "1", revision}));
}

TEST_P(StoreContract, AnAbsentKeyCanBeExpectedToBeAbsent) {
  EXPECT_TRUE(commit({.expected = {{"a", kAbsent}}, .puts = {{"a", "1"}}}));
  EXPECT_EQ(kind(commit({.expected = {{"a", kAbsent}}, .puts = {{"a", "2"}}})), ErrorKind::conflict);
  EXPECT_EQ(kind(commit({.expected = {{"b", 1}}, .puts = {{"a", "2"}}})), ErrorKind::conflict);
  remove("a");
  EXPECT_TRUE(commit({.expected = {{"a"}}}));
}

TEST_P(StoreContract, OneExpectationThatFailsLeavesNothingOfTheBatch) {
  const Revision revision = put("old", "1");
  const auto refused = commit({.expected = {{"old", revision}, {"absent", 7}},
                               .puts = {{"new", "1"}, {"old", "2"}},
                               .deletes = {"other"}});
  EXPECT_EQ(kind(refused), ErrorKind::conflict);
  EXPECT_EQ(get("new"), std::nullopt);
  EXPECT_EQ(get("old"), (Entry{"old", "1", revision}));
  EXPECT_EQ(put("next", ""), revision + 1) << "a conflict is no commit";
}

TEST_P(StoreContract, AKeyMayBeExpectedThatTheBatchDoesNotChange) {
  const Revision revision = put("guard", "1");
  EXPECT_TRUE(commit({.expected = {{"guard", revision}}, .puts = {{"a", "1"}}}));
  EXPECT_EQ(get("guard")->revision, revision);
}

TEST_P(StoreContract, AnExpectedKeyCanBeDeleted) {
  const Revision revision = put("a", "1");
  EXPECT_EQ(kind(commit({.expected = {{"a", revision + 1}}, .deletes = {"a"}})), ErrorKind::conflict);
  EXPECT_TRUE(commit({.expected = {{"a", revision}}, .deletes = {"a"}}));
  EXPECT_EQ(get("a"), std::nullopt);
}

TEST_P(StoreContract, AKeyOfTheLargestSizeIsStoredAndOneOctetMoreIsMalformed) {
  const Bytes largest(kKeySizeMax, 'k');
  put(largest, "1", at(0));
  EXPECT_EQ(get(largest)->value, "1");
  EXPECT_THAT(expired("k", at(0)), ElementsAre(largest));
  EXPECT_EQ(kind(commit({.puts = {{"a", ""}, {largest + 'k', ""}}})), ErrorKind::malformed);
  EXPECT_EQ(kind(commit({.deletes = {largest + 'k'}})), ErrorKind::malformed);
  EXPECT_EQ(kind(commit({.expected = {{largest + 'k'}}})), ErrorKind::malformed);
  EXPECT_EQ(get("a"), std::nullopt);
  EXPECT_EQ(get(largest + 'k'), std::nullopt);
  EXPECT_EQ(get(Bytes(10'000, 'k')), std::nullopt);
}

TEST_P(StoreContract, AnEmptyKeyIsMalformedAndReadsAsAbsent) {
  put("a", "1");
  EXPECT_EQ(kind(commit({.puts = {{"", "1"}}})), ErrorKind::malformed);
  EXPECT_EQ(kind(commit({.deletes = {""}})), ErrorKind::malformed);
  EXPECT_EQ(kind(commit({.expected = {{""}}})), ErrorKind::malformed);
  EXPECT_EQ(get(""), std::nullopt);
}

TEST_P(StoreContract, AValueOfTheLargestSizeIsStoredAndOneOctetMoreIsMalformed) {
  const Bytes largest(kValueSizeMax, 'v');
  put("a", largest);
  EXPECT_EQ(get("a")->value, largest);
  EXPECT_EQ(kind(commit({.puts = {{"a", largest + 'v'}}})), ErrorKind::malformed);
  EXPECT_EQ(get("a")->revision, 1u);
}

TEST_P(StoreContract, ABatchThatChangesAKeyTwiceIsABug) {
  EXPECT_EQ(kind(commit({.puts = {{"a", "1"}, {"b", "1"}, {"a", "2"}}})), ErrorKind::internal);
  EXPECT_EQ(kind(commit({.puts = {{"a", "1"}}, .deletes = {"a"}})), ErrorKind::internal);
  EXPECT_EQ(kind(commit({.deletes = {"a", "a"}})), ErrorKind::internal);
  EXPECT_EQ(get("a"), std::nullopt);
  EXPECT_TRUE(commit({.puts = {{"a", "1"}}, .deletes = {"aa"}}));
}

TEST_P(StoreContract, ABatchOfThousandsOfKeysIsOneCommit) {
  Batch batch;
  for (int i = 0; i < 5000; ++i)
    batch.puts.push_back({"key" + std::to_string(i), Bytes(100, 'v')});
  EXPECT_EQ(commit(batch).value(), 1u);
  EXPECT_EQ(keys({.prefix = "key", .limit = 10'000}).size(), 5000u);
}

TEST_P(StoreContract, OfManyWritersThatExpectTheSameExactlyOneSucceeds) {
  constexpr int kWriters = 8;
  constexpr int kRounds = 20;
  const Revision first = put("counter", "");
  std::vector<std::thread> writers;
  std::atomic<int> successes = 0;
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&] {
      for (int done = 0; done < kRounds;) {
        const auto before = get("counter").value();
        const auto result =
            commit({.expected = {{"counter", before.revision}}, .puts = {{"counter", before.value + "x"}}});
        EXPECT_TRUE(result || kind(result) == ErrorKind::conflict);
        if (!result) continue;
        ++done;
        ++successes;
      }
    });
  }
  for (auto& writer : writers)
    writer.join();
  EXPECT_EQ(successes, kWriters * kRounds);
  EXPECT_EQ(get("counter")->value.size(), size_t{kWriters * kRounds});
  EXPECT_EQ(get("counter")->revision, first + kWriters * kRounds);
}

TEST_P(StoreContract, ACommitResumesOnTheExecutorOfItsCaller) {
  auto same_thread = [](Store& store) -> Task<bool> {
    const auto before = std::this_thread::get_id();
    Batch batch{.puts = {{"a", "1"}}};
    const auto result = co_await store.commit(std::move(batch));
    co_return result&& before == std::this_thread::get_id();
  };
  EXPECT_TRUE(support::run_task(same_thread(*store_)));
}

}  // namespace
}  // namespace storage
