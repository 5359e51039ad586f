#include "validator/doctor/parent.h"

#include <gmock/gmock.h>

#include "tests/validator/doctor/seen.h"

namespace validator::doctor {
namespace {

using support::name;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Kind = Pointer::Kind;

constexpr const char* kChallenge = "_acme-challenge.www.corp.test";
constexpr const char* kSibling = "x.www.corp.test";
constexpr const char* kTarget = "7f3k.acme.test";

ParentServer says(Reply txt, Reply cname) {
  return {server("ns1.corp.test", "192.0.2.1"), soa_of("corp.test"), std::move(txt), std::move(cname),
          nxdomain(kSibling, kCname, "corp.test")};
}

ParentServer says_nothing() {
  return says(nxdomain(kChallenge, kTxt, "corp.test"), nxdomain(kChallenge, kCname, "corp.test"));
}
ParentServer says_alias(std::string_view target = kTarget) {
  return says(cname_of(kChallenge, target), cname_of(kChallenge, target));
}
ParentServer says_delegation() {
  return says(referral(kChallenge, {"ns1.acme.test"}), referral(kChallenge, {"ns1.acme.test"}));
}

ParentSeen seen_of(std::vector<ParentServer> servers) {
  ParentSeen seen;
  seen.challenge = name(kChallenge);
  seen.zone.apex = name("corp.test");
  seen.servers = std::move(servers);
  seen.host = Host{name("acme.test"), name("ns1.acme.test")};
  return seen;
}

struct PointerCase {
  const char* what;
  ParentServer server;
  Kind kind;
};

TEST(PointerOf, IsWhatTheServerSaysStandsThere) {
  const PointerCase cases[] = {
      {"nothing", says_nothing(), Kind::nothing},
      {"other data", says(nodata(kChallenge, kTxt, "corp.test"), nodata(kChallenge, kCname, "corp.test")),
       Kind::nothing},
      {"CNAME", says_alias(), Kind::alias},
      {"NS", says_delegation(), Kind::delegation},
      {"the child on the same server",
       says(txt_of(kChallenge, {"v"}), nodata(kChallenge, kCname, kChallenge)), Kind::delegation},
      {"TXT", says(txt_of(kChallenge, {"v"}), nodata(kChallenge, kCname, "corp.test")), Kind::text},
      {"both", says(txt_of(kChallenge, {"v"}), cname_of(kChallenge, kTarget)), Kind::alias_beside_text},
      {"REFUSED", says(refused(kChallenge, kTxt), refused(kChallenge, kCname)), Kind::unclear},
      {"silence", says(silent(), silent()), Kind::unclear},
      {"a referral of the parent itself",
       says(referral("corp.test", {"ns.test"}), referral("corp.test", {"ns.test"})), Kind::nothing},
  };
  for (const PointerCase& c : cases)
    EXPECT_EQ(pointer_of(c.server, name(kChallenge), name("corp.test")).kind, c.kind) << c.what;
}

TEST(PointerOf, KnowsTheTargetAndTheServers) {
  EXPECT_EQ(pointer_of(says_alias(), name(kChallenge), name("corp.test")).target, name(kTarget));
  const auto cut = pointer_of(says_delegation(), name(kChallenge), name("corp.test"));
  EXPECT_EQ(cut.cut, name(kChallenge));
  EXPECT_EQ(cut.servers, std::vector{name("ns1.acme.test")});
}

TEST(CheckParent, IsContentWithADelegationOfEitherKind) {
  auto by_cname = seen_of({says_alias()});
  by_cname.own_zone = name("acme.test");
  by_cname.walk = lookup(kChallenge, Outcome::nxdomain, {kTarget});
  auto by_ns = seen_of({says_delegation()});
  by_ns.own_zone = name(kChallenge);
  by_ns.walk = lookup(kChallenge, Outcome::nodata);
  for (const auto& seen : {by_cname, by_ns}) {
    for (const Finding& finding : check_parent(seen))
      EXPECT_EQ(finding.grade, Grade::ok) << finding.id << ": " << finding.sentence;
  }
}

TEST(CheckParent, SaysWhichRecordsToAskForBeforeAnythingIsSetUp) {
  const auto found = finding(check_parent(seen_of({says_nothing()})), "parent.pointer");
  EXPECT_EQ(found.grade, Grade::fail);
  EXPECT_THAT(found.sentence, HasSubstr("Ask the DNS team of corp.test."));
  ASSERT_THAT(found.remedies, SizeIs(2));
  EXPECT_EQ(found.remedies[0].zone, name("corp.test"));
  EXPECT_EQ(found.remedies[0].add,
            (std::vector<WantedRecord>{{name(kChallenge), "CNAME", "www.corp.test.acme.test."}}));
  EXPECT_EQ(found.remedies[1].add, (std::vector<WantedRecord>{{name(kChallenge), "NS", "ns1.acme.test."}}));
  EXPECT_THAT(found.remedies[1].title, HasSubstr("assay zone create _acme-challenge.www.corp.test."));

  auto without_zone = seen_of({says_nothing()});
  without_zone.host.reset();
  EXPECT_THAT(finding(check_parent(without_zone), "parent.pointer").sentence, HasSubstr("assay zone create"));
}

TEST(CheckParent, FailsCnameBesideTxtAndTxtAlone) {
  const auto beside =
      finding(check_parent(seen_of({says(txt_of(kChallenge, {"old"}), cname_of(kChallenge, kTarget))})),
              "parent.pointer");
  EXPECT_EQ(beside.grade, Grade::fail);
  ASSERT_THAT(beside.remedies, SizeIs(1));
  EXPECT_EQ(beside.remedies[0].remove, (std::vector<WantedRecord>{{name(kChallenge), "TXT", "\"old\"", 60}}));
  EXPECT_THAT(beside.remedies[0].add, IsEmpty());

  const auto alone = finding(
      check_parent(seen_of({says(txt_of(kChallenge, {"old"}), nodata(kChallenge, kCname, "corp.test"))})),
      "parent.pointer");
  EXPECT_EQ(alone.grade, Grade::fail);
  EXPECT_THAT(alone.remedies.at(0).remove, SizeIs(1));
}

TEST(CheckParent, WarnsOfAWildcardThatShadowsTheName) {
  auto shadowed = says_alias();
  shadowed.sibling = cname_of(kSibling, kTarget);
  EXPECT_EQ(finding(check_parent(seen_of({shadowed})), "parent.pointer").grade, Grade::warn);
  shadowed.sibling = cname_of(kSibling, "other.acme.test");
  EXPECT_EQ(finding(check_parent(seen_of({shadowed})), "parent.pointer").grade, Grade::ok);
}

TEST(CheckParent, FailsAServerThatRefusesOrIsSilent) {
  auto refusing = says(refused(kChallenge, kTxt), refused(kChallenge, kCname));
  refusing.at = server("ns2.corp.test", "192.0.2.2");
  refusing.soa = refused("corp.test", kSoa);
  const auto found = finding(check_parent(seen_of({says_alias(), refusing})), "parent.servers");
  EXPECT_EQ(found.grade, Grade::fail);
  EXPECT_THAT(found.sentence, HasSubstr("ns2.corp.test. (192.0.2.2:53): REFUSED"));
  refusing.soa = silent();
  EXPECT_THAT(finding(check_parent(seen_of({refusing})), "parent.servers").sentence,
              HasSubstr("no answer within 2 s"));
  EXPECT_EQ(finding(check_parent(seen_of({refusing})), "parent.pointer").grade, Grade::skipped);
  EXPECT_EQ(finding(check_parent(seen_of({})), "parent.servers").grade, Grade::fail);
}

TEST(CheckParent, FailsServersThatDiffer) {
  auto stale = says_nothing();
  stale.at = server("ns2.corp.test", "192.0.2.2");
  const auto found = finding(check_parent(seen_of({says_alias(), stale})), "parent.agreement");
  EXPECT_EQ(found.grade, Grade::fail);
  EXPECT_THAT(found.sentence, HasSubstr("nothing at ns2.corp.test. (192.0.2.2:53)"));
}

TEST(CheckParent, FailsWhatLeadsToNoZoneOfOurs) {
  auto dangling = seen_of({says_alias("gone.acme.example")});
  dangling.walk = lookup(kChallenge, Outcome::nxdomain, {"gone.acme.example"});
  const auto alias = finding(check_parent(dangling), "parent.target");
  EXPECT_EQ(alias.grade, Grade::fail);
  EXPECT_THAT(alias.sentence, HasSubstr("gone.acme.example., which is in no zone of this server"));
  EXPECT_EQ(alias.remedies.at(0).remove.at(0).rdata, "gone.acme.example.");

  const auto cut = finding(check_parent(seen_of({says_delegation()})), "parent.target");
  EXPECT_EQ(cut.grade, Grade::fail);
  EXPECT_THAT(cut.sentence, HasSubstr("assay zone create"));
}

TEST(CheckParent, FailsAPathThatAResolverDoesNotGetOver) {
  auto seen = seen_of({says_delegation()});
  seen.walk = lookup(kChallenge, Outcome::servfail);
  seen.walk->why = "all servers failed";
  const auto found = finding(check_parent(seen), "parent.path");
  EXPECT_EQ(found.grade, Grade::fail);
  EXPECT_THAT(found.sentence, HasSubstr("all servers failed"));
  seen.walk = lookup(kChallenge, Outcome::nodata,
                     {"1.test", "2.test", "3.test", "4.test", "5.test", "6.test", "7.test", "8.test"});
  EXPECT_EQ(finding(check_parent(seen), "parent.path").grade, Grade::ok);
  seen.walk->path.push_back(name("9.test"));
  EXPECT_EQ(finding(check_parent(seen), "parent.path").grade, Grade::fail);
}

TEST(CheckParent, NeedsNoDelegationInAZoneOfOurs) {
  auto seen = seen_of({says_nothing()});
  seen.own_parent = true;
  seen.own_zone = name("corp.test");
  EXPECT_EQ(finding(check_parent(seen), "parent.pointer").grade, Grade::ok);
  EXPECT_EQ(finding(check_parent(seen), "parent.target").grade, Grade::ok);
}

}  // namespace
}  // namespace validator::doctor
