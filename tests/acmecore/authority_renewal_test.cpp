#include "tests/acmecore/authority_fixture.h"

namespace acmecore {
namespace {

using base::ErrorKind;

class AuthorityRenewalTest : public AuthorityTest {
 protected:
  AuthorityRenewalTest()
      : account_(new_account()), certificate_(issue(account_, {"corp.test", "www.corp.test"})) {
    id_ = text_of(certificate_id(parse_certificate(certificate_.der).value()).value());
  }

  base::Task<base::Result<OrderView>> renew(const std::string& id, const std::vector<std::string>& names) {
    return renew_as(account_, id, names);
  }
  base::Task<base::Result<OrderView>> renew_as(const Account& account, const std::string& id,
                                               const std::vector<std::string>& names) {
    NewOrderRequest request;
    for (const std::string& name : names)
      request.identifiers.push_back({"dns", name});
    request.replaces = id;
    return authority_->new_order(account, std::move(request));
  }
  IssuedCertificate record() { return run(records_.certificate(certificate_.serial))->value; }
  void fail(const OrderView& view) { respond(account_, view.order.authorizations[0]); }

  Account account_;
  IssuedCertificate certificate_;
  std::string id_;
};

TEST_F(AuthorityRenewalTest, TellsWhenToRenew) {
  const RenewalInfo info = run(authority_->renewal_info(id_)).value();
  const Validity validity = parse_certificate(certificate_.der)->validity;
  EXPECT_EQ(info.start, renewal_info(validity, std::nullopt).start);
  EXPECT_GT(info.start, clock_.now());
  ASSERT_TRUE(run(authority_->revoke(account_, certificate_.der, 1)));
  clock_.advance(std::chrono::seconds(1));
  EXPECT_LT(run(authority_->renewal_info(id_))->end, clock_.now());
}

TEST_F(AuthorityRenewalTest, KnowsOnlyWhatWasOrderedHere) {
  CertificateId id = parse_certificate_id(id_).value();
  id.key_identifier[0] = char(id.key_identifier[0] ^ 1);
  EXPECT_EQ(error_of(authority_->renewal_info(text_of(id))), ErrorKind::not_found);
  id = parse_certificate_id(id_).value();
  id.serial.octets.back() = char(id.serial.octets.back() ^ 1);
  EXPECT_EQ(error_of(authority_->renewal_info(text_of(id))), ErrorKind::not_found);
  EXPECT_EQ(error_of(authority_->renewal_info("rubbish")), ErrorKind::malformed);

  IssuedCertificate own = certificate_;  // as one for our own listeners
  own.serial = new_serial();
  own.account = own.order = "";
  Changes changes;
  changes.create(own);
  ASSERT_TRUE(run(records_.commit(std::move(changes))));
  id.serial = own.serial;
  EXPECT_EQ(error_of(authority_->renewal_info(text_of(id))), ErrorKind::not_found);
}

TEST_F(AuthorityRenewalTest, AnOrderMarksWhatItReplaces) {
  const OrderView view = run(renew(id_, {"new.corp.test", "corp.test"})).value();
  EXPECT_EQ(view.order.replaces, id_);
  EXPECT_EQ(order(account_, view.order.id).order.replaces, id_);
  EXPECT_EQ(record().replaced_by, view.order.id);
}

TEST_F(AuthorityRenewalTest, WhatIsReplacedIsNotReplacedAgain) {
  const OrderView first = run(renew(id_, {"corp.test"})).value();
  EXPECT_EQ(error_of(renew(id_, {"corp.test"})), ErrorKind::already_replaced);
  prove(account_, first.order.authorizations[0]);
  run(finalize(account_, order(account_, first.order.id), csr_for({"corp.test"}))).value();
  EXPECT_EQ(error_of(renew(id_, {"corp.test"})), ErrorKind::already_replaced);
}

TEST_F(AuthorityRenewalTest, AnOrderThatBecameInvalidIsInNobodysWay) {
  const OrderView first = run(renew(id_, {"corp.test"})).value();
  fail(first);
  const OrderView second = run(renew(id_, {"corp.test"})).value();
  EXPECT_EQ(record().replaced_by, second.order.id);
  clock_.advance(options_.order_lifetime);  // and expires
  EXPECT_TRUE(run(renew(id_, {"corp.test"})));
}

TEST_F(AuthorityRenewalTest, OfTwoOrdersAtOnceOneReplaces) {
  store_.before_next_commit([&]() -> base::Task<void> {
    auto faster = renew(id_, {"corp.test"});
    const auto created = co_await std::move(faster);
    EXPECT_TRUE(created);
  });
  EXPECT_EQ(error_of(renew(id_, {"corp.test"})), ErrorKind::already_replaced);
}

// The mark outlives the order if it issued, and else goes with it.
TEST_F(AuthorityRenewalTest, ARemovedOrderLeavesItsMarkOnlyIfItIssued) {
  const OrderView issued = run(renew(id_, {"corp.test"})).value();
  prove(account_, issued.order.authorizations[0]);
  run(finalize(account_, order(account_, issued.order.id), csr_for({"corp.test"}))).value();
  const IssuedCertificate other = issue(account_, {"other.test"});
  const std::string other_id = text_of(certificate_id(parse_certificate(other.der).value()).value());
  run(renew(other_id, {"other.test"})).value();
  clock_.advance(options_.order_lifetime + kExpiredRetention);
  EXPECT_EQ(run(authority_->sweep()), false);
  EXPECT_EQ(error_of(authority_->order(account_, issued.order.id)), ErrorKind::not_found);
  EXPECT_EQ(error_of(renew(id_, {"corp.test"})), ErrorKind::already_replaced);
  EXPECT_EQ(run(records_.certificate(other.serial))->value.replaced_by, "");
  EXPECT_TRUE(run(renew(other_id, {"other.test"})));
}

TEST_F(AuthorityRenewalTest, OnlyOnesOwnIsReplacedAndOnlyByItsNames) {
  EXPECT_EQ(error_of(renew("rubbish", {"corp.test"})), ErrorKind::malformed);
  EXPECT_EQ(error_of(renew("aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE", {"corp.test"})), ErrorKind::malformed);
  EXPECT_EQ(error_of(renew(id_, {"*.corp.test", "other.test"})), ErrorKind::malformed);
  EXPECT_EQ(error_of(renew_as(new_account(), id_, {"corp.test"})), ErrorKind::unauthorized);
  EXPECT_EQ(record().replaced_by, "");
}

TEST_F(AuthorityRenewalTest, RevocationAtTheSameTimeStays) {
  store_.before_next_commit([&]() -> base::Task<void> {
    const auto revoked = co_await authority_->revoke(account_, certificate_.der, 4);
    EXPECT_TRUE(revoked);
  });
  EXPECT_TRUE(run(renew(id_, {"corp.test"})));
  EXPECT_TRUE(record().revocation);
  EXPECT_NE(record().replaced_by, "");
}

}  // namespace
}  // namespace acmecore
