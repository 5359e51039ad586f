#include "acmecore/der.h"

#include <gtest/gtest.h>

namespace acmecore::der {
namespace {

using base::Bytes;
using base::BytesView;
using base::parse_rfc3339;
using namespace std::string_view_literals;

TEST(Der, LengthsAreWrittenInTheFewestOctets) {
  EXPECT_EQ(element(kOctetString, ""), "\x04\x00"sv);
  EXPECT_EQ(element(kOctetString, Bytes(127, 'a')).substr(0, 2), "\x04\x7f"sv);
  EXPECT_EQ(element(kOctetString, Bytes(128, 'a')).substr(0, 3), "\x04\x81\x80"sv);
  EXPECT_EQ(element(kOctetString, Bytes(255, 'a')).substr(0, 3), "\x04\x81\xff"sv);
  EXPECT_EQ(element(kOctetString, Bytes(256, 'a')).substr(0, 4), "\x04\x82\x01\x00"sv);
  EXPECT_EQ(element(kOctetString, Bytes(65536, 'a')).substr(0, 5), "\x04\x83\x01\x00\x00"sv);
}

TEST(Der, WhatIsWrittenIsReadAgain) {
  for (size_t size : {0, 1, 127, 128, 255, 256, 65535, 65536}) {
    const Bytes written = element(kOctetString, Bytes(size, 'a'));
    Reader reader(written);
    const Element found = reader.next(kOctetString).value();
    EXPECT_EQ(found.content, Bytes(size, 'a'));
    EXPECT_EQ(found.whole, written);
    EXPECT_TRUE(reader.at_end());
    EXPECT_TRUE(reader.end());
  }
}

TEST(Der, ElementsStandOneBehindTheOther) {
  const Bytes both = element(kInteger, "\x01") + element(kOctetString, "ab");
  Reader reader(both);
  EXPECT_TRUE(reader.next_is(kInteger));
  EXPECT_EQ(reader.integer().value(), "\x01");
  EXPECT_FALSE(reader.end());
  EXPECT_EQ(reader.next().value().content, "ab");
  EXPECT_FALSE(reader.next());
}

TEST(Der, WhatIsNotDerIsRefused) {
  for (BytesView bad : {
           ""sv, "\x04"sv,                                // nothing, or half a header
           "\x04\x01"sv, "\x04\x81"sv, "\x04\x82\x01"sv,  // cut off
           "\x04\x80\x00\x00"sv,                          // indefinite
           "\x04\x81\x01\x61"sv,                          // 1 fits into the short form
           "\x04\x82\x00\x80"sv,                          // a leading zero
           "\x04\x84\x00\x00\x00\x01\x61"sv,              // leading zeros
           "\x04\x85\x01\x00\x00\x00\x00\x61"sv,          // more than four octets of length
           "\x04\xff"sv, "\x1f\x01\x61"sv,                // reserved; a high tag number
       }) {
    EXPECT_FALSE(Reader(bad).next());
  }
}

TEST(Der, AnotherTagThanAskedForIsRefused) {
  EXPECT_FALSE(Reader("\x04\x00"sv).next(kSequence));
  EXPECT_FALSE(only(kSequence, "\x04\x00"sv));
  EXPECT_FALSE(only(kOctetString, "\x04\x00\x00"sv));
  EXPECT_EQ(only(kOctetString, "\x04\x00"sv).value(), "");
}

TEST(Der, AnIntegerIsMinimal) {
  for (BytesView good :
       {"\x02\x01\x00"sv, "\x02\x01\x7f"sv, "\x02\x02\x00\x80"sv, "\x02\x01\x80"sv, "\x02\x02\xff\x7f"sv}) {
    EXPECT_TRUE(Reader(good).integer());
  }
  for (BytesView bad :
       {"\x02\x00"sv, "\x02\x02\x00\x7f"sv, "\x02\x02\x00\x00"sv, "\x02\x02\xff\x80"sv, "\x04\x01\x01"sv}) {
    EXPECT_FALSE(Reader(bad).integer());
  }
}

TEST(Der, AnUnsignedIntegerIsMinimalAndNotNegative) {
  EXPECT_EQ(unsigned_integer("\x7f"sv), "\x02\x01\x7f"sv);
  EXPECT_EQ(unsigned_integer("\x80"sv), "\x02\x02\x00\x80"sv);
  EXPECT_EQ(unsigned_integer("\x00\x00\x01\x00"sv), "\x02\x02\x01\x00"sv);
  EXPECT_EQ(unsigned_integer("\x00\x80"sv), "\x02\x02\x00\x80"sv);
  EXPECT_EQ(unsigned_integer("\x00\x00"sv), "\x02\x01\x00"sv);
  EXPECT_EQ(unsigned_integer(""sv), "\x02\x01\x00"sv);
}

TEST(Der, AnOidHasWholeArcsWithoutPadding) {
  EXPECT_EQ(Reader("\x06\x03\x55\x1d\x11"sv).oid().value(), "\x55\x1d\x11");
  EXPECT_TRUE(Reader("\x06\x03\x2a\x86\x48"sv).oid());
  EXPECT_TRUE(Reader("\x06\x03\x2a\x81\x00"sv).oid());
  for (BytesView bad : {"\x06\x00"sv, "\x06\x02\x2a\x86"sv, "\x06\x03\x2a\x80\x01"sv, "\x06\x01\x80"sv}) {
    EXPECT_FALSE(Reader(bad).oid());
  }
}

TEST(Der, ABitStringIsOfWholeOctets) {
  EXPECT_EQ(Reader("\x03\x02\x00\x61"sv).bit_string().value(), "a");
  EXPECT_EQ(Reader("\x03\x01\x00"sv).bit_string().value(), "");
  EXPECT_FALSE(Reader("\x03\x00"sv).bit_string());
  EXPECT_FALSE(Reader("\x03\x02\x01\x60"sv).bit_string());
  EXPECT_EQ(bit_string("a"), "\x03\x02\x00\x61"sv);
}

TEST(Der, ABooleanWithADefaultOfFalseIsWrittenOnlyWhenTrue) {
  EXPECT_TRUE(Reader("\x01\x01\xff"sv).true_or_absent().value());
  EXPECT_FALSE(Reader("\x04\x00"sv).true_or_absent().value());
  EXPECT_FALSE(Reader(""sv).true_or_absent().value());
  EXPECT_FALSE(Reader("\x01\x01\x00"sv).true_or_absent().has_value());
  EXPECT_FALSE(Reader("\x01\x01\x01"sv).true_or_absent().has_value());
  EXPECT_FALSE(Reader("\x01\x02\xff\xff"sv).true_or_absent().has_value());
}

TEST(Der, TimesAreUtcTimeThrough2049AndGeneralizedTimeAfter) {
  EXPECT_EQ(time(parse_rfc3339("2026-11-23T04:30:59Z").value()),
            "\x17\x0d"
            "261123043059Z");
  EXPECT_EQ(time(parse_rfc3339("2049-12-31T23:59:59Z").value()),
            "\x17\x0d"
            "491231235959Z");
  EXPECT_EQ(time(parse_rfc3339("2050-01-01T00:00:00Z").value()),
            "\x18\x0f"
            "20500101000000Z");
  EXPECT_EQ(time(parse_rfc3339("2026-11-23T04:30:59.999Z").value()),
            "\x17\x0d"
            "261123043059Z");
}

TEST(Der, TimesAreReadAsTheyAreWritten) {
  for (const char* text : {"1950-01-01T00:00:00Z", "1999-12-31T23:59:59Z", "2000-02-29T12:00:00Z",
                           "2049-12-31T23:59:59Z", "2050-01-01T00:00:00Z", "9999-12-31T23:59:59Z"}) {
    const Bytes written = time(parse_rfc3339(text).value());
    EXPECT_EQ(base::rfc3339(Reader(written).time().value()), text);
  }
}

TEST(Der, TimesThatRfc5280ForbidsAreRefused) {
  for (const char* text :
       {"2611230430Z", "261123043059", "261123043059+0000", "261123043059.5Z", "261323043059Z",
        "260229043059Z", "261123243059Z", "261123046059Z", "261123043060Z", "26112304305aZ"}) {
    const Bytes bad = element(kUtcTime, text);
    EXPECT_FALSE(Reader(bad).time()) << text;
  }
  for (const char* text : {"20491231235959Z", "20500101000000.5Z", "205001010000Z", "500101000000Z",
                           "99991231240000Z", "99991231235960Z"}) {
    const Bytes bad = element(kGeneralizedTime, text);
    EXPECT_FALSE(Reader(bad).time()) << text;
  }
}

}  // namespace
}  // namespace acmecore::der
