#include "base/time.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(Rfc3339, IsReadWithAnyOffset) {
  const Time time = parse_rfc3339("2026-11-23T04:30:00Z").value();
  EXPECT_EQ(rfc3339(time), "2026-11-23T04:30:00Z");
  EXPECT_EQ(parse_rfc3339("2026-11-23t05:30:00+01:00"), time);
  EXPECT_EQ(parse_rfc3339("2026-11-22T23:00:00-05:30"), time);
  EXPECT_EQ(rfc3339(parse_rfc3339("2024-02-29T00:00:00.25Z").value()), "2024-02-29T00:00:00.250Z");
  EXPECT_EQ(rfc3339(parse_rfc3339("1969-12-31T23:59:59.999999999Z").value()), "1969-12-31T23:59:59.999Z");
}

TEST(Rfc3339, IsRefusedWhereItNamesNoTime) {
  for (std::string_view text :
       {"", "2026-11-23", "2026-11-23T04:30:00", "2026-11-23 04:30:00Z", "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-11-00T00:00:00Z", "2026-11-23T24:00:00Z",
        "2026-11-23T04:60:00Z", "2026-11-23T04:30:60Z", "2026-11-23T04:30:00.Z", "2026-11-23T04:30:00+24:00",
        "2026-11-23T04:30:00+01", "2026-11-23T04:30:00Zz", "26-11-23T04:30:00Z",
        "2026-11-23T04:30:00.1234567890Z", "9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00+00:01"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

TEST(ManualClock, MovesOnlyWhenTold) {
  ManualClock clock(parse_rfc3339("2026-11-23T04:30:00Z").value());
  clock.advance(std::chrono::seconds(30));
  EXPECT_EQ(rfc3339(clock.now()), "2026-11-23T04:30:30Z");
}

}  // namespace
}  // namespace base
