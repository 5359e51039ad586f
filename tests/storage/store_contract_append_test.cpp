#include <gmock/gmock.h>

#include <thread>
#include <vector>

#include "storage/ledger.h"
#include "tests/storage/store_contract.h"

namespace storage {
namespace {

using base::ErrorKind;
using testing::ElementsAre;

// The payloads under `ledger` from its first entry on, each of which follows the one before.
std::vector<Bytes> payloads(Store& store, const Bytes& ledger) {
  std::vector<Bytes> payloads;
  LedgerHead head;
  const auto entries = support::run_task(store.list({.prefix = ledger, .limit = 100'000})).value();
  for (const Entry& stored : entries) {
    const LedgerEntry entry = parse_ledger_entry(ledger, stored.key, stored.value).value();
    EXPECT_TRUE(follows(entry, head)) << entry.head.sequence << " behind " << head.sequence;
    payloads.push_back(entry.payload);
    head = entry.head;
  }
  return payloads;
}

TEST_P(StoreContract, WhatIsAppendedIsNumberedFromOneAndLinked) {
  commit({.appends = {{"log", "first"}}}).value();
  commit({.appends = {{"log", "second"}}}).value();
  EXPECT_THAT(keys({.prefix = "log"}), ElementsAre(Bytes("log\0\0\0\0\0\0\0\1", 11), ledger_key("log", 2)));
  EXPECT_THAT(payloads(*store_, "log"), ElementsAre("first", "second"));
  EXPECT_EQ(get(ledger_key("log", 2))->revision, 2u);
}

TEST_P(StoreContract, ABatchAppendsInItsOrderAndToSeveralLedgers) {
  put("log0", "between the keys of both");
  commit({.puts = {{"a", "1"}}, .appends = {{"log/", "x"}, {"log1", "y"}, {"log/", "z"}}}).value();
  EXPECT_THAT(payloads(*store_, "log/"), ElementsAre("x", "z"));
  EXPECT_THAT(payloads(*store_, "log1"), ElementsAre("y"));
  EXPECT_EQ(get("a")->revision, get(ledger_key("log/", 1))->revision);
}

TEST_P(StoreContract, ALedgerMayBeBeforeOrBehindAllOtherKeys) {
  put("m", "");
  for (int i = 0; i < 300; ++i)
    commit({.appends = {{Bytes("\0", 1), "a" + std::to_string(i)}, {"\xff", "z" + std::to_string(i)}}})
        .value();
  EXPECT_EQ(payloads(*store_, Bytes("\0", 1)).size(), 300u);
  EXPECT_EQ(payloads(*store_, "\xff").back(), "z299");
  EXPECT_TRUE(get("m"));
}

TEST_P(StoreContract, ABatchThatFailsAppendsNothing) {
  commit({.appends = {{"log", "first"}}}).value();
  EXPECT_EQ(kind(commit({.expected = {{"a", 7}}, .appends = {{"log", "no"}}})), ErrorKind::conflict);
  EXPECT_EQ(kind(commit({.puts = {{"", ""}}, .appends = {{"log", "no"}}})), ErrorKind::malformed);
  commit({.appends = {{"log", "second"}}}).value();
  EXPECT_THAT(payloads(*store_, "log"), ElementsAre("first", "second"));
}

TEST_P(StoreContract, AnEmptyPayloadAndOneOverTheLimitAreMalformed) {
  const Bytes largest(kValueSizeMax - kLinkSize, 'v');
  const Bytes longest(kKeySizeMax - kSequenceSize, 'k');
  EXPECT_EQ(kind(commit({.appends = {{"log", ""}}})), ErrorKind::malformed);
  EXPECT_EQ(kind(commit({.appends = {{"", "x"}}})), ErrorKind::malformed);
  EXPECT_EQ(kind(commit({.appends = {{"log", largest + 'v'}}})), ErrorKind::malformed);
  EXPECT_EQ(kind(commit({.appends = {{longest + 'k', "x"}}})), ErrorKind::malformed);
  commit({.appends = {{longest, "x"}, {"log", largest}}}).value();
  EXPECT_THAT(payloads(*store_, "log"), ElementsAre(largest));
  EXPECT_THAT(payloads(*store_, longest), ElementsAre("x"));
}

TEST_P(StoreContract, OfManyWhoAppendAtOnceNoneConflictsAndNoNumberIsMissing) {
  constexpr int kWriters = 8;
  constexpr int kEach = 50;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; i < kEach; ++i) {
        const Bytes name = std::to_string(writer) + "/" + std::to_string(i);
        EXPECT_TRUE(commit({.puts = {{"k" + name, ""}}, .appends = {{"log", name}}}));
      }
    });
  }
  for (auto& writer : writers)
    writer.join();
  EXPECT_EQ(payloads(*store_, "log").size(), size_t{kWriters * kEach});
  EXPECT_EQ(keys({.prefix = "log"}).back(), ledger_key("log", kWriters * kEach));
}

TEST_P(StoreContract, WatchesAndFollowersSeeWhatWasAppended) {
  class Listener final : public Follower {
   public:
    void follow(const Batch& batch) override { seen = batch.puts; }
    std::vector<Put> seen;
  } listener;
  const auto watch = store_->watch("log");
  store_->follow(listener);
  commit({.appends = {{"log", "x"}}}).value();
  store_->unfollow(listener);
  const Entry stored = get(ledger_key("log", 1)).value();
  ASSERT_EQ(listener.seen.size(), 1u);
  EXPECT_EQ(listener.seen[0].key, stored.key);
  EXPECT_EQ(listener.seen[0].value, stored.value);
  EXPECT_THAT(support::run_task(watch->next()).value(), ElementsAre(Change{stored.key, stored.value, 1}));
}

TEST_P(StoreContract, ALedgerGoesOnFromTheLinkThatItWasCutDownTo) {
  for (const char* payload : {"first", "second", "third"})
    commit({.appends = {{"log", payload}}}).value();
  const Entry last = get(ledger_key("log", 3)).value();
  EXPECT_EQ(kind(commit(cut_ledger({}, {last.key, last.value, last.revision - 1}))), ErrorKind::conflict);
  commit(cut_ledger({ledger_key("log", 1), ledger_key("log", 2)}, last)).value();
  commit({.appends = {{"log", "fourth"}}}).value();
  const auto entries = support::run_task(store_->list({.prefix = "log"})).value();
  ASSERT_EQ(entries.size(), 2u);
  const LedgerEntry cut = parse_ledger_entry("log", entries[0].key, entries[0].value).value();
  EXPECT_EQ(cut.head.sequence, 3u);
  EXPECT_EQ(cut.payload, "");
  EXPECT_TRUE(follows(parse_ledger_entry("log", entries[1].key, entries[1].value).value(), cut.head));
}

}  // namespace
}  // namespace storage
