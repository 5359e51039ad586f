#include "acmecore/serial.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>

namespace acmecore {
namespace {

using namespace std::string_view_literals;

TEST(Serial, ANewOneIsPositiveNotZeroAndOf17Octets) {
  for (int i = 0; i < 1000; ++i) {
    const Serial serial = new_serial();
    EXPECT_EQ(serial.octets.size(), 17u);
    EXPECT_EQ(serial_from_octets(serial.octets), serial);
  }
}

TEST(Serial, NoTwoAreEqualAndTheirRandomOctetsVary) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i)
    seen.insert(new_serial().octets);
  EXPECT_EQ(seen.size(), 1000u);
  for (size_t at = 7; at < 17; ++at) {
    std::set<char> values;
    for (const std::string& octets : seen)
      values.insert(octets[at]);
    EXPECT_GT(values.size(), 200u) << at;
  }
}

TEST(Serial, ALaterOneIsGreater) {
  const auto millisecond = [] {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  };
  const auto then = millisecond();
  const Serial first = new_serial();
  while (millisecond() <= then + std::chrono::milliseconds(1)) {
  }
  EXPECT_LT(first.octets, new_serial().octets);
}

TEST(Serial, ItsTextIsLowerCaseHexadecimal) {
  const Serial serial{"\x01\xf3\x0a"};
  EXPECT_EQ(text_of(serial), "01f30a");
  EXPECT_EQ(parse_serial("01f30a"), serial);
  EXPECT_EQ(parse_serial("01F30A"), serial);
}

TEST(Serial, WhatNoCertificateMayHaveIsRefused) {
  EXPECT_TRUE(parse_serial("01"));
  EXPECT_TRUE(parse_serial("0080"));
  EXPECT_TRUE(parse_serial("7f" + std::string(38, '0')));
  for (const std::string& bad :
       {std::string(), std::string("0"), std::string("00"), std::string("0001"), std::string("80"),
        std::string("0g"), std::string("+1"), std::string("0x01"), "7f" + std::string(40, '0')}) {
    EXPECT_FALSE(parse_serial(bad)) << bad;
  }
}

}  // namespace
}  // namespace acmecore
