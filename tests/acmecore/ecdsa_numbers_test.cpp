#include "acmecore/ecdsa_numbers.h"

#include <gtest/gtest.h>

#include "base/hexadecimal.h"

namespace acmecore {
namespace {

using base::Bytes;

Bytes hex(std::string_view text) { return base::parse_hexadecimal(text).value(); }

TEST(EcdsaNumbers, AreReadFromDer) {
  const Bytes good = hex("300802020100020200ff");
  const auto numbers = read_ecdsa_numbers(good);
  ASSERT_TRUE(numbers);
  EXPECT_EQ(numbers->r, hex("0100"));
  EXPECT_EQ(numbers->s, hex("00ff"));
}

TEST(EcdsaNumbers, AreNothingElse) {
  EXPECT_TRUE(read_ecdsa_numbers(hex("3006020101020102")));
  for (const char* wrong :
       {"", "30", "3000", "3003020101", "30060201010201", "300602010102010203", "3106020101020102",
        "3009020101020102020103", "3006020101030102", "300702020001020102", "308106020101020102",
        "30800201010201020000", "30050200020102", "30060201ff020102", "30060201010201ff"}) {
    EXPECT_FALSE(read_ecdsa_numbers(hex(wrong))) << wrong;
  }
}

TEST(EcdsaNumbers, AreSplitInHalves) {
  const Bytes octets(64, 'x');
  const auto numbers = split_ecdsa_numbers(octets, 32);
  ASSERT_TRUE(numbers);
  EXPECT_EQ(numbers->r.size(), 32u);
  EXPECT_EQ(numbers->s.data(), octets.data() + 32);
  EXPECT_FALSE(split_ecdsa_numbers(octets, 31));
  EXPECT_FALSE(split_ecdsa_numbers(octets, 33));
  EXPECT_FALSE(split_ecdsa_numbers(octets.substr(1), 32));
  EXPECT_FALSE(split_ecdsa_numbers("", 32));
}

TEST(EcdsaNumbers, AreWrittenInDerWithoutZerosBeforeThem) {
  const Bytes r = hex("000001");
  const Bytes s = hex("ff");
  EXPECT_EQ(der_of({r, s}), hex("3007020101020200ff"));
  EXPECT_EQ(der_of({"", s}), hex("3007020100020200ff"));
}

}  // namespace
}  // namespace acmecore
