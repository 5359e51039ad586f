#include "proto/time.h"

#include <gtest/gtest.h>

namespace proto {
namespace {

using std::chrono::milliseconds;

TEST(ToTimestamp, KeepsMilliseconds) {
  const auto stamp = to_timestamp(base::Time(milliseconds(1'795'415'550'123)));
  EXPECT_EQ(stamp.seconds(), 1'795'415'550);
  EXPECT_EQ(stamp.nanos(), 123'000'000);
}

TEST(ToTimestamp, CountsNanosecondsForwardsBefore1970) {
  const auto stamp = to_timestamp(base::Time(milliseconds(-1)));
  EXPECT_EQ(stamp.seconds(), -1);
  EXPECT_EQ(stamp.nanos(), 999'000'000);
}

TEST(FromTimestamp, ComesBackToTheMillisecond) {
  for (const int64_t count : {int64_t{0}, int64_t{-1}, int64_t{1'795'415'550'123}}) {
    const base::Time time{milliseconds(count)};
    EXPECT_EQ(from_timestamp(to_timestamp(time)), time);
  }
}

TEST(FromTimestamp, RefusesWhatNoCalendarHas) {
  google::protobuf::Timestamp stamp;
  stamp.set_seconds(253'402'300'799);
  EXPECT_TRUE(from_timestamp(stamp));
  stamp.set_seconds(253'402'300'800);
  EXPECT_FALSE(from_timestamp(stamp));
  stamp.set_seconds(0);
  stamp.set_nanos(-1);
  EXPECT_FALSE(from_timestamp(stamp));
}

TEST(ToDuration, SplitsSecondsAndNanoseconds) {
  const auto duration = to_duration(milliseconds(61'250));
  EXPECT_EQ(duration.seconds(), 61);
  EXPECT_EQ(duration.nanos(), 250'000'000);
}

}  // namespace
}  // namespace proto
