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

}  // namespace
}  // namespace acmecore
