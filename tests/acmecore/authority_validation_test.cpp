#include <boost/asio/co_spawn.hpp>
#include <optional>

#include "tests/acmecore/authority_fixture.h"

namespace acmecore {
namespace {

using base::Error;
using base::ErrorKind;
using std::chrono::milliseconds;

TEST(Observation, IsASentence) {
  Observation observation{};
  observation.name = base::Name::parse("_acme-challenge.corp.test").value();
  observation.type = "TXT";
  observation.result = "NXDOMAIN";
  observation.path = {observation.name};
  EXPECT_EQ(sentence(observation), "asked for _acme-challenge.corp.test. TXT, got NXDOMAIN");
  observation.result = "NOERROR";
  observation.path.push_back(base::Name::parse("7f3k.acme.test").value());
  observation.values = {"\"x\"", "\"y\""};
  observation.security = "insecure";
  observation.server = "192.0.2.1#53 (acme.test.)";
  EXPECT_EQ(sentence(observation),
            "asked 192.0.2.1#53 (acme.test.) for _acme-challenge.corp.test. TXT, got NOERROR \"x\" \"y\" at "
            "7f3k.acme.test. (insecure)");
}

class AuthorityValidationTest : public AuthorityTest {
 protected:
  AuthorityValidationTest()
      : account_(new_account()), id_(new_order(account_, {"*.corp.test"}).order.authorizations[0]) {}

  void publish() {
    validation_->publish("corp.test",
                         dns01_value(authorization(id_).challenges[0].token, account_.key_thumbprint));
  }
  Challenge challenge() { return authorization(id_).challenges[0]; }
  base::Task<base::Result<AuthorizationView>> respond_task(milliseconds patience = milliseconds(0)) {
    return authority_->respond(account_, id_, "dns-01", patience);
  }

