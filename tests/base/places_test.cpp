#include "base/places.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

namespace base {
namespace {

TEST(Places, AreBoundedForEachKey) {
  Places places(2);
  const auto first = places.take("a");
  auto second = places.take("a");
  EXPECT_TRUE(first && second);
  EXPECT_FALSE(places.take("a"));
  EXPECT_TRUE(places.take("b"));
  EXPECT_TRUE(places.take());
  second = nullptr;
  EXPECT_TRUE(places.take("a"));  // and is free again at once
  EXPECT_TRUE(places.take("a"));
}

TEST(Places, OutliveTheirOwnerWhereOneIsStillTaken) {
  std::optional<Places> places(1);
  auto taken = places->take("a");
  places.reset();
  EXPECT_TRUE(taken);
  taken = nullptr;
}

TEST(Places, AreTakenByNoMoreThreadsThanThereArePlaces) {
  constexpr size_t kThreads = 8;
  Places places(3);
  std::atomic<size_t> inside = 0, most = 0, got = 0;
  std::vector<std::jthread> threads;
  for (size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        const auto place = places.take("a");
        if (!place) continue;
        ++got;
        const size_t now = ++inside;
        for (size_t seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
        }
        --inside;
      }
    });
  }
  threads.clear();
  EXPECT_LE(most, 3u);
  EXPECT_GE(got, 1u);
  EXPECT_TRUE(places.take("a"));
}

}  // namespace
}  // namespace base
