#include "acmecore/gcra.h"

#include <gtest/gtest.h>

#include "tests/acmecore/certificate_fixtures.h"

namespace acmecore {
namespace {

using namespace std::chrono_literals;
using base::Time;

// Takes one more if there is room.
bool take(const Rate& rate, RegainedAt& regained, Time now) {
  if (room_from(rate, regained, now) > now) return false;
  regained = with_one_more(rate, regained, now);
  return true;
}

TEST(Gcra, LetsAllComeAtOnceAndThenOneAfterEachPart) {
  const Rate rate{3, 3h};
  RegainedAt regained{};
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(take(rate, regained, kNow)) << i;
  EXPECT_FALSE(take(rate, regained, kNow));
  EXPECT_EQ(room_from(rate, regained, kNow), kNow + 1h);
  EXPECT_FALSE(take(rate, regained, kNow + 1h - 1ms));
  EXPECT_TRUE(take(rate, regained, kNow + 1h));
  EXPECT_FALSE(take(rate, regained, kNow + 2h - 1ms));
  EXPECT_TRUE(take(rate, regained, kNow + 2h));
}

TEST(Gcra, RegainsEverythingInOnePeriodAndNoMore) {
  const Rate rate{3, 3h};
  RegainedAt regained{};
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(take(rate, regained, kNow));
  EXPECT_EQ(regained, RegainedAt(kNow + 3h));
  for (const auto later : {3h, 3000h}) {
    RegainedAt again = regained;
    for (int i = 0; i < 3; ++i)
      EXPECT_TRUE(take(rate, again, kNow + later)) << i;
    EXPECT_FALSE(take(rate, again, kNow + later));
  }
}

TEST(Gcra, OfOneLetsOneComeInAPeriod) {
  const Rate rate{1, 1s};
  RegainedAt regained{};
  EXPECT_TRUE(take(rate, regained, kNow));
  EXPECT_FALSE(take(rate, regained, kNow + 999ms));
  EXPECT_TRUE(take(rate, regained, kNow + 1s));
}

TEST(Gcra, NeverLetsMoreThanTheCountComeInAPeriod) {
  for (const Rate& rate : {Rate{7, 1s}, Rate{1000, 1s}, Rate{1'000'000, 1s}, Rate{300, 3h}}) {
    RegainedAt regained{};
    uint64_t taken = 0;
    while (take(rate, regained, kNow))
      ++taken;
    EXPECT_EQ(taken, rate.count) << rate.text();
  }
}

TEST(Gcra, CountsAlsoWhatCameWithoutRoom) {
  const Rate rate{2, 2h};
  RegainedAt regained{};
  for (int i = 0; i < 4; ++i)
    regained = with_one_more(rate, regained, kNow);
  EXPECT_EQ(room_from(rate, regained, kNow), kNow + 3h);
}

TEST(Gcra, SaysWhatTheRateIs) { EXPECT_EQ((Rate{300, 3h}.text()), "300 in 3h"); }

}  // namespace
}  // namespace acmecore
