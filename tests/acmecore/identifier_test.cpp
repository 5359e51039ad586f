#include "acmecore/identifier.h"

#include <gtest/gtest.h>

namespace acmecore {
namespace {

using base::ErrorKind;

base::Result<Identifier> parse(const std::string& value) { return parse_identifier({"dns", value}); }

ErrorKind refusal(const std::string& value) {
  const auto parsed = parse(value);
  return parsed ? ErrorKind::internal : parsed.error().kind;
}

std::string of_length(size_t length) {
  std::string name;
  while (name.size() + 2 < length)
    name += std::string(std::min<size_t>(60, length - name.size() - 2), 'a') + '.';
  return name + std::string(length - name.size(), 'b');
}

TEST(Identifier, IsANameInLowerCaseWithOrWithoutAWildcard) {
  EXPECT_EQ(*parse("corp.test"), (Identifier{"corp.test", false}));
  EXPECT_EQ(*parse("WWW.Corp.TEST"), (Identifier{"www.corp.test", false}));
  EXPECT_EQ(*parse("*.corp.test"), (Identifier{"corp.test", true}));
  EXPECT_EQ(parse("*.corp.test")->text(), "*.corp.test");
  EXPECT_EQ(parse("corp.test")->text(), "corp.test");
  EXPECT_EQ(parse("*.corp.test")->dns_name(), base::Name::parse("corp.test").value());
}

TEST(Identifier, AcceptsWhatHostNamesMayLookLike) {
  for (const char* name :
       {"a.b", "1.corp.test", "a-b.corp.test", "xn--bcher-kva.test", "1a.2b", "in-addr.arpa.test"}) {
    EXPECT_TRUE(parse(name)) << name;
  }
}

// T33
TEST(Identifier, RefusesWhatIsNoNameForACertificate) {
  for (const std::string& name : {std::string(""),
                                  std::string("."),
                                  std::string("corp.test."),
                                  std::string("a..b"),
                                  std::string(".a.b"),
                                  std::string("_x.corp.test"),
                                  std::string("a_b.corp.test"),
                                  std::string("-a.test"),
                                  std::string("a-.test"),
                                  std::string("192.0.2.1"),
                                  std::string("::1"),
                                  std::string("[::1]"),
                                  std::string("a.b\0.test", 9),
                                  std::string("a.test\r\n"),
                                  std::string("%2e.test"),
                                  std::string("b\xc3\xbc"
                                              "cher.test"),
                                  std::string("xn--.test"),
                                  std::string("xn--a.test"),
                                  std::string("ab--c.test"),
                                  std::string("a b.test"),
                                  std::string(64, 'a') + ".test",
                                  of_length(254),
                                  std::string("https://a.test"),
                                  std::string("a.test:443")}) {
    EXPECT_EQ(refusal(name), ErrorKind::malformed) << name;
  }
}

// T32
TEST(Identifier, RefusesWildcardsOtherThanTheWholeLeftmostLabel) {
  for (const char* name : {"*.*.a.b", "a.*.b", "f*.b.test", "*f.b.test", "*", "*.", "**.a.b", "a.*"}) {
    EXPECT_EQ(refusal(name), ErrorKind::malformed) << name;
  }
}

TEST(Identifier, RejectsNamesThatCannotBeCertified) {
  for (const char* name : {"localhost", "*.com", "test"}) {
    EXPECT_EQ(refusal(name), ErrorKind::rejected_identifier) << name;
  }
}

TEST(Identifier, LeavesRoomForTheChallengesLabel) {
  EXPECT_TRUE(parse(of_length(253 - 16)));
  EXPECT_EQ(refusal(of_length(253 - 15)), ErrorKind::rejected_identifier);
  EXPECT_EQ(refusal(of_length(253)), ErrorKind::rejected_identifier);
}

// RFC 8738 §7
TEST(Identifier, IsNoAddressForNoAddressIsProvedByDns01) {
  for (const char* address :
       {"192.0.2.1", "192.0.2.001", "192.0.2", "3221225985", "2001:db8::1", "2001:DB8:0::1", "[2001:db8::1]",
        "::ffff:192.0.2.1", "fe80::1%eth0", "", "corp.test"}) {
    const auto refused = parse_identifier({"ip", address});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::unsupported_identifier) << address;
    EXPECT_NE(refused.error().detail.find("dns-01"), std::string::npos);
  }
}

// RFC 9444 §4.3
TEST(Identifier, MayNameAnAncestor) {
  const auto with = [](const std::string& value, const std::string& ancestor) {
    return parse_identifier({"dns", value, ancestor});
  };
  EXPECT_EQ(*with("a.b.corp.test", "Corp.Test"), (Identifier{"a.b.corp.test", false, "corp.test"}));
  EXPECT_EQ(*with("a.b.corp.test", "b.corp.test"), (Identifier{"a.b.corp.test", false, "b.corp.test"}));
  EXPECT_EQ(*with("*.b.corp.test", "corp.test"), (Identifier{"b.corp.test", true, "corp.test"}));
  EXPECT_EQ(*with("*.corp.test", "corp.test"), (Identifier{"corp.test", true, "corp.test"}));
  for (const char* ancestor : {"corp.test", "orp.test", "a.corp.test", "b.corp.test", "x.test", "*.corp.test",
                               "corp.test.", ".test", "corp..test", "192.0.2.1", "co_rp.test"}) {
    const auto refused = with("corp.test", ancestor);
    ASSERT_FALSE(refused) << ancestor;
    EXPECT_EQ(refused.error().kind, ErrorKind::malformed) << ancestor;
    EXPECT_NE(refused.error().detail.find("ancestorDomain"), std::string::npos);
  }
  EXPECT_EQ(with("acorp.test", "corp.test").error().kind, ErrorKind::malformed);
  EXPECT_EQ(with("*.a.corp.test", "b.corp.test").error().kind, ErrorKind::malformed);
  EXPECT_EQ(with("corp.test", "test").error().kind, ErrorKind::rejected_identifier);
}

TEST(Identifiers, HaveOneAncestorEach) {
  EXPECT_EQ(parse_identifiers({{"dns", "a.b.test", "b.test"}, {"dns", "A.b.test", "b.test"}})->size(), 1u);
  EXPECT_EQ(parse_identifiers({{"dns", "a.b.test", "b.test"}, {"dns", "*.a.b.test", "a.b.test"}})->size(),
            2u);
  for (const char* other : {"", "a.b.test"}) {
    const auto refused = parse_identifiers({{"dns", "x.a.b.test", "b.test"}, {"dns", "x.a.b.test", other}});
    ASSERT_FALSE(refused) << other;
    EXPECT_EQ(refused.error().kind, ErrorKind::malformed);
  }
}

TEST(Identifiers, AreProvedByTheirAncestorsWhereTheyNameOne) {
  const auto identifiers = parse_identifiers({{"dns", "a.corp.test", "corp.test"},
                                              {"dns", "*.corp.test", "corp.test"},
                                              {"dns", "b.corp.test"},
                                              {"dns", "corp.test"}});
  EXPECT_EQ(to_prove(*identifiers), (std::vector<Identifier>{{"corp.test", false}, {"b.corp.test", false}}));
}

TEST(Identifier, SupportsTheTypeDnsOnly) {
  for (const char* type : {"ip", "email", "DNS", ""}) {
    EXPECT_EQ(parse_identifier({type, "corp.test"}).error().kind, ErrorKind::unsupported_identifier) << type;
  }
}

TEST(Identifiers, AreEachThereOnceInTheOrderOfTheirFirstMention) {
  const auto parsed = parse_identifiers(
      {{"dns", "b.test"}, {"dns", "A.test"}, {"dns", "a.TEST"}, {"dns", "*.a.test"}, {"dns", "b.test"}});
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, (std::vector<Identifier>{{"b.test", false}, {"a.test", false}, {"a.test", true}}));
}

