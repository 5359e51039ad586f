#include "base/quantity.h"

#include <gtest/gtest.h>

namespace base {
namespace {

using namespace std::chrono_literals;

TEST(Duration, IsAWholeNumberAndAUnit) {
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("10s"), 10s);
  EXPECT_EQ(parse_duration("5m"), 5min);
  EXPECT_EQ(parse_duration("12h"), 12h);
  EXPECT_EQ(parse_duration("90d"), 90 * 24h);
  EXPECT_EQ(parse_duration("0s"), 0s);
}

TEST(Duration, IsRefusedWhereItCouldMeanSomethingElse) {
  for (const std::string_view text :
       {"", "10", "s", "-1s", "+1s", "1.5s", "10 s", " 10s", "10s ", "10S", "10sec", "1h30m", "1w", "0x10s",
        "106751991168d", "99999999999999999999s"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
  EXPECT_TRUE(parse_duration("106751991167d"));  // the last that fits into 63 bits of milliseconds
}

TEST(Duration, IsWrittenInItsLargestWholeUnit) {
  EXPECT_EQ(duration_text(90 * 24h), "90d");
  EXPECT_EQ(duration_text(36h), "36h");
  EXPECT_EQ(duration_text(90s), "90s");
  EXPECT_EQ(duration_text(1500ms), "1500ms");
  EXPECT_EQ(duration_text(0ms), "0ms");
}

TEST(Size, IsAWholeNumberAndAUnit) {
  EXPECT_EQ(parse_size("1000B"), 1000u);
  EXPECT_EQ(parse_size("64KiB"), 65536u);
  EXPECT_EQ(parse_size("1MiB"), 1048576u);
  EXPECT_EQ(parse_size("16GiB"), 17179869184u);
  EXPECT_EQ(parse_size("2TiB"), 2199023255552u);
}

TEST(Size, IsRefusedWhereItCouldMeanSomethingElse) {
  for (const std::string_view text :
       {"", "16", "GiB", "16GB", "16G", "16gib", "16 GiB", "1.5GiB", "-1B", "8388608TiB", "16GiBx"}) {
    EXPECT_FALSE(parse_size(text)) << text;
  }
  EXPECT_TRUE(parse_size("8388607TiB"));
}

TEST(Size, IsWrittenInItsLargestWholeUnit) {
  EXPECT_EQ(size_text(65536), "64KiB");
  EXPECT_EQ(size_text(65537), "65537B");
  EXPECT_EQ(size_text(0), "0B");
}

}  // namespace
}  // namespace base
