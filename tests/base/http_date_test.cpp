#include "base/http/date.h"

#include <gtest/gtest.h>

namespace base::http {
namespace {

const Time kSunday = parse_rfc3339("1994-11-06T08:49:37Z").value();
const Time kNow = parse_rfc3339("2026-11-23T04:30:00Z").value();

// The examples of RFC 9110 §5.6.7.
TEST(HttpDate, IsImfFixdate) {
  EXPECT_EQ(http_date(kSunday + std::chrono::milliseconds(900)), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(HttpDate, IsReadInEachOfItsForms) {
  for (const char* text :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"})
    EXPECT_EQ(parse_http_date(text, kNow), kSunday) << text;
  EXPECT_EQ(parse_http_date("Wed Nov 16 08:49:37 1994", kNow), kSunday + std::chrono::days(10));
}

TEST(HttpDate, AYearOfTwoDigitsIsAtMostFiftyYearsAhead) {
  const auto year = [](const char* text) {
    return rfc3339(parse_http_date(text, kNow).value()).substr(0, 4);
  };
  EXPECT_EQ(year("Monday, 23-Nov-26 04:30:00 GMT"), "2026");
  EXPECT_EQ(year("Sunday, 06-Dec-76 00:00:00 GMT"), "2076");
  EXPECT_EQ(year("Tuesday, 06-Dec-77 00:00:00 GMT"), "1977");
}

TEST(HttpDate, WhatIsNoDateIsNotRead) {
  for (const char* text : {"",
                           "0",
                           "Sun, 06 Nov 1994 08:49:37",
                           "Sun, 06 Nov 1994 08:49:37 UTC",
                           "Mon, 06 Nov 1994 08:49:37 GMT",
                           "Sun, 6 Nov 1994 08:49:37 GMT",
                           "Sun, 06 nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 24:49:37 GMT",
                           "Sun, 06 Nov 1994 08:60:37 GMT",
                           "Sun, 06 Nov 1994 08:49:60 GMT",
                           "Thu, 31 Nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 08:49:37 GMT ",
                           "Sun, 06 Nov 19x4 08:49:37 GMT",
                           "Sun, -6 Nov 1994 08:49:37 GMT",
                           "Sun, 06-Nov-94 08:49:37 GMT",
                           "Sunday, 06-Nov-1994 08:49:37 GMT",
                           "Monday, 06-Nov--5 08:49:37 GMT",
                           "Sunday, 06-Nov-5- 08:49:37 GMT",
                           "Sundax, 06-Nov-94 08:49:37 GMT",
                           "Monday, 06-Nov-94 08:49:37 GMT",
                           "Sun Nov 6 08:49:37 1994",
                           "Sun Nov 06 08:49:37 1994 GMT",
                           "Sun Nov  6 08:49:37 94",
                           "1994-11-06T08:49:37Z"})
    EXPECT_FALSE(parse_http_date(text, kNow)) << text;
}

}  // namespace
}  // namespace base::http
