#include "base/hexadecimal.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace base {
namespace {

TEST(Hexadecimal, ReadsBackWhatItWrote) {
  for (size_t size = 0; size < 70; ++size) {
    const Bytes bytes = random_bytes(size);
    EXPECT_EQ(parse_hexadecimal(hexadecimal(bytes)), bytes);
  }
  EXPECT_EQ(hexadecimal(Bytes("\x00\xaf", 2)), "00af");
  EXPECT_EQ(parse_hexadecimal("0A9f"), "\x0a\x9f");
}

TEST(Hexadecimal, RefusesHalvesAndOtherCharacters) {
  for (std::string_view text : {"0", "123", "0g", "G0", "/0", ":0", "@0", "`0", "0x", " 0", "0 "})
    EXPECT_FALSE(parse_hexadecimal(text)) << text;
}

}  // namespace
}  // namespace base
