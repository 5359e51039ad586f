#include "validator/doctor/caa_policy.h"

#include <gmock/gmock.h>

#include "tests/validator/doctor/seen.h"

namespace validator::doctor {
namespace {

using base::Bytes;
using support::name;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

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
  for (const char* owner : {"www.corp.test", "corp.test"})
    seen.at_zone.push_back(
        {server("ns1.corp.test", "192.0.2.1"), name(owner), nodata(owner, kCaa, "corp.test")});
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
      EXPECT_EQ(finding.grade, finding.id == "caa.account" ? Grade::warn : Grade::ok)
          << finding.id << ": " << finding.sentence;
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
  notimp.at_zone[1].reply = reply(answer_to("corp.test", kCaa).rcode(kNotimp));
  EXPECT_THAT(finding(check_caa(notimp), "caa.climb").sentence,
              HasSubstr("corp.test. at ns1.corp.test. (192.0.2.1:53) got NOTIMP"));
}

TEST(CheckCaa, ComparesWithNobodyWhereNoCaIsKnown) {
  auto seen = seen_of({caa_at("corp.test", Bytes("\0\5issueca.test", 14))});
  seen.issuers.clear();
  EXPECT_EQ(finding(check_caa(seen), "caa.policy").grade, Grade::skipped);
}

// "0 issue VALUE"
Bytes issue(std::string_view value) { return Bytes("\0\5issue", 7) + Bytes(value); }

TEST(CheckCaa, LeavesTheOtherRecordsOfTheRRsetInPlace) {
  auto seen = seen_of({caa_at("corp.test", issue("other.test"))});
  const auto remedy = finding(check_caa(seen), "caa.policy").remedies.at(0);
  EXPECT_THAT(remedy.keep, ElementsAre(WantedRecord{name("corp.test"), "CAA", "0 issue \"other.test\""}));
  EXPECT_THAT(remedy.remove, IsEmpty());
}

TEST(CheckCaa, AddsNothingWhereThatDoesNotHelp) {
  auto seen = seen_of({caa_at("corp.test", Bytes("\x80\6futurex", 9))});
  EXPECT_EQ(finding(check_caa(seen), "caa.policy").grade, Grade::fail);
  EXPECT_THAT(finding(check_caa(seen), "caa.policy").remedies, IsEmpty());
}

TEST(CheckCaa, GivesTheNameItsOwnWhereTheCloserStandsInAZoneOfOthers) {
  auto seen = seen_of({lookup("www.corp.test", Outcome::nodata), caa_at("test", issue("other.test"))});
  const auto remedy = finding(check_caa(seen), "caa.policy").remedies.at(0);
  EXPECT_EQ(remedy.add.at(0).owner, name("www.corp.test"));
  EXPECT_THAT(remedy.keep, IsEmpty());
  // An alias holds no CAA of its own.
  seen.climb[0] = lookup("www.corp.test", Outcome::nodata, {"web.host.test"});
  EXPECT_THAT(finding(check_caa(seen), "caa.policy").remedies, IsEmpty());
}

TEST(CheckCaa, WarnsWhereEveryAccountMay) {
  constexpr const char* kAccount = "https://ca.test/account/1";
  auto seen = seen_of({caa_at("corp.test", issue("ca.test"))});
  const auto account = [&] { return finding(check_caa(seen), "caa.account"); };
  EXPECT_EQ(account().grade, Grade::warn);
  EXPECT_THAT(account().sentence, HasSubstr("--account"));
  EXPECT_THAT(account().remedies, IsEmpty());
  seen.account = kAccount;
  const WantedRecord wanted{
      name("corp.test"), "CAA",
      "0 issue \"ca.test; accounturi=https://ca.test/account/1; validationmethods=dns-01\""};
  EXPECT_THAT(account().remedies.at(0).add, ElementsAre(wanted));
  EXPECT_THAT(account().remedies.at(0).remove,
              ElementsAre(WantedRecord{name("corp.test"), "CAA", "0 issue \"ca.test\""}));

  seen.climb[0] = caa_at("corp.test", issue("ca.test; accounturi=https://ca.test/account/1"));
  EXPECT_EQ(account().grade, Grade::ok);
  seen.account = "https://ca.test/account/12";
  EXPECT_EQ(account().grade, Grade::fail);
  EXPECT_THAT(account().sentence, HasSubstr("and not https://ca.test/account/12"));
  seen.account.clear();
  EXPECT_EQ(account().grade, Grade::ok);
  // One that names an account helps little beside one that names none.
  seen.climb[0].rdata.push_back(issue("ca.test"));
  EXPECT_EQ(account().grade, Grade::warn);
}

TEST(CheckCaa, WarnsOfOpenAccountsWhereNoCaIsKnown) {
  auto seen = seen_of({lookup("corp.test", Outcome::nodata)});
  seen.issuers.clear();
  EXPECT_EQ(finding(check_caa(seen), "caa.account").grade, Grade::warn);
  seen.climb[0] = caa_at("corp.test", issue("ca.test; accounturi=https://ca.test/account/1"));
  EXPECT_EQ(finding(check_caa(seen), "caa.account").grade, Grade::ok);
}

TEST(CheckCaa, NamesNoAccountWhereTheCaMayNotIssueAtAll) {
  EXPECT_EQ(finding(check_caa(seen_of({caa_at("corp.test", issue("other.test"))})), "caa.account").grade,
            Grade::skipped);
}

}  // namespace
}  // namespace validator::doctor
