#include "acmecore/audit_event.h"

#include <gmock/gmock.h>

namespace acmecore {
namespace {

using base::ErrorKind;
using base::Time;
using testing::ElementsAre;

const Time kNow = base::parse_rfc3339("2026-11-23T04:30:00.123Z").value();

// Every field is set.
AuditEvent event() {
  AuditEvent made;
  made.kind = audit_kind::kOrderRefused;
  made.time = kNow;
  made.actor = {"admin", "account-1", "192.0.2.1"};
  made.account = "account-1";
  made.order = "order-1";
  made.authorizations = {"authorization-1", "authorization-2"};
  made.identifiers = {"corp.test", "*.corp.test"};
  made.serial = Serial{"\x01\x02"};
  made.problem = "rejectedIdentifier";
  made.reason = "it is not allowed";
  made.evidence = {"primary: asked", "corp.test: no"};
  made.count = 7;
  made.last = kNow + std::chrono::seconds(3);
  made.add("profile", "weekly");
  made.add("empty", "");
  return made;
}

TEST(AuditEvent, IsReadBackAsItWasWritten) {
  AuditEvent least;
  least.kind = audit_kind::kServerStarted;
  least.time = kNow;
  for (const AuditEvent& made : {event(), least})
    EXPECT_EQ(decode_audit_event(encode(made)), made);
}

TEST(AuditEvent, IsReadAlsoOfAKindThatIsNotKnownHere) {
  AuditEvent newer = event();
  newer.kind = "moon.risen";
  EXPECT_EQ(decode_audit_event(encode(newer))->kind, "moon.risen");
}

TEST(AuditEvent, WhatIsNoneIsRefused) {
  EXPECT_EQ(decode_audit_event("\xff rubbish").error().kind, ErrorKind::internal);
  EXPECT_EQ(decode_audit_event("").error().kind, ErrorKind::internal);  // no kind
}

TEST(AuditEvent, HasDetailsByName) {
  EXPECT_EQ(event().detail("profile"), "weekly");
  EXPECT_EQ(event().detail("color"), "");
}

TEST(AuditEvent, OfAnOrderTellsItsNamesAndWhatIsToBeSigned) {
  Order order;
  order.id = "order-1";
  order.account = "account-1";
  order.identifiers = {{"corp.test", false}, {"corp.test", true}};
  order.authorizations = {"authorization-1"};
  order.profile = "weekly";
  AuditEvent made = audit_event(audit_kind::kOrderCreated, order, {}, kNow);
  EXPECT_THAT(made.identifiers, ElementsAre("corp.test", "*.corp.test"));
  EXPECT_EQ(made.detail("profile"), "weekly");
  EXPECT_EQ(made.serial, std::nullopt);
  order.intent = Intent{{"\x01\x02"}, "\xab\xcd", "spki", kNow};
  made = audit_event(audit_kind::kOrderFinalized, order, {}, kNow);
  EXPECT_EQ(made.serial, (Serial{"\x01\x02"}));
  EXPECT_EQ(made.detail("csr_sha256"), "abcd");
  EXPECT_EQ(made.detail("key_sha256").size(), 64u);
}

TEST(AuditEvent, OfAValidationTellsWhatWasSeenAndByWhichRules) {
  Authorization authorization;
  authorization.id = "authorization-1";
  authorization.account = "account-1";
  authorization.identifier = {"corp.test", true};
  Challenge challenge;
  challenge.type = kDns01;
  challenge.status = ChallengeStatus::valid;
  Observation observation{};
  observation.perspective = "primary";
  observation.name = base::Name::parse("_acme-challenge.corp.test").value();
  observation.type = "TXT";
  observation.result = "NOERROR";
  const AuditEvent met = validation_event(authorization, challenge, {observation}, kNow);
  EXPECT_EQ(met.kind, audit_kind::kChallengeValidated);
  EXPECT_THAT(met.identifiers, ElementsAre("*.corp.test"));
  EXPECT_THAT(met.evidence, ElementsAre("primary: asked for _acme-challenge.corp.test. TXT, got NOERROR"));
  EXPECT_EQ(met.detail("br_method"), "3.2.2.4.7");
  EXPECT_EQ(met.detail("requirements"), kRequirements);
  challenge.status = ChallengeStatus::invalid;
  challenge.error = base::Error{ErrorKind::dns, "no answer", {{ErrorKind::dns, "at first", "corp.test"}}};
  const AuditEvent failed = validation_event(authorization, challenge, {observation, observation}, kNow);
  EXPECT_EQ(failed.kind, audit_kind::kChallengeFailed);
  EXPECT_EQ(failed.problem, "dns");
  EXPECT_EQ(failed.reason, "no answer");
  EXPECT_EQ(failed.evidence.size(), 2u);
}

TEST(AuditEvent, OfARefusalHasASentenceForEachName) {
  AuditEvent made;
  set_problem(made,
              {ErrorKind::rejected_identifier, "two names", {{ErrorKind::rejected_identifier, "no", "a"}}});
  EXPECT_EQ(made.problem, "rejectedIdentifier");
  EXPECT_EQ(made.reason, "two names");
  EXPECT_THAT(made.evidence, ElementsAre("a: no"));
}

}  // namespace
}  // namespace acmecore
