#include "acmecore/name_pattern.h"

#include <gtest/gtest.h>

#include "tests/acmecore/policy_fixture.h"

namespace acmecore {
namespace {

struct Case {
  const char* pattern;
  std::vector<const char*> covered;    // and touched
  std::vector<const char*> touched;    // and not covered
  std::vector<const char*> untouched;  // neither
};

const Case kCases[] = {
    {"corp.test",
     {"corp.test"},
     {},
     {"*.corp.test", "www.corp.test", "xcorp.test", "corp.test.example", "corp.example"}},
    {"www.corp.test",
     {"www.corp.test"},
     {"*.corp.test"},
     {"corp.test", "a.www.corp.test", "*.www.corp.test", "xwww.corp.test"}},
    {"*.corp.test",
     {"www.corp.test", "*.corp.test"},
     {},
     {"corp.test", "a.www.corp.test", "*.www.corp.test", "www.xcorp.test", "corp.test.example"}},
    {"**.corp.test",
     {"www.corp.test", "a.www.corp.test", "*.corp.test", "*.www.corp.test", "*.a.www.corp.test"},
     {},
     {"corp.test", "xcorp.test", "www.xcorp.test", "www.corp.test.example"}},
    {"*.test", {"corp.test"}, {}, {"www.corp.test", "*.corp.test", "corp.example"}},
    {"**.test", {"corp.test", "*.corp.test", "a.www.corp.test"}, {}, {"corp.example", "test.example"}},
    {"**", {"corp.test", "*.corp.test", "a.b.c.d.example"}, {}, {}},
};

TEST(NamePattern, IsAboutItsNamesAndNoOthers) {
  for (const Case& one : kCases) {
    const NamePattern pattern = NamePattern::parse(one.pattern).value();
    const auto expect = [&](const std::vector<const char*>& names, bool covered, bool touched) {
      for (const char* name : names) {
        EXPECT_EQ(pattern.covers(identifier(name)), covered) << one.pattern << " covers " << name;
        EXPECT_EQ(pattern.touches(identifier(name)), touched) << one.pattern << " touches " << name;
      }
    };
    expect(one.covered, true, true);
    expect(one.touched, false, true);
    expect(one.untouched, false, false);
  }
}

TEST(NamePattern, IsWrittenAsItIsRead) {
  for (const char* text : {"corp.test", "*.corp.test", "**.corp.test", "**", "corp", "xn--bcher-kva.test"}) {
    EXPECT_EQ(NamePattern::parse(text)->text(), text);
  }
  EXPECT_EQ(NamePattern::parse("*.Corp.TEST")->text(), "*.corp.test");
}

TEST(NamePattern, HasStarsOnlyInFrontAndANameBehind) {
  for (const char* text : {"",
                           "*",
                           "*.",
                           "**.",
                           "***",
                           "***.corp.test",
                           "**corp.test",
                           "*corp.test",
                           "w*.corp.test",
                           "a.*.test",
                           "a.**.test",
                           "*.*.test",
                           "**.*.test",
                           "*.**.test",
                           "corp.test.",
                           ".corp.test",
                           "**..test",
                           "corp test",
                           "xn--a.test",
                           "192.0.2.1",
                           "b\xc3\xbc"
                           "cher.test"}) {
    const auto parsed = NamePattern::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().kind, base::ErrorKind::malformed);
  }
}

TEST(NamePattern, OneOfSeveralIsEnough) {
  const auto several = parse_patterns({"corp.test", "**.Corp.test"}).value();
  ASSERT_EQ(several.size(), 2u);
  EXPECT_EQ(several[1].text(), "**.corp.test");
  EXPECT_TRUE(is_covered(several, identifier("corp.test")));
  EXPECT_TRUE(is_covered(several, identifier("a.b.corp.test")));
  EXPECT_FALSE(is_covered(several, identifier("other.test")));
  EXPECT_FALSE(is_covered({}, identifier("corp.test")));
  const auto refused = parse_patterns({"corp.test", "*corp.test"});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("\"*corp.test\""), std::string::npos);
}

}  // namespace
}  // namespace acmecore
