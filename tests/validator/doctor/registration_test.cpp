#include "validator/doctor/registration.h"

#include <gmock/gmock.h>

#include "tests/validator/doctor/seen.h"
#include "validator/doctor/credential.h"

namespace validator::doctor {
namespace {

using support::name;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr base::Time kNow{std::chrono::seconds(1'790'000'000)};
constexpr const char* kChallenge = "_acme-challenge.www.corp.test";
constexpr const char* kTarget = "7f3k.acme.test";

// A CNAME that leads into acme.test, a zone of ours.
ParentSeen by_cname() {
  ParentSeen parent;
  parent.challenge = name(kChallenge);
  parent.zone.apex = name("corp.test");
  parent.servers.push_back({server("ns1.corp.test", "192.0.2.1"), soa_of("corp.test"),
                            reply(answer_to(kChallenge, kTxt).cname(kChallenge, kTarget)),
                            cname_of(kChallenge, kTarget), nxdomain("x.www.corp.test", kCname, "corp.test")});
  parent.own_zone = name("acme.test");
  parent.host = Host{name("acme.test"), name("ns1.acme.test")};
  return parent;
}

ParentSeen without_pointer() {
  auto parent = by_cname();
  parent.servers[0].txt = nxdomain(kChallenge, kTxt, "corp.test");
  parent.servers[0].cname = nxdomain(kChallenge, kCname, "corp.test");
  return parent;
}

// "c1" is registered for the target, and it is an operator that asks.
CredentialSeen registered() {
  Registration registration;
  registration.id = "c1";
  registration.may_write = true;
  registration.names = {name(kTarget)};
  CredentialSeen seen;
  seen.owner = name(kTarget);
  seen.id = "lab";
  seen.holders = Holders{{registration}, true, true};
  seen.now = kNow;
  return seen;
}

// The same, and "c2" is looked at, which has another name.
CredentialSeen registered_elsewhere() {
  auto seen = registered();
  seen.id = "c2";
  seen.registration = Registration{.id = "c2", .names = {name("other.acme.test")}, .may_write = false};
  return seen;
}

Finding check(const ParentSeen& parent, const CredentialSeen& seen) {
  const auto findings = check_registration(parent, seen);
  EXPECT_THAT(findings, SizeIs(1));
  return finding(findings, "parent.registration");
}

TEST(CheckRegistration, IsContentWithALiveOne) {
  const auto found = check(by_cname(), registered());
  EXPECT_EQ(found.grade, Grade::ok);
  EXPECT_THAT(found.sentence, HasSubstr("7f3k.acme.test. is registered for c1"));
}

TEST(CheckRegistration, FailsOneThatEndedWithTheCure) {
  auto seen = registered();
  seen.holders->value().registrations[0].expires = kNow + std::chrono::seconds(1);
  EXPECT_EQ(check(by_cname(), seen).grade, Grade::ok);
  seen.holders->value().registrations[0].expires = kNow;
  EXPECT_EQ(check(by_cname(), seen).grade, Grade::fail);
  EXPECT_THAT(check(by_cname(), seen).sentence, HasSubstr("assay credential update c1 --expires TIME"));
  seen.holders->value().registrations[0].disabled = true;
  EXPECT_THAT(check(by_cname(), seen).sentence, HasSubstr("assay credential update c1 --enable"));
  // One that is alive is enough.
  seen.holders->value().registrations.push_back({.id = "c3", .may_write = true});
  EXPECT_EQ(check(by_cname(), seen).grade, Grade::ok);
}

TEST(CheckRegistration, FailsAPointerToADeletedOneAndTakesItAway) {
  auto seen = registered();
  seen.holders = Holders{{}, true, true};
  const auto found = check(by_cname(), seen);
  EXPECT_EQ(found.grade, Grade::fail);
  EXPECT_THAT(found.sentence, AllOf(HasSubstr("dangles"), HasSubstr("deleted")));
  ASSERT_THAT(found.remedies, SizeIs(2));
  const WantedRecord dangling{name(kChallenge), "CNAME", "7f3k.acme.test.", 60};
  EXPECT_THAT(found.remedies[0].remove, testing::ElementsAre(dangling));
}

TEST(CheckRegistration, WarnsOfANameThatSomebodyMayRegister) {
  auto seen = registered();
  seen.holders = Holders{{}, false, true};
  EXPECT_EQ(check(by_cname(), seen).grade, Grade::warn);
  EXPECT_THAT(check(by_cname(), seen).sentence, HasSubstr("assay credential create --name 7f3k.acme.test."));
  // Where names are handed out to nobody, those of the configuration are enough.
  seen.holders = Holders{{}, false, false};
  EXPECT_EQ(check(by_cname(), seen).grade, Grade::ok);
}

TEST(CheckRegistration, FailsAPointerToSomebodyElsesAndLeadsToTheOwn) {
  auto parent = by_cname();
  parent.registered = name("other.acme.test");
  auto seen = registered_elsewhere();
  const auto found = check(parent, seen);
  EXPECT_EQ(found.grade, Grade::fail);
  EXPECT_THAT(found.sentence, HasSubstr("where c1 may publish, and the credential c2 may not"));
  ASSERT_THAT(found.remedies, SizeIs(1));
  const WantedRecord wanted{name(kChallenge), "CNAME", "other.acme.test."};
  EXPECT_THAT(found.remedies[0].add, testing::ElementsAre(wanted));
  // A tenant is not told of others.
  seen.tells_ids = false;
  EXPECT_THAT(check(parent, seen).sentence, AllOf(Not(HasSubstr("c1")), HasSubstr("somebody else's")));
}

TEST(CheckRegistration, WarnsOfARegisteredNameThatNothingLeadsTo) {
  auto parent = without_pointer();
  parent.registered = name("other.acme.test");
  const auto found = check(parent, registered_elsewhere());
  EXPECT_EQ(found.grade, Grade::warn);
  EXPECT_THAT(found.sentence, AllOf(HasSubstr("other.acme.test."), HasSubstr("orphan")));
  ASSERT_THAT(found.remedies, SizeIs(1));
  EXPECT_EQ(found.remedies[0].add[0].rdata, "other.acme.test.");
  EXPECT_EQ(check(without_pointer(), registered()).grade, Grade::skipped);
}

TEST(CheckRegistration, IsSkippedWhereNoZoneOfOursIsMeant) {
  auto parent = by_cname();
  parent.own_zone.reset();
  EXPECT_EQ(check(parent, registered()).grade, Grade::skipped);
  auto seen = registered();
  seen.holders = base::fail(base::ErrorKind::unavailable, "the store is closed");
  EXPECT_THAT(check(by_cname(), seen).sentence, HasSubstr("the store is closed"));
}

}  // namespace
}  // namespace validator::doctor
