#include "dnsserver/serial.h"

#include <gtest/gtest.h>

namespace dnsserver {
namespace {

base::Time at(uint32_t seconds) { return base::Time(std::chrono::seconds(seconds)); }

// RFC 1982 §5.2 with SERIAL_BITS 32.
TEST(Serial, ComparesAsRfc1982Says) {
  EXPECT_TRUE(serial_less(0, 1));
  EXPECT_TRUE(serial_less(44, 100));
  EXPECT_TRUE(serial_less(0xffffffff, 0));
  EXPECT_TRUE(serial_less(0xffffffff, 100));
  EXPECT_FALSE(serial_less(100, 0xffffffff));
  EXPECT_FALSE(serial_less(7, 7));
  EXPECT_TRUE(serial_less(0, 0x7fffffff));
  EXPECT_FALSE(serial_less(0, 0x80000000)) << "undefined, and not less either way";
  EXPECT_FALSE(serial_less(0x80000000, 0));
}

TEST(Serial, IsTheTimeWhereThatLiesAheadAndOneMoreOtherwise) {
  EXPECT_EQ(next_serial(1'790'000'000, at(1'790'000'500)), 1'790'000'500u);
  EXPECT_EQ(next_serial(1'790'000'500, at(1'790'000'500)), 1'790'000'501u);
  EXPECT_EQ(next_serial(1'790'000'501, at(1'790'000'500)), 1'790'000'502u);
}

TEST(Serial, AlwaysMovesForwardPastTheWrap) {
  uint32_t serial = 0xfffffffd;
  for (int i = 0; i < 6; ++i) {
    const uint32_t next = next_serial(serial, at(1'790'000'000));
    EXPECT_TRUE(serial_less(serial, next)) << serial << " " << next;
    EXPECT_NE(next, 0u);
    serial = next;
  }
  EXPECT_EQ(next_serial(0xffffffff, at(0)), 1u);
}

TEST(Serial, OfANewZoneIsTheTime) {
  EXPECT_EQ(first_serial(at(1'790'000'000)), 1'790'000'000u);
  EXPECT_EQ(first_serial(base::Time(std::chrono::seconds(int64_t{1} << 32))), 1u);
  EXPECT_EQ(first_serial(base::Time(std::chrono::seconds((int64_t{1} << 32) + 5))), 5u);
}

}  // namespace
}  // namespace dnsserver
