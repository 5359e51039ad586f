#include "tests/acmecore/authority_fixture.h"

namespace acmecore {
namespace {

using base::ErrorKind;
using namespace std::chrono_literals;

class AuthorityRetriesTest : public AuthorityTest {
 protected:
  AuthorityRetriesTest() {
    options_.retries = {.total = 15s, .interval = 5s};
    restart();
    account_ = new_account();
    order_ = new_order(account_, {"corp.test"});
    id_ = order_.order.authorizations[0];
  }

  void publish() {
    validation_->publish("corp.test", dns01_value(challenge().token, account_.key_thumbprint));
  }
  Challenge challenge() { return authorization(id_).challenges[0]; }
  void sweep() {
    EXPECT_TRUE(run(authority_->sweep_authorizations()));
    run_background();
  }

  Account account_;
  OrderView order_;
  std::string id_;
};

TEST_F(AuthorityRetriesTest, AChallengeThatIsNotMetYetIsLookedAtAgain) {
  const AuthorizationView view = respond(account_, id_);
  EXPECT_EQ(view.status, AuthorizationStatus::pending);
  EXPECT_EQ(challenge().status, ChallengeStatus::processing);
  EXPECT_EQ(challenge().error->kind, ErrorKind::unauthorized);
  EXPECT_EQ(order(account_, order_.order.id).status, OrderStatus::pending);
  clock_.advance(5s - 1ms);
  sweep();
  EXPECT_EQ(validation_->asked(), 1u);
  publish();
  clock_.advance(1ms);
  sweep();
  EXPECT_EQ(challenge().status, ChallengeStatus::valid);
  EXPECT_FALSE(challenge().error);
  EXPECT_FALSE(challenge().next_look);
  EXPECT_EQ(challenge().evidence.size(), 2u);
  EXPECT_EQ(order(account_, order_.order.id).status, OrderStatus::ready);
}

TEST_F(AuthorityRetriesTest, ItIsLookedAtAgainBeforeAnyNumberOfRemovals) {
  std::vector<std::string> names;
  for (int i = 0; i < 100; ++i)
    names.push_back("n" + std::to_string(i) + ".corp.test");
  for (size_t i = 0; i < 3 * kSweepMax; i += names.size())
    new_order(account_, names);
  clock_.advance(options_.order_lifetime + kExpiredRetention);
  order_ = new_order(account_, {"corp.test"});
  id_ = order_.order.authorizations[0];
  respond(account_, id_);
  publish();
  clock_.advance(5s);
  EXPECT_EQ(run(authority_->sweep_authorizations()), true);
  run_background();
  EXPECT_EQ(challenge().status, ChallengeStatus::valid);
}

TEST_F(AuthorityRetriesTest, ItIsInvalidWhenTheTimeIsOverAndTellsEveryFailure) {
  respond(account_, id_);
  for (int look = 2; look <= 4; ++look) {
    EXPECT_EQ(challenge().status, ChallengeStatus::processing);
    clock_.advance(5s);
    sweep();
    EXPECT_EQ(validation_->asked(), size_t(look));
  }
  EXPECT_EQ(challenge().status, ChallengeStatus::invalid);
  EXPECT_EQ(challenge().error->suberrors.size(), 4u);
  EXPECT_EQ(order(account_, order_.order.id).status, OrderStatus::invalid);
  clock_.advance(5s);
  sweep();
  EXPECT_EQ(validation_->asked(), 4u);
}

TEST_F(AuthorityRetriesTest, AResponseWhileProcessingIsLookedAtAtOnce) {
  respond(account_, id_);
  publish();
  clock_.advance(kRequestedLookMin - 1ms);
  EXPECT_EQ(respond(account_, id_).status, AuthorizationStatus::pending);
  EXPECT_EQ(validation_->asked(), 1u);
  clock_.advance(1ms);
  EXPECT_EQ(respond(account_, id_).status, AuthorizationStatus::valid);
  EXPECT_EQ(validation_->asked(), 2u);
}

TEST_F(AuthorityRetriesTest, ALookThatIsAskedForDoesNotMakeTheTimeLonger) {
  respond(account_, id_);
  clock_.advance(11s);
  respond(account_, id_);
  EXPECT_EQ(challenge().status, ChallengeStatus::invalid);
}

TEST_F(AuthorityRetriesTest, ALookThatIsAskedForNeedsAPlaceToo) {
  respond(account_, id_);
  clock_.advance(1s);
  validation_->close();
  for (size_t i = 0; i < kValidationsMax; ++i)
    respond(account_, new_order(account_, {"www.corp.test"}).order.authorizations[0], 0ms);
  EXPECT_EQ(error_of(authority_->respond(account_, id_, "dns-01", 0ms)), ErrorKind::rate_limited);
}

TEST_F(AuthorityRetriesTest, AWaitThatARestartCutShortGoesOn) {
  respond(account_, id_);
  restart();
  publish();
  EXPECT_TRUE(run(authority_->sweep()));
  run_background();
  EXPECT_EQ(validation_->asked(), 0u);
  EXPECT_EQ(challenge().status, ChallengeStatus::processing);
  clock_.advance(5s);
  sweep();
  EXPECT_EQ(challenge().status, ChallengeStatus::valid);
}

TEST_F(AuthorityRetriesTest, ALookThatARestartCutShortIsRepeated) {
  respond(account_, id_);
  clock_.advance(5s);
  validation_->close();
  sweep();
  EXPECT_EQ(validation_->asked(), 2u);
  restart();
  publish();
  sweep();
  EXPECT_EQ(validation_->asked(), 1u);
  EXPECT_EQ(challenge().status, ChallengeStatus::valid);
}

TEST_F(AuthorityRetriesTest, ADeactivatedAuthorizationIsNotLookedAtAgain) {
  respond(account_, id_);
  run(authority_->deactivate_authorization(account_, id_)).value();
  clock_.advance(5s);
  sweep();
  EXPECT_EQ(validation_->asked(), 1u);
  EXPECT_TRUE(run(records_.due_authorizations(clock_.now(), 10))->empty());
}

// RFC 8555 §8.1: the key of the first response.
TEST_F(AuthorityRetriesTest, AnotherResponseDoesNotChangeTheKeyAuthorization) {
  respond(account_, id_);
  publish();
  Account changed = run(authority_->change_key(account_, ClientKey().account_key()))->account;
  clock_.advance(1s);
  EXPECT_EQ(respond(changed, id_).status, AuthorizationStatus::valid);
  EXPECT_EQ(challenge().thumbprint, account_.key_thumbprint);
}

}  // namespace
}  // namespace acmecore
