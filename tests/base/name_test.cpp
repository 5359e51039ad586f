#include "base/name.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace base {
namespace {

Name name(std::string_view text) { return Name::parse(text).value(); }

TEST(Name, KeepsTheCaseItWasWrittenInAndComparesWithoutIt) {
  EXPECT_EQ(name("WWW.Corp.example.").text(), "WWW.Corp.example.");
  EXPECT_EQ(name("WWW.Corp.example"), name("www.corp.EXAMPLE."));
  EXPECT_EQ(std::hash<Name>()(name("WWW.Corp.example")), std::hash<Name>()(name("www.corp.example")));
  EXPECT_NE(name("www.corp.example"), name("ww.corp.example"));
}

TEST(Name, ReadsAndWritesEscapes) {
  EXPECT_EQ(name(R"(a\.b.example)").label_count(), 2u);
  EXPECT_EQ(name(R"(a\.b.example)").text(), R"(a\.b.example.)");
  EXPECT_EQ(name(R"(\000\255\032.example)").text(), R"(\000\255\032.example.)");
  EXPECT_NE(name(R"(a\.b.example)"), name("a.b.example"));
}

TEST(Name, RefusesWhatIsNoName) {
  for (std::string_view text : {"", "..", "a..b", ".a", R"(a\)", R"(a\25)", R"(a\256)", R"(a\2x5)"}) {
    EXPECT_FALSE(Name::parse(text)) << text;
  }
}

TEST(Name, HoldsTheLimitsOfRfc1035) {
  const std::string label63(63, 'a');
  EXPECT_TRUE(Name::parse(label63 + ".example"));
  EXPECT_FALSE(Name::parse(label63 + "a.example"));
  // 3 × 64 + 62 + the root's octet = 255.
  const std::string long_name = label63 + "." + label63 + "." + label63 + "." + std::string(61, 'b');
  EXPECT_EQ(name(long_name).wire().size(), kNameSizeMax);
  EXPECT_FALSE(Name::parse(long_name + "b"));
  EXPECT_FALSE(name(long_name).prepend("x"));
}

TEST(Name, TakesOneWholeWireNameAndNothingElse) {
  const Bytes wire("\3www\7example\0", 13);
  EXPECT_EQ(Name::from_wire(wire)->text(), "www.example.");
  EXPECT_FALSE(Name::from_wire(wire + "x"));
  EXPECT_FALSE(Name::from_wire(BytesView(wire).substr(0, 12)));
  EXPECT_FALSE(Name::from_wire(Bytes("\xc0\x0c", 2)));
  EXPECT_FALSE(Name::from_wire(""));
  EXPECT_TRUE(Name::from_wire(Bytes(1, '\0'))->is_root());
}

TEST(Name, IsUnderItselfAndItsAncestorsByWholeLabels) {
  EXPECT_TRUE(name("a.Corp.example").is_under(name("corp.Example")));
  EXPECT_TRUE(name("corp.example").is_under(name("corp.example")));
  EXPECT_TRUE(name("corp.example").is_under(Name()));
  EXPECT_FALSE(name("acorp.example").is_under(name("corp.example")));
  EXPECT_FALSE(name("example").is_under(name("corp.example")));
  EXPECT_FALSE(name(R"(a\.corp.example)").is_under(name("corp.example")));
  // The octets of the apex end the label of the other name, but no label starts there.
  EXPECT_FALSE(name(R"(x\004corp.example)").is_under(name("corp.example")));
}

// RFC 4034 §6.1.
TEST(Name, SortsInCanonicalOrder) {
  const std::vector<Name> sorted{
      name("example"),           name("a.example"),      name("yljkjljk.a.example"),
      name("Z.a.example"),       name("zABC.a.EXAMPLE"), name("z.example"),
      name(R"(\001.z.example)"), name("*.z.example"),    name(R"(\200.z.example)")};
  EXPECT_TRUE(std::is_sorted(sorted.begin(), sorted.end()));
}

TEST(Name, SortKeyIsAPrefixExactlyOfTheNamesBelow) {
  const Bytes apex = name("corp.example").sort_key();
  EXPECT_TRUE(name("a.CORP.example").sort_key().starts_with(apex));
  EXPECT_FALSE(name("corpx.example").sort_key().starts_with(apex));
  EXPECT_FALSE(name("example").sort_key().starts_with(apex));
  EXPECT_EQ(Name().sort_key(), "");
}

TEST(Name, WalksUpAndDown) {
  EXPECT_EQ(name("a.b").parent(), name("b"));
  EXPECT_TRUE(name("b").parent().is_root());
  EXPECT_EQ(name("b").prepend("_acme-challenge")->text(), "_acme-challenge.b.");
  EXPECT_FALSE(name("b").prepend(""));
  EXPECT_TRUE(name("*.b").is_wildcard());
  EXPECT_FALSE(name("**.b").is_wildcard());
  EXPECT_FALSE(name("x.*.b").is_wildcard());
}

}  // namespace
}  // namespace base
