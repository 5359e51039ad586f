#include "base/base64url.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace base {
namespace {

TEST(Base64url, ReadsBackWhatItWrote) {
  for (size_t size = 0; size < 70; ++size) {
    const Bytes bytes = random_bytes(size);
    EXPECT_EQ(parse_base64url(base64url(bytes)), bytes);
  }
  EXPECT_EQ(base64url("\xfb\xff"), "-_8");
}

TEST(Base64url, RefusesPaddingOtherAlphabetsAndSecondSpellings) {
  for (std::string_view text : {"QQ==", "QQ=", "+/8", "Q", "QUJDR", "Q Q", "QQ\n", "QR", "QUJ"}) {
    EXPECT_FALSE(parse_base64url(text)) << text;
  }
  EXPECT_EQ(parse_base64url("QQ"), "A");
}

TEST(Random, IdsSortByTheTimeTheyWereMade) {
  const Time start = parse_rfc3339("2026-11-23T04:30:00Z").value();
  const std::string first = time_ordered_id(start);
  const std::string second = time_ordered_id(start + std::chrono::milliseconds(1));
  EXPECT_LT(first, second);
  EXPECT_EQ(first.size(), 26u);
  EXPECT_NE(time_ordered_id(start), time_ordered_id(start));
  EXPECT_EQ(random_token().size(), 22u);
}

}  // namespace
}  // namespace base
