#include <gmock/gmock.h>

#include <limits>

#include "tests/storage/store_contract.h"

namespace storage {
namespace {

using testing::ElementsAre;

TEST_P(StoreContract, ListIsInTheOrderOfUnsignedOctets) {
  commit({.puts = {{"b", ""}, {"\xff", ""}, {"a\x7f", ""}, {"a\x80", ""}, {"a", ""}, {Bytes("a\0", 2), ""}}})
      .value();
  EXPECT_THAT(keys({}), ElementsAre("a", Bytes("a\0", 2), "a\x7f", "a\x80", "b", "\xff"));
}

TEST_P(StoreContract, ListHasTheKeysWithThePrefixAndNoOthers) {
  commit({.puts = {{"a", ""}, {"ab", ""}, {"aba", ""}, {"abz", ""}, {"ac", ""}, {"b", ""}}}).value();
  EXPECT_THAT(keys({.prefix = "ab"}), ElementsAre("ab", "aba", "abz"));
  EXPECT_THAT(keys({.prefix = "abb"}), ElementsAre());
  EXPECT_THAT(keys({.prefix = "c"}), ElementsAre());
  EXPECT_THAT(keys({.prefix = Bytes(1000, 'a')}), ElementsAre());
}

TEST_P(StoreContract, ListGoesOnAfterTheLastKeyOfThePageBefore) {
  commit({.puts = {{"a", ""}, {"p1", ""}, {"p2", ""}, {"p3", ""}, {"q", ""}}}).value();
  EXPECT_THAT(keys({.prefix = "p", .limit = 2}), ElementsAre("p1", "p2"));
  EXPECT_THAT(keys({.prefix = "p", .after = "p2", .limit = 2}), ElementsAre("p3"));
  EXPECT_THAT(keys({.prefix = "p", .after = "p3", .limit = 2}), ElementsAre());
}

TEST_P(StoreContract, AfterNeedNotBeAKeyOrLieUnderThePrefix) {
  commit({.puts = {{"a", ""}, {"p", ""}, {"p1", ""}, {"p3", ""}, {"q", ""}}}).value();
  EXPECT_THAT(keys({.prefix = "p", .after = "p2"}), ElementsAre("p3"));
  EXPECT_THAT(keys({.prefix = "p", .after = "a"}), ElementsAre("p", "p1", "p3"));
  EXPECT_THAT(keys({.prefix = "p", .after = "p"}), ElementsAre("p1", "p3"));
  EXPECT_THAT(keys({.prefix = "p", .after = "q"}), ElementsAre());
  EXPECT_THAT(keys({.after = "p3"}), ElementsAre("q"));
}

TEST_P(StoreContract, ListHasAtMostAsManyAsTheLimit) {
  commit({.puts = {{"a", ""}, {"b", ""}}}).value();
  EXPECT_THAT(keys({.limit = 0}), ElementsAre());
  EXPECT_THAT(keys({.limit = 1}), ElementsAre("a"));
  EXPECT_THAT(keys({.limit = std::numeric_limits<size_t>::max()}), ElementsAre("a", "b"));
}

TEST_P(StoreContract, ListTellsValuesAndRevisions) {
  put("a", "1");
  put("b", "2");
  const auto entries = support::run_task(store_->list({})).value();
  EXPECT_THAT(entries, ElementsAre(Entry{"a", "1", 1}, Entry{"b", "2", 2}));
}

TEST_P(StoreContract, ExpiredHasTheLongestExpiredFirst) {
  put("tc", "", at(3));
  put("ta", "", at(5));
  put("tb", "", at(1));
  put("tz", "", at(3));
  EXPECT_THAT(expired("t", at(5)), ElementsAre("tb", "tc", "tz", "ta"));
}

TEST_P(StoreContract, AKeyExpiresAtItsTimeAndNotAMillisecondBefore) {
  put("a", "", at(10));
  EXPECT_THAT(expired("a", at(10) - std::chrono::milliseconds(1)), ElementsAre());
  EXPECT_THAT(expired("a", at(10)), ElementsAre("a"));
}

TEST_P(StoreContract, WhatHasExpiredIsStillThere) {
  put("a", "1", at(0));
  EXPECT_THAT(expired("a", at(1)), ElementsAre("a"));
  EXPECT_EQ(get("a")->value, "1");
}

TEST_P(StoreContract, AKeyWithoutATimeNeverExpires) {
  put("a", "");
  put("b", "", Time::max());
  EXPECT_THAT(expired("", at(0) + std::chrono::years(5000)), ElementsAre());
}

TEST_P(StoreContract, TimesBefore1970ExpireFirst) {
  put("a", "", Time(std::chrono::milliseconds(5)));
  put("b", "", Time(std::chrono::milliseconds(-5)));
  EXPECT_THAT(expired("", Time(std::chrono::milliseconds(-5))), ElementsAre("b"));
  EXPECT_THAT(expired("", Time(std::chrono::milliseconds(5))), ElementsAre("b", "a"));
}

TEST_P(StoreContract, PuttingAKeyAgainReplacesItsTime) {
  put("a", "", at(1));
  put("b", "", at(1));
  put("a", "", at(9));
  put("b", "");
  EXPECT_THAT(expired("", at(8)), ElementsAre());
  EXPECT_THAT(expired("", at(9)), ElementsAre("a"));
  put("a", "", at(2));
  EXPECT_THAT(expired("", at(2)), ElementsAre("a"));
}

TEST_P(StoreContract, DeletedKeysDoNotExpire) {
  put("a", "", at(1));
  remove("a");
  EXPECT_THAT(expired("", at(2)), ElementsAre());
  put("a", "");
  EXPECT_THAT(expired("", at(2)), ElementsAre());
}

TEST_P(StoreContract, ABatchThatConflictsDoesNotChangeWhatExpires) {
  put("a", "", at(1));
  EXPECT_FALSE(commit({.expected = {{"a", 99}}, .puts = {{"b", "", at(1)}}, .deletes = {"a"}}));
  EXPECT_THAT(expired("", at(2)), ElementsAre("a"));
}

TEST_P(StoreContract, ExpiredHasTheKeysWithThePrefixAndNoOthers) {
  put("o1", "", at(4));
  put("o11", "", at(3));
  put("o2", "", at(2));
  put("p1", "", at(1));
  EXPECT_THAT(expired("o", at(9)), ElementsAre("o2", "o11", "o1"));
  EXPECT_THAT(expired("o1", at(9)), ElementsAre("o11", "o1"));
  EXPECT_THAT(expired("", at(9)), ElementsAre("p1", "o2", "o11", "o1"));
  EXPECT_THAT(expired("n", at(9)), ElementsAre());
}

TEST_P(StoreContract, ExpiredHasAtMostAsManyAsTheLimit) {
  put("a1", "", at(2));
  put("b1", "", at(1));
  put("a2", "", at(3));
  EXPECT_THAT(expired("", at(9), 0), ElementsAre());
  EXPECT_THAT(expired("", at(9), 1), ElementsAre("b1"));
  EXPECT_THAT(expired("", at(9), 2), ElementsAre("b1", "a1"));
  EXPECT_THAT(expired("a", at(9), 1), ElementsAre("a1"));
}

TEST_P(StoreContract, ExpiredKeysCanBeExpectedByTheBatchThatDeletesThem) {
  put("a", "", at(1));
  put("b", "", at(1));
  const auto list = support::run_task(store_->expired("", at(2), 10)).value();
  EXPECT_THAT(list, ElementsAre(Expectation{"a", 1}, Expectation{"b", 2}));
  put("b", "", at(9));
  EXPECT_FALSE(commit({.expected = list, .deletes = {"a", "b"}}));
  EXPECT_TRUE(commit({.expected = {list[0]}, .deletes = {"a"}}));
}

}  // namespace
}  // namespace storage
