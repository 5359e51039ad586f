#include "validator/doctor/caa_policy.h"

#include <gmock/gmock.h>

#include "tests/validator/doctor/seen.h"

namespace validator::doctor {
namespace {

using base::Bytes;
using support::name;
using testing::HasSubstr;

Lookup caa_at(std::string_view owner, const Bytes& rdata) {
  Lookup found = lookup(owner, Outcome::noerror);
  found.rdata.push_back(rdata);
  return found;
}

CaaSeen seen_of(std::vector<Lookup> climb) {
  CaaSeen seen;
  seen.identifier = name("www.corp.test");
  seen.zone = name("corp.test");
  seen.climb = std::move(climb);
  seen.at_zone.emplace_back(server("ns1.corp.test", "192.0.2.1"), nodata("www.corp.test", kCaa, "corp.test"));
  seen.issuers = {"ca.test"};
  return seen;
}

TEST(CheckCaa, IsContentWithNoneOrOneThatLetsTheCaIssue) {
  const auto none =
      check_caa(seen_of({lookup("www.corp.test", Outcome::nodata), lookup("test", Outcome::nxdomain)}));
  const auto ours = check_caa(seen_of(
      {lookup("www.corp.test", Outcome::nodata), caa_at("corp.test", Bytes("\0\5issueca.test", 14))}));
  for (const auto& findings : {none, ours}) {
    for (const Finding& finding : findings)
      EXPECT_EQ(finding.grade, Grade::ok) << finding.id << ": " << finding.sentence;
  }
}

TEST(CheckCaa, FailsWhereTheClosestLetsOnlyOthers) {
  const auto found = finding(check_caa(seen_of({caa_at("www.corp.test", Bytes("\0\5issueother.test", 17)),
                                                caa_at("corp.test", Bytes("\0\5issueca.test", 14))})),
                             "caa.policy");
  EXPECT_EQ(found.grade, Grade::fail);
  EXPECT_EQ(found.remedies.at(0).add.at(0),
            (WantedRecord{name("www.corp.test"), "CAA", "0 issue \"ca.test\""}));
}

TEST(CheckCaa, AsksForIssuewildWhereItIsAWildcard) {
  auto seen = seen_of({caa_at("corp.test", Bytes("\0\11issuewild;", 12))});
  EXPECT_EQ(finding(check_caa(seen), "caa.policy").grade, Grade::ok);
  seen.wildcard = true;
  EXPECT_THAT(finding(check_caa(seen), "caa.policy").remedies.at(0).add.at(0).rdata, HasSubstr("issuewild"));
}

TEST(CheckCaa, FailsALookUpThatGetsNoAnswer) {
  auto seen = seen_of({lookup("www.corp.test", Outcome::servfail)});
  seen.climb[0].why = "NODATA without SOA";
  EXPECT_THAT(finding(check_caa(seen), "caa.climb").sentence, HasSubstr("SERVFAIL (NODATA without SOA)"));
  EXPECT_EQ(finding(check_caa(seen), "caa.climb").grade, Grade::fail);
  EXPECT_EQ(finding(check_caa(seen), "caa.policy").grade, Grade::skipped);

  auto notimp = seen_of({lookup("www.corp.test", Outcome::nodata)});
  notimp.at_zone[0].second = reply(answer_to("www.corp.test", kCaa).rcode(kNotimp));
  EXPECT_THAT(finding(check_caa(notimp), "caa.climb").sentence, HasSubstr("NOTIMP"));
}

TEST(CheckCaa, ComparesWithNobodyWhereNoCaIsKnown) {
  auto seen = seen_of({caa_at("corp.test", Bytes("\0\5issueca.test", 14))});
  seen.issuers.clear();
  EXPECT_EQ(finding(check_caa(seen), "caa.policy").grade, Grade::skipped);
}

}  // namespace
}  // namespace validator::doctor
