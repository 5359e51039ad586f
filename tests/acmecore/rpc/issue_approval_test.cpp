#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "tests/acmecore/actors.h"
#include "tests/acmecore/rpc/issue_fixture.h"

namespace acmecore::rpc {
namespace {

using assay::v1::IssueResponse;
using base::ErrorKind;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// A call that waits for a person.
class IssueApprovalTest : public IssueTest {
 protected:
  // The id of the order that waits; empty: none yet.
  std::string waiting() const {
    if (caller_.events().empty() || caller_.events().back().event_case() != IssueResponse::kApprovalNeeded)
      return "";
    return caller_.events().back().approval_needed().order();
  }
  // Once it waits.
  void decide(const std::function<base::Task<base::Result<OrderView>>(std::string id)>& by) {
    caller_.at_each_wait([this, by] {
      if (waiting().empty() || decided_) return;
      decided_ = true;
      boost::asio::co_spawn(io_, by(waiting()), boost::asio::detached);
    });
  }
  OrderView order_told() {
    const auto account = support::run_task(io_, authority_.account_for("admin")).value();
    const std::string& id = caller_.events()[1].order_created().order();
    return support::run_task(io_, authority_.order(account, id)).value();
  }
  void expect_withdrawn() {
    const OrderView withdrawn = order_told();
    EXPECT_EQ(withdrawn.status, OrderStatus::invalid);
    ASSERT_TRUE(withdrawn.error);
    EXPECT_THAT(withdrawn.error->detail, HasSubstr("withdrawn"));
    EXPECT_THAT(dns_.published(), IsEmpty());
  }

  bool decided_ = false;
};

TEST_F(IssueApprovalTest, TellsThatItWaitsAndGoesOnWhenItIsApproved) {
  decide([this](std::string id) {
    return authority_.approve(std::move(id), kAnna, std::chrono::milliseconds(0));
  });
  const auto outcome = issue({"www.asked.acme.test"});
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_THAT(told(), ElementsAre("delegation www.asked.acme.test", "order",
                                  "txt _acme-challenge.www.asked.acme.test.", "valid www.asked.acme.test",
                                  "approval", "certificate"));
  EXPECT_EQ(caller_.events()[4].approval_needed().order(), order_told().order.id);
  EXPECT_GT(caller_.events()[4].approval_needed().expire_time().seconds(), 0);
}

TEST_F(IssueApprovalTest, SaysWhyItWasRejected) {
  decide([this](std::string id) { return authority_.reject(std::move(id), kBert, "not that one"); });
  const auto outcome = issue({"www.asked.acme.test"});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::rejected_identifier);
  EXPECT_THAT(outcome.error().detail, HasSubstr("not that one"));
  EXPECT_THAT(dns_.published(), IsEmpty());
}

// Nobody would have the certificate.
TEST_F(IssueApprovalTest, WithdrawsTheOrderWhenNobodyDecidesInTime) {
  caller_.at_each_wait([this] {
    if (!waiting().empty()) clock_.advance(kIssueWaitMax / 2);
  });
  const auto outcome = issue({"www.asked.acme.test"});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(outcome.error().detail, HasSubstr("nobody approved"));
  expect_withdrawn();
}

TEST_F(IssueApprovalTest, WithdrawsTheOrderOfACallerThatGoes) {
  caller_.goes_after(IssueResponse::kApprovalNeeded);
  const auto outcome = issue({"www.asked.acme.test"});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::unavailable);
  expect_withdrawn();
}

TEST_F(IssueApprovalTest, WithdrawsTheOrderWhenItCannotBeReadWhileItWaits) {
  caller_.at_each_wait([this] {
    if (!waiting().empty()) read_store_.fail_next_read();
  });
  EXPECT_EQ(issue({"www.asked.acme.test"}).error().kind, ErrorKind::unavailable);
  expect_withdrawn();
}

TEST_F(IssueApprovalTest, WithdrawsTheOrderWhenItCannotBeReadOnceFinalizeWasRecorded) {
  caller_.at_each_wait([this] {
    const auto lines = told();
    if (!lines.empty() && lines.back() == "valid www.asked.acme.test")
      read_store_.fail_read_behind_next_commit();
  });
  EXPECT_EQ(issue({"www.asked.acme.test"}).error().kind, ErrorKind::unavailable);
  EXPECT_THAT(told(), Not(Contains("approval")));
  expect_withdrawn();
}

TEST_F(IssueApprovalTest, LeavesAnOrderThatFinalizeRefusesAsItIs) {
  const auto request = request_for({"www.asked.acme.test"});
  Changes changes;
  changes.block_key(parse_csr(request.csr_der()).value().spki_der);
  ASSERT_TRUE(support::run_task(io_, records_.commit(std::move(changes))));
  EXPECT_EQ(issue(request).error().kind, ErrorKind::bad_csr);
  EXPECT_EQ(order_told().status, OrderStatus::ready);
}

TEST_F(IssueApprovalTest, ADisabledCredentialGetsNothing) {
  const Account account = support::run_task(io_, authority_.account_for("admin")).value();
  Stored<Account> stored = support::run_task(io_, records_.account(account.id)).value();
  stored->status = AccountStatus::revoked;
  Changes changes;
  changes.update(stored);
  ASSERT_TRUE(support::run_task(io_, records_.commit(std::move(changes))));
  EXPECT_EQ(issue({"www.acme.test"}).error().kind, ErrorKind::account_not_valid);
  EXPECT_THAT(told(), IsEmpty());
}

}  // namespace
}  // namespace acmecore::rpc
