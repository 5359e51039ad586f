#include "validator/caa.h"

#include <gmock/gmock.h>

namespace validator {
namespace {

using base::Bytes;

Caa caa(std::string tag, std::string value, bool critical = false) {
  return {critical, std::move(tag), std::move(value)};
}

TEST(CaaRecord, IsReadFromItsRdata) {
  EXPECT_EQ(parse_caa(Bytes("\x80\5ISSUEca.test", 14)).value(), caa("issue", "ca.test", true));
  EXPECT_EQ(parse_caa(Bytes("\0\5issue", 7)).value(), caa("issue", ""));
  for (const Bytes& bad :
       {Bytes(), Bytes("\0", 1), Bytes("\0\0", 2), Bytes("\0\6issue", 7), Bytes("\0\2a-", 4)})
    EXPECT_FALSE(parse_caa(bad)) << bad.size();
}

TEST(CaaIssuerOf, HasADomainAndParameters) {
  const CaaIssuer issuer =
      parse_caa_issuer(" CA.test ; AccountURI = https://ca.test/1 ;validationmethods=dns-01,x;bad");
  EXPECT_EQ(issuer.domain, "ca.test");
  EXPECT_EQ(issuer.parameter("accounturi"), "https://ca.test/1");
  EXPECT_EQ(issuer.parameter("validationmethods"), "dns-01,x");
  EXPECT_EQ(issuer.parameter("other"), "");
  EXPECT_EQ(parse_caa_issuer(";").domain, "");
}

TEST(Caa, PermitsThoseThatItNames) {
  EXPECT_TRUE(permits({}, {.issuer = "ca.test"}));
  EXPECT_TRUE(permits({caa("issue", "other.test"), caa("issue", "CA.test")}, {.issuer = "ca.test"}));
  EXPECT_FALSE(permits({caa("issue", "other.test")}, {.issuer = "ca.test"}));
  EXPECT_FALSE(permits({caa("issue", ";")}, {.issuer = "ca.test"}));
  EXPECT_FALSE(permits({caa("issue", ";")}, {.issuer = ""}));
  EXPECT_TRUE(permits({caa("iodef", "mailto:a@b.test")}, {.issuer = "ca.test"}));
}

TEST(Caa, IssuewildOutranksIssueForAWildcard) {
  const std::vector<Caa> relevant{caa("issue", "other.test"), caa("issuewild", "ca.test")};
  EXPECT_TRUE(permits(relevant, {.issuer = "ca.test", .wildcard = true}));
  EXPECT_FALSE(permits(relevant, {.issuer = "ca.test"}));
  EXPECT_TRUE(permits({caa("issue", "ca.test")}, {.issuer = "ca.test", .wildcard = true}));
  EXPECT_TRUE(permits({caa("issuewild", ";")}, {.issuer = "ca.test"}));
}

TEST(Caa, TellsThePropertiesThatDecide) {
  const auto wild = caa("issuewild", "ca.test; accounturi=b");
  const auto plain = caa("issue", "ca.test; accounturi=a");
  const std::vector<Caa> relevant{caa("issue", "other.test"), plain, wild};
  EXPECT_EQ(properties_for(relevant, {.issuer = "ca.test"}), std::vector{plain});
  EXPECT_EQ(properties_for(relevant, {.issuer = "ca.test", .wildcard = true}), std::vector{wild});
  EXPECT_EQ(properties_for({plain}, {.issuer = "ca.test", .wildcard = true}), std::vector{plain});
  EXPECT_TRUE(properties_for(relevant, {.issuer = "ca"}).empty());
}

TEST(Caa, IsWrittenAsInAZoneFile) {
  EXPECT_EQ(caa_presentation(caa("issue", "ca.test; accounturi=a")), "0 issue \"ca.test; accounturi=a\"");
  EXPECT_EQ(caa_presentation(caa("future", "a\"b", true)), "128 future \"a\\\"b\"");
}

TEST(Caa, HeedsTheMethodAndWhatIsCritical) {
  EXPECT_TRUE(permits({caa("issue", "ca.test; validationmethods=http-01, dns-01")}, {.issuer = "ca.test"}));
  EXPECT_FALSE(permits({caa("issue", "ca.test; validationmethods=http-01")}, {.issuer = "ca.test"}));
  EXPECT_FALSE(permits({caa("issue", "ca.test"), caa("future", "x", true)}, {.issuer = "ca.test"}));
  EXPECT_TRUE(permits({caa("issue", "ca.test"), caa("future", "x")}, {.issuer = "ca.test"}));
}

}  // namespace
}  // namespace validator
