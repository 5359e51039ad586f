#include <algorithm>

#include "tests/acmecore/authority_fixture.h"

// RFC 8555 §7.1.6: what each request does in each state, and that it does nothing else.
namespace acmecore {
namespace {

using base::ErrorKind;
using Status = AuthorizationStatus;

// processing: pending, and its challenge is being validated.
enum class State { pending, processing, valid, invalid, deactivated, expired };

class AuthorityStatesTest : public AuthorityTest {
 protected:
  AuthorityStatesTest() : account_(new_account()) {}

  // The id of an order for one name whose authorization is in `state`. Nothing is validated any more.
  std::string order_in(State state) {
    validation_->open();
    validation_->answer_with(std::nullopt);
    const OrderView view = new_order(account_, {"corp.test"});
    const std::string& id = view.order.authorizations[0];
    switch (state) {
      case State::pending: break;
      case State::processing: break;  // below, behind a closed gate
      case State::valid: prove(account_, id); break;
      case State::invalid: respond(account_, id); break;
      case State::deactivated: run(authority_->deactivate_authorization(account_, id)).value(); break;
      case State::expired: clock_.advance(options_.order_lifetime); break;
    }
    validation_->close();
    if (state == State::processing) respond(account_, id, std::chrono::milliseconds(0));
    return view.order.id;
  }
  std::string authorization_of(const std::string& order) {
    return run(records_.order(order))->value.authorizations[0];
  }
  Status status(const std::string& id) { return run(authority_->authorization(account_, id))->status; }