  Account account_;
  std::string id_;
};

TEST_F(AuthorityValidationTest, AQuickValidationIsInTheAnswer) {
  publish();
  clock_.advance(std::chrono::hours(1));
  const AuthorizationView view = respond(account_, id_);
  EXPECT_EQ(view.status, AuthorizationStatus::valid);
  EXPECT_EQ(view.authorization.expires, clock_.now() + options_.authorization_lifetime);
  const Challenge& valid = view.authorization.challenges[0];
  EXPECT_EQ(valid.status, ChallengeStatus::valid);
  EXPECT_EQ(valid.validated, clock_.now());
  EXPECT_FALSE(valid.error);
  EXPECT_EQ(valid.evidence.size(), 1u);
  EXPECT_EQ(authorization(id_), view.authorization);
}

TEST_F(AuthorityValidationTest, ASlowOneGoesOnWhenTheAnswerHasGone) {
  publish();
  validation_->close();
  const AuthorizationView view = respond(account_, id_, milliseconds(1));
  EXPECT_EQ(view.status, AuthorizationStatus::pending);
  EXPECT_EQ(view.authorization.challenges[0].status, ChallengeStatus::processing);
  EXPECT_EQ(challenge().status, ChallengeStatus::processing);
  validation_->open();
  run_background();
  EXPECT_EQ(challenge().status, ChallengeStatus::valid);
}

TEST_F(AuthorityValidationTest, AFailureHasItsErrorAndItsEvidence) {
  validation_->publish("corp.test", "something else");
  const AuthorizationView view = respond(account_, id_);
  EXPECT_EQ(view.status, AuthorizationStatus::invalid);
  const Challenge& invalid = view.authorization.challenges[0];
  EXPECT_EQ(invalid.status, ChallengeStatus::invalid);
  EXPECT_EQ(invalid.validated, clock_.now());
  ASSERT_TRUE(invalid.error);
  EXPECT_EQ(invalid.error->kind, ErrorKind::unauthorized);
  EXPECT_EQ(invalid.error->detail, "asked for corp.test. TXT, got NOERROR \"something else\"");
  ASSERT_EQ(invalid.evidence.size(), 1u);
  EXPECT_EQ(invalid.evidence[0].values, (std::vector<std::string>{"\"something else\""}));
}

TEST_F(AuthorityValidationTest, ADnsErrorIsAFailureToo) {
  validation_->answer_with(Error{ErrorKind::dns, "SERVFAIL", {}});
  respond(account_, id_);
  EXPECT_EQ(challenge().error->kind, ErrorKind::dns);
  EXPECT_EQ(challenge().status, ChallengeStatus::invalid);
}

// T54
TEST_F(AuthorityValidationTest, ManyResponsesMakeOneValidation) {
  validation_->close();
  for (int i = 0; i < 16; ++i) {
    const auto view = run(respond_task()).value();
    EXPECT_EQ(view.authorization.challenges[0].status, ChallengeStatus::processing);
  }
  run_background();
  EXPECT_EQ(validation_->asked(), 1u);
  validation_->open();
  run_background();
  EXPECT_EQ(challenge().status, ChallengeStatus::invalid);
  run(respond_task()).value();
  run_background();
  EXPECT_EQ(validation_->asked(), 1u);
  EXPECT_EQ(challenge().status, ChallengeStatus::invalid);
}

// The outcome and the response at once: the second commit would fail.
TEST_F(AuthorityValidationTest, AQuickValidationIsRecordedWithItsResponse) {
  publish();
  store_.next_commits({std::nullopt, ErrorKind::unavailable});
  clock_.advance(std::chrono::hours(1));
  EXPECT_EQ(respond(account_, id_).status, AuthorizationStatus::valid);
  EXPECT_EQ(challenge().responded, clock_.now());
  EXPECT_EQ(challenge().thumbprint, account_.key_thumbprint);
}

TEST_F(AuthorityValidationTest, ASlowOneWhoseResponseCannotBeRecordedIsNoneThatTheClientHearsOf) {
  validation_->close();
  store_.next_commits({ErrorKind::unavailable});
  EXPECT_EQ(error_of(respond_task(milliseconds(1))), ErrorKind::unavailable);
  EXPECT_EQ(challenge().status, ChallengeStatus::pending);
  validation_->open();
  run_background();
  EXPECT_EQ(challenge().status, ChallengeStatus::invalid);
}

// Who responds again while the first look is under way hears what is durable.
TEST_F(AuthorityValidationTest, ASecondResponseDuringTheFirstLookIsRecorded) {
  publish();
  validation_->close();
  constexpr milliseconds kLong = std::chrono::hours(1);
  std::optional<base::Result<AuthorizationView>> first;
  boost::asio::co_spawn(*io_, respond_task(kLong),
                        [&](std::exception_ptr, base::Result<AuthorizationView> view) { first = view; });
  run_background();
  EXPECT_EQ(challenge().status, ChallengeStatus::pending);
  const auto second = run(respond_task(kLong)).value();
  EXPECT_EQ(second.authorization.challenges[0].status, ChallengeStatus::processing);
  EXPECT_EQ(challenge().status, ChallengeStatus::processing);
  validation_->open();
  run_background();
  ASSERT_TRUE(first && *first);
  EXPECT_EQ((**first).status, AuthorizationStatus::valid);
  EXPECT_EQ(challenge().status, ChallengeStatus::valid);
  EXPECT_EQ(validation_->asked(), 1u);
}

TEST_F(AuthorityValidationTest, AResponseThatMeetsAnotherTriesAgain) {
  publish();
  store_.next_commits({ErrorKind::conflict, std::nullopt, ErrorKind::conflict});
  EXPECT_EQ(respond(account_, id_).status, AuthorizationStatus::valid);
  EXPECT_EQ(validation_->asked(), 1u);
}

TEST_F(AuthorityValidationTest, AResponseThatWasNotRecordedStartsNothing) {
  memory_.set_full(true);
  EXPECT_EQ(error_of(respond_task()), ErrorKind::unavailable);
  run_background();
  EXPECT_EQ(validation_->asked(), 0u);
  EXPECT_EQ(challenge().status, ChallengeStatus::pending);
}

TEST_F(AuthorityValidationTest, OneAccountHasALimitedNumberUnderWay) {
  validation_->close();
  std::vector<std::string> waiting;
  for (size_t i = 0; i < kValidationsMax; ++i) {
    waiting.push_back(new_order(account_, {"www.corp.test"}).order.authorizations[0]);
    respond(account_, waiting.back(), milliseconds(0));
  }
  EXPECT_EQ(error_of(respond_task()), ErrorKind::rate_limited);
  EXPECT_EQ(challenge().status, ChallengeStatus::pending);
  EXPECT_EQ(run(authority_->respond(account_, waiting[0], "dns-01", {}))->authorization.challenges[0].status,
            ChallengeStatus::processing);  // what is under way already is no further one

  const Account other = new_account();
  respond(other, new_order(other, {"corp.test"}).order.authorizations[0], milliseconds(0));
  run_background();
  EXPECT_EQ(validation_->asked(), kValidationsMax + 1);
  validation_->open();
  run_background();
  respond(account_, id_);
  EXPECT_EQ(challenge().status, ChallengeStatus::invalid);
}

TEST_F(AuthorityValidationTest, ASweepTakesUpNoMoreOfOneAccountThanItsLimit) {
  validation_->answer_with(Error{ErrorKind::unavailable, "no resolver", {}});
  for (size_t i = 0; i < kValidationsMax + 1; ++i)
    respond(account_, new_order(account_, {"www.corp.test"}).order.authorizations[0]);
  const Account other = new_account();
  respond(other, new_order(other, {"corp.test"}).order.authorizations[0]);
  const size_t before = validation_->asked();
  clock_.advance(options_.retries.interval);
  validation_->answer_with(std::nullopt);
  validation_->close();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(run(authority_->sweep()), false);
    run_background();
    EXPECT_EQ(validation_->asked() - before, kValidationsMax + 1);
  }
  validation_->open();
  run_background();
  EXPECT_EQ(run(authority_->sweep()), false);
  run_background();
  EXPECT_EQ(validation_->asked() - before, kValidationsMax + 2);
  EXPECT_TRUE(run(records_.due_authorizations(clock_.now(), 10))->empty());
}

TEST_F(AuthorityValidationTest, OnlyAChallengeThatIsThereIsRespondedTo) {
  EXPECT_EQ(error_of(authority_->respond(account_, id_, "http-01", {})), ErrorKind::not_found);
}

TEST_F(AuthorityValidationTest, AnAuthorizationThatIsNoLongerPendingIsNotValidated) {
  const std::string other = new_order(account_, {"www.corp.test"}).order.authorizations[0];
  run(authority_->deactivate_authorization(account_, other)).value();
  EXPECT_EQ(error_of(authority_->respond(account_, other, "dns-01", {})), ErrorKind::malformed);
  clock_.advance(options_.order_lifetime);
  EXPECT_EQ(error_of(respond_task()), ErrorKind::malformed);
  run_background();
  EXPECT_EQ(validation_->asked(), 0u);
}

// RFC 8555 §8.1: the key that the account had when it responded.
TEST_F(AuthorityValidationTest, TheKeyAuthorizationIsBoundToTheKeyOfTheResponse) {
  publish();
  validation_->close();
  run(respond_task()).value();
  ASSERT_TRUE(run(authority_->change_key(account_, ClientKey().account_key()))->changed);
  validation_->open();
  run_background();
  EXPECT_EQ(challenge().status, ChallengeStatus::valid);
  EXPECT_EQ(challenge().thumbprint, account_.key_thumbprint);
}

// T53
TEST_F(AuthorityValidationTest, AnotherAccountsKeyAuthorizationIsNotEnough) {
  const Account other = new_account();
  validation_->publish("corp.test", dns01_value(challenge().token, other.key_thumbprint));
  EXPECT_EQ(respond(account_, id_).status, AuthorizationStatus::invalid);
}

TEST_F(AuthorityValidationTest, DeactivationWhileProcessingWins) {
  publish();
  validation_->close();
  run(respond_task()).value();
  run(authority_->deactivate_authorization(account_, id_)).value();
  validation_->open();
  run_background();
  const auto view = run(authority_->authorization(account_, id_)).value();
  EXPECT_EQ(view.status, AuthorizationStatus::deactivated);
}

TEST_F(AuthorityValidationTest, WhatWasDeactivatedWhileItWasProcessingIsNotWaitedFor) {
  validation_->close();
  run(respond_task()).value();
  run(authority_->deactivate_authorization(account_, id_)).value();
  EXPECT_EQ(error_of(respond_task()), ErrorKind::malformed);
}

// RFC 8555 §7.3.6.
TEST_F(AuthorityValidationTest, NothingIsLookedAtForAnAccountThatIsDeactivated) {
  validation_->close();
  run(respond_task()).value();
  run(authority_->deactivate_account(account_)).value();
  restart();
  publish();
  EXPECT_TRUE(run(authority_->sweep()));
  run_background();
  EXPECT_EQ(validation_->asked(), 0u);
  EXPECT_EQ(challenge().status, ChallengeStatus::invalid);
}

TEST_F(AuthorityValidationTest, AValidationThatEndsTooLateDoesNotBringTheAuthorizationBack) {
  publish();
  validation_->close();
  run(respond_task()).value();
  clock_.advance(options_.order_lifetime);
  validation_->open();
  run_background();
  EXPECT_EQ(run(authority_->authorization(account_, id_))->status, AuthorizationStatus::expired);
}

TEST_F(AuthorityValidationTest, OurOwnTroubleDecidesNothingAndIsTriedAgain) {
  publish();
  validation_->answer_with(Error{ErrorKind::unavailable, "no resolver", {}});
  respond(account_, id_);
  EXPECT_EQ(challenge().status, ChallengeStatus::processing);
  EXPECT_FALSE(challenge().error);
  validation_->answer_with(std::nullopt);
  EXPECT_TRUE(run(authority_->sweep()));
  run_background();
  EXPECT_EQ(validation_->asked(), 1u);
  clock_.advance(options_.retries.interval);
  EXPECT_TRUE(run(authority_->sweep()));
  run_background();
  EXPECT_EQ(challenge().status, ChallengeStatus::valid);
}

TEST_F(AuthorityValidationTest, AResultThatCouldNotBeRecordedIsFoundAgain) {
  publish();
  store_.next_commits({ErrorKind::unavailable});
  respond(account_, id_);
  EXPECT_EQ(challenge().status, ChallengeStatus::processing);
  EXPECT_TRUE(run(authority_->sweep()));
  run_background();
  EXPECT_EQ(challenge().status, ChallengeStatus::valid);
  EXPECT_EQ(validation_->asked(), 2u);
}

TEST_F(AuthorityValidationTest, WhatWasProcessingIsTakenUpAfterARestart) {
  validation_->close();
  run(respond_task()).value();
  restart();
  publish();
  run_background();
  EXPECT_EQ(challenge().status, ChallengeStatus::processing);
  EXPECT_TRUE(run(authority_->sweep()));
  run_background();
  EXPECT_EQ(challenge().status, ChallengeStatus::valid);
}

TEST_F(AuthorityValidationTest, ASweepLeavesAloneWhatIsInHand) {
  validation_->close();
  run(respond_task()).value();
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(run(authority_->sweep()));
    run_background();
  }
  EXPECT_EQ(validation_->asked(), 1u);
}

TEST_F(AuthorityValidationTest, ASweepSettlesWhatExpiredWhileItWasProcessing) {
  validation_->close();
  run(respond_task()).value();
  clock_.advance(options_.order_lifetime);
  restart();
  EXPECT_TRUE(run(authority_->sweep()));
  run_background();
  EXPECT_EQ(validation_->asked(), 0u);
  EXPECT_EQ(challenge().status, ChallengeStatus::invalid);
  EXPECT_EQ(run(authority_->authorization(account_, id_))->status,
            AuthorizationStatus::expired);  // as it was before
  EXPECT_TRUE(run(records_.due_authorizations(clock_.now(), 10))->empty());
}

}  // namespace
}  // namespace acmecore
