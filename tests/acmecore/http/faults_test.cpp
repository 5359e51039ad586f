#include "tests/acmecore/http/faults.h"

#include <gtest/gtest.h>

#include <vector>

namespace acmecore::http {
namespace {

using base::ErrorKind;

// What becomes of so many requests.
std::vector<std::optional<base::Error>> fates(Faults& faults, const std::string& method, int count) {
  std::vector<std::optional<base::Error>> fates;
  for (int i = 0; i < count; ++i)
    fates.push_back(faults.of({method, "/acme/new-order", {}, "", "192.0.2.1"}));
  return fates;
}

TEST(Faults, OfNoneThereAreNone) {
  Faults faults(1);
  for (const char* method : {"POST", "GET"}) {
    for (const auto& fate : fates(faults, method, 1000))
      EXPECT_FALSE(fate);
  }
  EXPECT_FALSE(faults.reuses());
  EXPECT_EQ(faults.validation_time(), std::chrono::milliseconds(0));
  EXPECT_TRUE(faults.told().empty());
}

TEST(Faults, HappenAsOftenAsTheyAreAskedFor) {
  Faults faults(1);
  faults.set({.bad_nonce = 30, .rate_limited = 10, .unavailable = 10});
  fates(faults, "POST", 10'000);
  const auto told = faults.told();
  EXPECT_NEAR(told.at(ErrorKind::unavailable), 1000, 150);
  EXPECT_NEAR(told.at(ErrorKind::rate_limited), 900, 150);  // of those that are not unavailable
  EXPECT_NEAR(told.at(ErrorKind::bad_nonce), 2430, 250);    // of the others
}

TEST(Faults, AreAlwaysWhereAllAreAskedFor) {
  Faults faults(1);
  faults.set({.bad_nonce = 100});
  for (const auto& fate : fates(faults, "POST", 100)) {
    ASSERT_TRUE(fate);
    EXPECT_EQ(fate->kind, ErrorKind::bad_nonce);
    EXPECT_EQ(fate->detail, kFaultMark);
    EXPECT_FALSE(fate->retry_after);
  }
  for (const char* method : {"GET", "HEAD"}) {
    for (const auto& fate : fates(faults, method, 100))
      EXPECT_FALSE(fate) << "only a POST has a nonce";
  }
  faults.set({.unavailable = 100});
  for (const char* method : {"GET", "POST"}) {
    for (const auto& fate : fates(faults, method, 100)) {
      ASSERT_TRUE(fate);
      EXPECT_EQ(fate->kind, ErrorKind::unavailable);
      EXPECT_EQ(fate->retry_after, std::chrono::seconds(1));
    }
  }
}

TEST(Faults, AreTheSameFromTheSameSeed) {
  const auto of_seed = [](uint32_t seed) {
    Faults faults(seed);
    faults.set({.bad_nonce = 50});
    return fates(faults, "POST", 200);
  };
  EXPECT_EQ(of_seed(7), of_seed(7));
  EXPECT_NE(of_seed(7), of_seed(8));
}

TEST(Faults, HoldAValidationUpNoLongerThanTheyMay) {
  Faults faults(1);
  faults.set({.validation_max = std::chrono::milliseconds(20)});
  auto longest = std::chrono::milliseconds(0);
  for (int i = 0; i < 1000; ++i)
    longest = std::max(longest, faults.validation_time());
  EXPECT_EQ(longest, std::chrono::milliseconds(20));
}

}  // namespace
}  // namespace acmecore::http
