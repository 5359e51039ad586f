#include "acmecore/dns_name_syntax.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace acmecore {
namespace {

using testing::HasSubstr;

std::string fault(std::string_view name) {
  const auto checked = check_dns_name(name);
  return checked ? "" : checked.error().detail;
}

std::string name_of_length(size_t length) {
  std::string name;
  while (name.size() + 64 < length)
    name += std::string(63, 'a') + ".";
  return name + std::string(length - name.size(), 'b');
}

TEST(DnsNameSyntax, AcceptsTheNamesOfHosts) {
  for (const char* name :
       {"corp.test", "www.corp.test", "*.corp.test", "localhost", "a-b.test", "a--b.test", "1.test",
        "3com.test", "x.1a", "xn--bcher-kva.test", "xn--bcher-kva.xn--p1ai", "*.xn--bcher-kva.test"}) {
    EXPECT_EQ(fault(name), "") << name;
  }
}

TEST(DnsNameSyntax, RefusesWhatIsNoHostName) {
  for (const char* name : {"", ".", "*", "*.", "corp.test.", ".corp.test", "corp..test", "-a.test", "a-.test",
                           "a_b.test", "_acme-challenge.corp.test", "a b.test", "a/b.test", "a@b.test",
                           "b\xc3\xbc"
                           "cher.test"}) {
    EXPECT_NE(fault(name), "") << name;
  }
  EXPECT_NE(fault(std::string_view("a\0b.test", 8)), "");
}

TEST(DnsNameSyntax, RefusesUpperCase) { EXPECT_THAT(fault("Corp.test"), HasSubstr("upper-case")); }

TEST(DnsNameSyntax, AnAsteriskIsTheWholeFirstLabelOnly) {
  for (const char* name : {"*.*.corp.test", "www.*.test", "*a.test", "a*.test", "**.test", "corp.*"}) {
    EXPECT_THAT(fault(name), HasSubstr("\"*\"")) << name;
  }
}

TEST(DnsNameSyntax, ALastLabelOfDigitsIsRefused) {
  EXPECT_THAT(fault("192.0.2.1"), HasSubstr("number"));
  EXPECT_THAT(fault("corp.1"), HasSubstr("number"));
  EXPECT_THAT(fault("*.1"), HasSubstr("number"));
}

TEST(DnsNameSyntax, KeepsTheLimitsOfLength) {
  EXPECT_EQ(fault(std::string(63, 'a') + ".test"), "");
  EXPECT_THAT(fault(std::string(64, 'a') + ".test"), HasSubstr("63"));
  EXPECT_EQ(fault(name_of_length(kDnsNameLengthMax)), "");
  EXPECT_THAT(fault(name_of_length(kDnsNameLengthMax + 1)), HasSubstr("253"));
}

TEST(DnsNameSyntax, ALabelWithTwoHyphensInTheMiddleMustBeAnALabel) {
  for (const char* name :
       {"ab--c.test", "xn--.test", "xn--a.test", "xn--bcher-kva-.test", "xn--zzzzz99999.test", "xn--0.test",
        "xn--iny-zx5a.test", "xn--\xc3\xbc.test", "xm--bcher-kva.test"}) {
    EXPECT_NE(fault(name), "") << name;
  }
}

TEST(DnsNameSyntax, ANameIsBelowItsParentAndAllAboveThat) {
  EXPECT_EQ(parent_of("www.corp.test"), "corp.test");
  EXPECT_EQ(parent_of("test"), "");
  EXPECT_EQ(parent_of(""), "");
  for (const char* parent : {"corp.test", "test", ""})
    EXPECT_TRUE(is_below("www.corp.test", parent)) << parent;
  for (const char* other :
       {"www.corp.test", "a.www.corp.test", "rp.test", "orp.test", ".test", "ww.corp.test"})
    EXPECT_FALSE(is_below("www.corp.test", other)) << other;
  EXPECT_FALSE(is_below("xcorp.test", "corp.test"));
  EXPECT_FALSE(is_below("", ""));
}

TEST(DnsNameSyntax, TheDetailNamesTheNameEscaped) {
  EXPECT_THAT(fault("a\nb"), HasSubstr("\"a\\x0ab\""));
  EXPECT_EQ(in_quotes("a\"\\\x7f"), "\"a\\x22\\x5c\\x7f\"");
  EXPECT_EQ(in_quotes(std::string(254, 'a')), "\"" + std::string(253, 'a') + "…\"");
}

}  // namespace
}  // namespace acmecore
