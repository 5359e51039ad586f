#include "acmecore/external_account_restriction.h"

#include <gtest/gtest.h>

#include "tests/acmecore/policy_fixture.h"

namespace acmecore {
namespace {

using base::ErrorKind;

// What the names of a restriction say of one identifier.
bool allows(const std::vector<std::string>& names, const std::string& name) {
  return is_allowed({patterns(names), {}}, identifier(name));
}

TEST(ExternalAccountRestriction, WithoutNamesAllowsAll) {
  EXPECT_TRUE(allows({}, "www.corp.test"));
  EXPECT_TRUE(allows({}, "*.corp.test"));
}

TEST(ExternalAccountRestriction, ANameAllowsItself) {
  EXPECT_TRUE(allows({"www.corp.test"}, "www.corp.test"));
  EXPECT_TRUE(allows({"www.corp.test"}, "WWW.corp.TEST"));
  for (const char* other :
       {"corp.test", "a.www.corp.test", "*.www.corp.test", "*.corp.test", "xwww.corp.test"})
    EXPECT_FALSE(allows({"www.corp.test"}, other)) << other;
}

TEST(ExternalAccountRestriction, AStarAllowsOneLabelMore) {
  EXPECT_TRUE(allows({"*.corp.test"}, "www.corp.test"));
  EXPECT_TRUE(allows({"*.corp.test"}, "*.corp.test"));
  for (const char* other :
       {"corp.test", "a.www.corp.test", "*.www.corp.test", "wwwcorp.test", "www.xcorp.test"})
    EXPECT_FALSE(allows({"*.corp.test"}, other)) << other;
}

TEST(ExternalAccountRestriction, TwoStarsAllowAllThatIsBelow) {
  for (const char* name : {"www.corp.test", "a.www.corp.test", "*.corp.test", "*.www.corp.test"})
    EXPECT_TRUE(allows({"**.corp.test"}, name)) << name;
  for (const char* other : {"corp.test", "xcorp.test", "corp.test.evil.test", "www.corp.test.evil"})
    EXPECT_FALSE(allows({"**.corp.test"}, other)) << other;
}

TEST(ExternalAccountRestriction, OneOfSeveralNamesIsEnough) {
  EXPECT_TRUE(allows({"corp.test", "**.corp.test"}, "corp.test"));
  EXPECT_TRUE(allows({"corp.test", "**.corp.test"}, "a.b.corp.test"));
  EXPECT_FALSE(allows({"corp.test", "**.corp.test"}, "other.test"));
}

TEST(ExternalAccountRestriction, TellsEachIdentifierThatIsNotAllowed) {
  const ExternalAccountRestriction restriction{patterns({"*.corp.test"}), {}};
  EXPECT_TRUE(check_allowed(restriction, "key-1", {{"a.corp.test", false}, {"corp.test", true}}));
  const auto one = check_allowed(restriction, "key-1", {{"a.corp.test", false}, {"corp.test", false}});
  EXPECT_EQ(one.error().kind, ErrorKind::rejected_identifier);
  ASSERT_EQ(one.error().suberrors.size(), 1u);
  EXPECT_EQ(one.error().suberrors[0].identifier, "corp.test");
  EXPECT_EQ(one.error().detail, one.error().suberrors[0].detail);
  EXPECT_NE(one.error().detail.find("key-1"), std::string::npos);
  const auto two = check_allowed(restriction, "key-1", {{"x.test", false}, {"x.test", true}});
  EXPECT_EQ(two.error().detail, "2 of the identifiers are refused");
  ASSERT_EQ(two.error().suberrors.size(), 2u);
  EXPECT_EQ(two.error().suberrors[1].identifier, "*.x.test");
  EXPECT_EQ(two.error().suberrors[1].kind, ErrorKind::rejected_identifier);
}

}  // namespace
}  // namespace acmecore