TEST(Identifiers, AreAtLeastOneAndAtMostAHundred) {
  EXPECT_EQ(parse_identifiers({}).error().kind, ErrorKind::malformed);
  std::vector<RequestedIdentifier> many;
  for (size_t i = 0; i < kIdentifiersMax; ++i)
    many.push_back({"dns", "n" + std::to_string(i) + ".corp.test"});
  EXPECT_TRUE(parse_identifiers(many));
  many.push_back({"dns", "one-more.corp.test"});
  EXPECT_EQ(parse_identifiers(many).error().kind, ErrorKind::malformed);
}

// T39
TEST(Identifiers, SayWhichOfThemAreRefused) {
  const auto one = parse_identifiers({{"dns", "a.test"}, {"dns", "a_b.test"}, {"dns", "c.test"}});
  EXPECT_EQ(one.error().kind, ErrorKind::malformed);
  ASSERT_EQ(one.error().suberrors.size(), 1u);
  EXPECT_EQ(one.error().suberrors[0].identifier, "a_b.test");
  EXPECT_EQ(one.error().suberrors[0].kind, ErrorKind::malformed);

  const auto alike = parse_identifiers({{"dns", "x_.test"}, {"dns", "a.test"}, {"dns", "y_.test"}});
  EXPECT_EQ(alike.error().kind, ErrorKind::malformed);
  EXPECT_EQ(alike.error().suberrors.size(), 2u);

  const auto mixed = parse_identifiers({{"dns", "x_.test"}, {"ip", "192.0.2.1"}, {"dns", "localhost"}});
  EXPECT_EQ(mixed.error().kind, ErrorKind::compound);
  ASSERT_EQ(mixed.error().suberrors.size(), 3u);
  EXPECT_EQ(mixed.error().suberrors[0].identifier_type, "dns");
  EXPECT_EQ(mixed.error().suberrors[1].identifier_type, "ip");
}

}  // namespace
}  // namespace acmecore
