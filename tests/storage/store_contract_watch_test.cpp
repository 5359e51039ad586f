#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <thread>

#include "tests/storage/store_contract.h"

namespace storage {
namespace {

using base::ErrorKind;
using testing::ElementsAre;

Result<std::vector<Change>> next(Watch& watch) { return support::run_task(watch.next()); }

TEST_P(StoreContract, AWatchReportsCommitsInTheirOrder) {
  put("t1", "before");
  const auto watch = store_->watch("t");
  put("t1", "1");
  put("t2", "2");
  remove("t1");
  EXPECT_THAT(next(*watch).value(),
              ElementsAre(Change{"t1", "1", 2}, Change{"t2", "2", 3}, Change{"t1", std::nullopt, 4}));
}

TEST_P(StoreContract, AWatchReportsEachChangeOnce) {
  const auto watch = store_->watch("");
  put("a", "1");
  EXPECT_THAT(next(*watch).value(), ElementsAre(Change{"a", "1", 1}));
  put("b", "2");
  EXPECT_THAT(next(*watch).value(), ElementsAre(Change{"b", "2", 2}));
}

TEST_P(StoreContract, AWatchReportsKeysWithItsPrefixAndNoOthers) {
  const auto watch = store_->watch("ab");
  commit({.puts = {{"a", ""}, {"ac", ""}, {"aba", ""}}, .deletes = {"ab", "b"}}).value();
  EXPECT_THAT(next(*watch).value(), ElementsAre(Change{"aba", "", 1}, Change{"ab", std::nullopt, 1}));
}

TEST_P(StoreContract, AWatchDoesNotReportAConflict) {
  const auto watch = store_->watch("");
  EXPECT_FALSE(commit({.expected = {{"a", 3}}, .puts = {{"a", "1"}}}));
  put("b", "2");
  EXPECT_THAT(next(*watch).value(), ElementsAre(Change{"b", "2", 1}));
}

TEST_P(StoreContract, AWatchWaitsForTheFirstChange) {
  boost::asio::io_context context;
  const auto watch = store_->watch("a");
  std::vector<Change> seen;
  std::thread::id resumed;
  auto wait = [&]() -> Task<> {
    seen = (co_await watch->next()).value();
    resumed = std::this_thread::get_id();
  };
  boost::asio::co_spawn(context, wait(), boost::asio::detached);
  context.poll();
  put("b", "1");
  context.poll();
  EXPECT_THAT(seen, ElementsAre());
  std::thread writer([&] { put("a", "2"); });
  context.run();
  writer.join();
  EXPECT_THAT(seen, ElementsAre(Change{"a", "2", 2}));
  EXPECT_EQ(resumed, std::this_thread::get_id());
}

TEST_P(StoreContract, WatchesAreIndependentOfEachOther) {
  const auto first = store_->watch("");
  put("a", "1");
  const auto second = store_->watch("");
  put("b", "2");
  EXPECT_EQ(next(*first).value().size(), 2u);
  EXPECT_EQ(next(*second).value().size(), 1u);
}

TEST_P(StoreContract, AWatchThatLagsTooFarBehindIsAConflictFromThenOn) {
  const Bytes large(kWatchSizeMax / 4 - kChangeOverhead - 1, 'v');
  const auto watch = store_->watch("a");
  for (int i = 0; i < 4; ++i)
    put("a", large);
  EXPECT_EQ(next(*watch).value().size(), 4u) << "exactly at the limit";
  for (int i = 0; i < 4; ++i)
    put("a", large);
  put("a", "");
  EXPECT_EQ(kind(next(*watch)), ErrorKind::conflict);
  put("a", "");
  EXPECT_EQ(kind(next(*watch)), ErrorKind::conflict);
}

TEST_P(StoreContract, AWatchOfAClosedStoreIsUnavailable) {
  const auto watch = store_->watch("");
  put("a", "1");
  store_ = nullptr;
  EXPECT_THAT(next(*watch).value(), ElementsAre(Change{"a", "1", 1})) << "what it has seen comes first";
  EXPECT_EQ(kind(next(*watch)), ErrorKind::unavailable);
  EXPECT_EQ(kind(next(*watch)), ErrorKind::unavailable);
}

TEST_P(StoreContract, ClosingTheStoreWakesAWatchThatWaits) {
  boost::asio::io_context context;
  const auto watch = store_->watch("");
  std::optional<ErrorKind> seen;
  auto wait = [&]() -> Task<> { seen = (co_await watch->next()).error().kind; };
  boost::asio::co_spawn(context, wait(), boost::asio::detached);
  context.poll();
  store_ = nullptr;
  context.run();
  EXPECT_EQ(seen, ErrorKind::unavailable);
}

}  // namespace
}  // namespace storage
