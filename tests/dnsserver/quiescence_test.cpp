#include "dnsserver/quiescence.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace dnsserver {
namespace {

TEST(Quiescence, WaitsForWhoeverReadsAndForNoOneWhoRests) {
  Quiescence quiescence;
  Quiescence::Reader first(quiescence);
  Quiescence::Reader second(quiescence);
  quiescence.advance();
  EXPECT_GE(quiescence.passed(), quiescence.epoch()) << "nobody reads";
  first.pass();
  second.pass();
  quiescence.advance();
  EXPECT_LT(quiescence.passed(), quiescence.epoch());
  first.pass();
  EXPECT_LT(quiescence.passed(), quiescence.epoch()) << "the second is still where it was";
  second.rest();
  EXPECT_GE(quiescence.passed(), quiescence.epoch());
}

TEST(Quiescence, DoesNotWaitForAReaderThatIsGone) {
  Quiescence quiescence;
  auto reader = std::make_unique<Quiescence::Reader>(quiescence);
  reader->pass();
  quiescence.advance();
  EXPECT_LT(quiescence.passed(), quiescence.epoch());
  reader = nullptr;
  EXPECT_GE(quiescence.passed(), quiescence.epoch());
}

// Readers that pass and rest all the time look at a value that is replaced all the time. What is freed too early
// is found by the sanitizers, or by its mark.
TEST(Quiescence, NobodyReadsWhatWasFreed) {
  constexpr int kReaders = 3;
  constexpr int kChanges = 20'000;
  Quiescence quiescence;
  std::atomic<const int*> current = new int(7);
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back([&, i] {
      Quiescence::Reader reader(quiescence);
      for (int turn = 0; !done; ++turn) {
        reader.pass();
        for (int look = 0; look < 3; ++look)
          wrong += *current.load(std::memory_order_acquire) != 7;
        if (turn % (i + 2) == 0) reader.rest();
      }
    });
  }
  std::vector<std::pair<uint64_t, int*>> retired;
  const auto free_those_passed = [&](uint64_t passed) {
    std::erase_if(retired, [&](const auto& old) {
      if (old.first > passed) return false;
      *old.second = 0;
      delete old.second;
      return true;
    });
  };
  for (int i = 0; i < kChanges; ++i) {
    const int* old = current.exchange(new int(7), std::memory_order_acq_rel);
    quiescence.advance();
    retired.emplace_back(quiescence.epoch(), const_cast<int*>(old));
    free_those_passed(quiescence.passed());
  }
  done = true;
  for (std::thread& reader : readers)
    reader.join();
  free_those_passed(quiescence.passed());
  EXPECT_EQ(wrong, 0);
  EXPECT_TRUE(retired.empty());
  delete current.load();
}

}  // namespace
}  // namespace dnsserver
