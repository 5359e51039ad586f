#include "base/object_identifier.h"

#include <gtest/gtest.h>
#include <openssl/objects.h>

#include "base/openssl.h"

namespace base {
namespace {

using namespace std::string_view_literals;

// The content octets that OpenSSL makes of the same text.
Bytes by_openssl(const char* dotted) {
  const OpensslHandle<ASN1_OBJECT, ASN1_OBJECT_free> object(OBJ_txt2obj(dotted, 1));
  return object ? Bytes(reinterpret_cast<const char*>(OBJ_get0_data(object.get())), OBJ_length(object.get()))
                : Bytes();
}

TEST(ObjectIdentifier, IsWrittenAsDerHasIt) {
  EXPECT_EQ(parse_object_identifier("2.23.140.1.2.1"), "\x67\x81\x0c\x01\x02\x01"sv);
  EXPECT_EQ(parse_object_identifier("1.3.6.1.5.5.7.3.1"), "\x2b\x06\x01\x05\x05\x07\x03\x01"sv);
}

TEST(ObjectIdentifier, IsWrittenAsOpensslWritesIt) {
  for (const char* dotted : {"0.0", "0.39", "1.0", "1.39.127", "2.0", "2.39", "2.40", "2.47", "2.48",
                             "2.999.3", "1.3.6.1.4.1.11129.2.4.2", "1.2.128.16383.16384.2097151.2097152",
                             "2.5.29.32.0", "1.3.4294967296", "1.3.9223372036854775807"}) {
    EXPECT_EQ(parse_object_identifier(dotted).value_or("none"), by_openssl(dotted)) << dotted;
    EXPECT_EQ(text_of_object_identifier(by_openssl(dotted)), dotted);
  }
}

TEST(ObjectIdentifier, WhatIsNoneHasNoText) {
  for (const BytesView bad : {""sv, "\x80"sv, "\x2b\x86"sv, "\x80\x2b"sv, "\x2b\x80\x01"sv,
                              "\x2b\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"sv}) {
    EXPECT_EQ(text_of_object_identifier(bad), "?");
  }
  EXPECT_EQ(text_of_object_identifier(Bytes(65, '\x01')), "?");
}

TEST(ObjectIdentifier, OfAnotherFormIsNone) {
  for (const char* bad : {"",
                          ".",
                          "1",
                          "1.",
                          ".1",
                          "1..2",
                          "3.1",
                          "0.40",
                          "1.40",
                          "01.2",
                          "1.02",
                          "1.2.",
                          "1.2 ",
                          " 1.2",
                          "1.-2",
                          "1.+2",
                          "1.2a",
                          "1,2",
                          "2.5.29.32.9223372036854775808",
                          "1.3.18446744073709551616",
                          "serverAuth"}) {
    EXPECT_FALSE(parse_object_identifier(bad)) << bad;
  }
  std::string longest = "1.2";
  for (int octet = 1; octet < 64; ++octet)
    longest += ".1";
  EXPECT_TRUE(parse_object_identifier(longest));
  EXPECT_FALSE(parse_object_identifier(longest + ".1"));
}

}  // namespace
}  // namespace base
