#include "base/utf8.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(Utf8, CharactersAreOneToFourOctets) {
  EXPECT_EQ(utf8_character_size("a"), 1u);
  EXPECT_EQ(utf8_character_size("\u00e9x"), 2u);
  EXPECT_EQ(utf8_character_size("\u20acx"), 3u);
  EXPECT_EQ(utf8_character_size("\U0001F512x"), 4u);
  EXPECT_EQ(utf8_character_size("\U0010FFFF"), 4u);
  EXPECT_EQ(utf8_character_size(std::string_view("\0", 1)), 1u);
}

TEST(Utf8, WhatLooksLikeACharacterAndIsNoneHasNoSize) {
  for (const std::string_view text : {"",
                                      "\x80",              // a continuation alone
                                      "\xC3",              // cut short
                                      "\xC3\x28",          // no continuation
                                      "\xC0\xAF",          // overlong '/'
                                      "\xE0\x80\xAF",      // overlong '/'
                                      "\xE0\x9F\xBF",      // overlong
                                      "\xED\xA0\x80",      // a surrogate
                                      "\xF0\x8F\xBF\xBF",  // overlong
                                      "\xF4\x90\x80\x80",  // U+110000
                                      "\xF5\x80\x80\x80",  // above
                                      "\xFF"}) {
    EXPECT_EQ(utf8_character_size(text), 0u);
  }
}

}  // namespace
}  // namespace base