  Account account_;
};

TEST_F(AuthorityStatesTest, AResponseBeginsAPendingChallengeAndChangesNoOther) {
  using C = ChallengeStatus;
  struct Case {
    State state;
    ErrorKind refused;  // kNone: it is not
    C challenge;        // afterwards
    Status authorization;
  };
  for (const Case& one : {Case{State::pending, kNone, C::processing, Status::pending},
                          Case{State::processing, kNone, C::processing, Status::pending},
                          Case{State::valid, kNone, C::valid, Status::valid},
                          Case{State::invalid, kNone, C::invalid, Status::invalid},
                          Case{State::deactivated, ErrorKind::malformed, C::pending, Status::deactivated},
                          Case{State::expired, ErrorKind::malformed, C::pending, Status::expired}}) {
    SCOPED_TRACE(int(one.state));
    const std::string id = authorization_of(order_in(one.state));
    EXPECT_EQ(error_of(authority_->respond(account_, id, "dns-01", std::chrono::milliseconds(0))),
              one.refused);
    EXPECT_EQ(authorization(id).challenges[0].status, one.challenge);
    EXPECT_EQ(status(id), one.authorization);
  }
}

TEST_F(AuthorityStatesTest, OnlyWhatCouldBeUsedIsDeactivated) {
  struct Case {
    State state;
    ErrorKind refused;
    Status afterwards;
  };
  for (const Case& one :
       {Case{State::pending, kNone, Status::deactivated}, Case{State::processing, kNone, Status::deactivated},
        Case{State::valid, kNone, Status::deactivated},
        Case{State::invalid, ErrorKind::malformed, Status::invalid},
        Case{State::deactivated, kNone, Status::deactivated},
        Case{State::expired, ErrorKind::malformed, Status::expired}}) {
    SCOPED_TRACE(int(one.state));
    const std::string id = authorization_of(order_in(one.state));
    EXPECT_EQ(error_of(authority_->deactivate_authorization(account_, id)), one.refused);
    EXPECT_EQ(status(id), one.afterwards);
    validation_->open();
    run_background();  // an outcome that comes later
    EXPECT_EQ(status(id), one.afterwards);
  }
}

TEST_F(AuthorityStatesTest, AnOrderFollowsItsAuthorizationAndIsFinalizedWhenReady) {
  struct Case {
    State state;
    OrderStatus order;
    ErrorKind refused;
    OrderStatus afterwards;
  };
  using O = OrderStatus;
  for (const Case& one : {Case{State::pending, O::pending, ErrorKind::order_not_ready, O::pending},
                          Case{State::processing, O::pending, ErrorKind::order_not_ready, O::pending},
                          Case{State::valid, O::ready, kNone, O::valid},
                          Case{State::invalid, O::invalid, ErrorKind::order_not_ready, O::invalid},
                          Case{State::deactivated, O::invalid, ErrorKind::order_not_ready, O::invalid},
                          Case{State::expired, O::invalid, ErrorKind::order_not_ready, O::invalid}}) {
    SCOPED_TRACE(int(one.state));
    const std::string id = order_in(one.state);
    EXPECT_EQ(order(account_, id).status, one.order);
    const OrderView view = order(account_, id);
    EXPECT_EQ(error_of(finalize(account_, view, csr_for({"corp.test"}))), one.refused);
    EXPECT_EQ(order(account_, id).status, one.afterwards);
    EXPECT_EQ(error_of(finalize(account_, view, csr_for({"corp.test"}))), ErrorKind::order_not_ready);
    EXPECT_EQ(order(account_, id).status, one.afterwards);
  }
}

// Time ends what could still become valid, and nothing else.
TEST_F(AuthorityStatesTest, TimeEndsWhatIsPendingOrValid) {
  using C = ChallengeStatus;
  struct Case {
    State state;
    Status authorization;  // once its time is over
    C challenge;
    Status swept;  // and once a sweep has settled what was under way
    C challenge_swept;
  };
  for (const Case& one :
       {Case{State::pending, Status::expired, C::pending, Status::expired, C::pending},
        Case{State::processing, Status::expired, C::processing, Status::expired, C::invalid},
        Case{State::valid, Status::expired, C::valid, Status::expired, C::valid},
        Case{State::invalid, Status::invalid, C::invalid, Status::invalid, C::invalid},
        Case{State::deactivated, Status::deactivated, C::pending, Status::deactivated, C::pending}}) {
    SCOPED_TRACE(int(one.state));
    const std::string id = authorization_of(order_in(one.state));
    clock_.advance(authorization(id).expires - clock_.now());
    EXPECT_EQ(status(id), one.authorization);
    EXPECT_EQ(authorization(id).challenges[0].status, one.challenge);
    restart();
    ASSERT_TRUE(run(authority_->sweep()));
    run_background();
    EXPECT_EQ(status(id), one.swept);
    EXPECT_EQ(authorization(id).challenges[0].status, one.challenge_swept);
  }
}

enum class OrderState { pending, ready, processing, valid, failed, expired };

class OrderStatesTest : public AuthorityStatesTest {
 protected:
  // With a certificate that the store does not take where it is processing, and one that the policy refuses where
  // issuance has failed.
  std::string order_in(OrderState state) {
    if (state == OrderState::pending) return AuthorityStatesTest::order_in(State::pending);
    const std::string id = AuthorityStatesTest::order_in(State::valid);
    switch (state) {
      case OrderState::pending:
      case OrderState::ready: break;
      case OrderState::processing:
        store_.next_commits({std::nullopt, ErrorKind::unavailable});
        EXPECT_EQ(finalized(id)->status, OrderStatus::processing);
        break;
      case OrderState::valid: EXPECT_EQ(finalized(id)->status, OrderStatus::valid); break;
      case OrderState::failed:
        rules_.deny = patterns({"corp.test"});
        restart();
        EXPECT_EQ(finalized(id)->status, OrderStatus::invalid);
        rules_.deny.clear();
        restart();
        break;
      case OrderState::expired: clock_.advance(options_.order_lifetime); break;
    }
    return id;
  }
  base::Result<OrderView> finalized(const std::string& id) {
    return run(authority_->finalize(account_, id, csr_for({"corp.test"}), std::chrono::hours(1)));
  }
};

TEST_F(OrderStatesTest, EachIsFinalizedOnceAndTimeEndsOnlyWhatWasNotFinalized) {
  using O = OrderStatus;
  struct Case {
    OrderState state;
    O status;
    bool finalized;  // by another request
    O late;          // without it, once the order's time is over
    O swept;         // and once a sweep has taken up what was under way
  };
  for (const Case& one : {Case{OrderState::pending, O::pending, false, O::invalid, O::invalid},
                          Case{OrderState::ready, O::ready, true, O::invalid, O::invalid},
                          Case{OrderState::processing, O::processing, false, O::processing, O::valid},
                          Case{OrderState::valid, O::valid, false, O::valid, O::valid},
                          Case{OrderState::failed, O::invalid, false, O::invalid, O::invalid},
                          Case{OrderState::expired, O::invalid, false, O::invalid, O::invalid}}) {
    SCOPED_TRACE(int(one.state));
    const std::string asked = order_in(one.state);
    EXPECT_EQ(order(account_, asked).status, one.status);
    const auto result = finalized(asked);
    EXPECT_EQ(result.has_value(), one.finalized);
    EXPECT_TRUE(result || result.error().kind == ErrorKind::order_not_ready);
    EXPECT_EQ(order(account_, asked).status, one.finalized ? O::valid : one.status);

    const std::string left = order_in(one.state);
    const auto rest = order(account_, left).order.expires - clock_.now();
    clock_.advance(std::max(rest, std::chrono::milliseconds(0)));
    EXPECT_EQ(order(account_, left).status, one.late);
    ASSERT_TRUE(run(authority_->sweep()));
    run_background();
    EXPECT_EQ(order(account_, left).status, one.swept);
    EXPECT_EQ(order(account_, left).order.certificate.has_value(), one.swept == O::valid);
  }
}

// §7.1.6: a valid account becomes deactivated, for ever; to ask for it again is refused as everything is.
TEST_F(AuthorityStatesTest, AnAccountIsDeactivatedOnceAndItsKeyIsNobodysAgain) {
  const ClientKey key, other;
  const Account account = new_account(key);
  EXPECT_EQ(run(authority_->update_contacts(account, {"mailto:a@corp.test"}))->status, AccountStatus::valid);
  EXPECT_EQ(run(authority_->deactivate_account(account))->status, AccountStatus::deactivated);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(error_of(authority_->deactivate_account(account)), ErrorKind::account_not_valid);
    EXPECT_EQ(error_of(authority_->update_contacts(account, {})), ErrorKind::account_not_valid);
    EXPECT_EQ(error_of(authority_->change_key(account, other.account_key())), ErrorKind::account_not_valid);
    EXPECT_EQ(error_of(authority_->new_account(directory_, key.account_key(), {})),
              ErrorKind::account_not_valid);
    EXPECT_FALSE(run(authority_->change_key(account_, key.account_key()))->changed);
    restart();
  }
  EXPECT_EQ(run(authority_->account(account.id))->status, AccountStatus::deactivated);
}

}  // namespace
}  // namespace acmecore
