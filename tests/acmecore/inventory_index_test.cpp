#include "acmecore/inventory_index.h"

#include <gtest/gtest.h>

#include "storage/tables.h"

namespace acmecore {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using base::Bytes;
using base::ErrorKind;
using base::Time;

const Serial kSerial{"\x01serial"};
constexpr Time kEnd{1'800'000'000s};  // 6b49d200
const Bytes kEndOctets = "\x00\x6b\x49\xd2\x00"s;

TEST(InventoryIndex, ANameBeginsWithWhatItIsBelow) {
  EXPECT_EQ(labels_from_the_root("corp.test"),
            "\x04test\x04"
            "corp");
  EXPECT_EQ(labels_from_the_root("*.Corp.test"),
            "\x04test\x04"
            "corp\x01*");
  EXPECT_EQ(name_index_key("www.corp.test", kSerial),
            "N\x04test\x04"
            "corp\x03www\0\x01serial"s);
  const auto begins_as = [](const char* name, const char* domain) {
    return labels_from_the_root(name).starts_with(labels_from_the_root(domain));
  };
  EXPECT_TRUE(begins_as("corp.test", "corp.test"));
  EXPECT_TRUE(begins_as("a.b.corp.test", "corp.test"));
  EXPECT_TRUE(begins_as("*.corp.test", "corp.test"));
  EXPECT_FALSE(begins_as("test", "corp.test"));
  EXPECT_FALSE(begins_as("mycorp.test", "corp.test"));
  EXPECT_FALSE(begins_as("corp1.test", "corp.test"));
  EXPECT_FALSE(begins_as("corp.test.org", "corp.test"));
}

TEST(InventoryIndex, WhatEndsEarlierIsLess) {
  EXPECT_EQ(end_octets(kEnd), kEndOctets);
  EXPECT_EQ(end_octets(kEnd + 999ms), kEndOctets);
  EXPECT_LT(end_octets(kEnd), end_octets(kEnd + 1s));
  EXPECT_EQ(end_octets(Time(-5s)), Bytes(5, '\0'));
  const Time last = base::parse_rfc3339("9999-12-31T23:59:59Z").value();
  EXPECT_GT(end_octets(last), end_octets(last - 1s));
  EXPECT_EQ(end_index_key(kEnd, kSerial), "E" + kEndOctets + kSerial.octets);
  EXPECT_EQ(revoked_index_key(kEnd, kSerial), "V" + kEndOctets + kSerial.octets);
}

TEST(InventoryIndex, AnEntrySaysWhichCertificateAndOftenWhenItEnds) {
  EXPECT_EQ(parse_index_entry(range_of_ends({}, {}), end_index_key(kEnd, kSerial), ""),
            (IndexEntry{kEndOctets + kSerial.octets, kSerial, kEnd, ""}));
  EXPECT_EQ(parse_index_entry(range_of_account("a"), account_index_key("a", kSerial), kEndOctets),
            (IndexEntry{kSerial.octets, kSerial, kEnd, ""}));
  EXPECT_EQ(parse_index_entry(range_of_key("k"), key_index_key("k", kSerial), ""),
            (IndexEntry{kSerial.octets, kSerial, std::nullopt, ""}));
  EXPECT_EQ(parse_index_entry(range_of_name("corp.test"), name_index_key("corp.test", kSerial), kEndOctets),
            (IndexEntry{kSerial.octets, kSerial, kEnd, ""}));
  EXPECT_EQ(
      parse_index_entry(range_of_domain("corp.test"), name_index_key("a.corp.test", kSerial), kEndOctets),
      (IndexEntry{"\x01"
                  "a\0\x01serial"s,
                  kSerial, kEnd, labels_from_the_root("a.corp.test")}));
  EXPECT_EQ(parse_index_entry(range_of_domain("corp.test"), name_index_key("corp.test", kSerial), kEndOctets),
            (IndexEntry{"\0\x01serial"s, kSerial, kEnd, labels_from_the_root("corp.test")}));
  EXPECT_EQ(parse_index_entry(range_of_revoked({}, {}), revoked_index_key(kEnd, kSerial), ""),
            (IndexEntry{kEndOctets + kSerial.octets, kSerial, kEnd, ""}));
}

TEST(InventoryIndex, RefusesKeysThatItDidNotWrite) {
  const auto kind = [](const IndexRange& range, const Bytes& key) {
    return parse_index_entry(range, key, "").error().kind;
  };
  EXPECT_EQ(kind(range_of_ends({}, {}), "E"), ErrorKind::internal);
  EXPECT_EQ(kind(range_of_ends({}, {}), "E" + kEndOctets), ErrorKind::internal);
  EXPECT_EQ(kind(range_of_account("a"), "Aa\0"s), ErrorKind::internal);
  EXPECT_EQ(kind(range_of_account("a"), "Aa\0"s + Bytes(21, 's')), ErrorKind::internal);
  EXPECT_EQ(kind(range_of_domain("test"),
                 "N\x04test\x04"
                 "corp"),
            ErrorKind::internal);  // no end of the name
  EXPECT_EQ(kind(range_of_domain("test"),
                 "N\x04test\x3f"
                 "corp"),
            ErrorKind::internal);
  EXPECT_EQ(kind(range_of_revoked({}, {}), "V" + kEndOctets), ErrorKind::internal);
}

}  // namespace
}  // namespace acmecore
