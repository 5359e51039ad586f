#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <future>

#include "acmecore/ca_profile.h"
#include "acmecore/certificate.h"
#include "acmecore/pem.h"
#include "tests/acmecore/authority_fixture.h"

namespace acmecore {
namespace {

using base::ErrorKind;

class AuthorityIssuanceTest : public AuthorityTest {
 protected:
  // How many certificates there are for an order.
  size_t certificates() {
    storage::Range range;
    range.prefix = "x";
    return run(store_.list(range))->size();
  }
};

TEST_F(AuthorityIssuanceTest, AReadyOrderGetsItsCertificate) {
  const Account account = new_account();
  const OrderView ready = ready_order(account, {"*.corp.test", "corp.test"});
  const base::PkeyHandle key = make_p256();
  const OrderView valid =
      run(finalize(account, ready, csr_for({"corp.test", "*.corp.test"}, key.get()))).value();
  EXPECT_EQ(valid.status, OrderStatus::valid);
  ASSERT_TRUE(valid.order.certificate);
  EXPECT_EQ(order(account, ready.order.id).order, valid.order);

  const std::string chain = run(authority_->certificate(account, *valid.order.certificate))->pem;
  const IssuedCertificate record = run(records_.certificate(*valid.order.certificate))->value;
  EXPECT_EQ(chain, test_issuer().chain_pem(record.der));
  const Certificate leaf = parse_certificate(record.der).value();
  EXPECT_EQ(leaf.serial, *valid.order.certificate);
  EXPECT_EQ(leaf.spki_der, spki_of(key.get()));
  EXPECT_EQ(leaf.subject_alt_name.dns_names, (std::vector<std::string>{"*.corp.test", "corp.test"}));
  EXPECT_EQ(record.account, account.id);
  EXPECT_EQ(record.order, ready.order.id);
  EXPECT_EQ(record.issuer, test_issuer().ca());
  EXPECT_EQ(record.not_after, leaf.validity.not_after);
  EXPECT_FALSE(record.revocation);
}

// F01, T41
TEST_F(AuthorityIssuanceTest, OnlyAReadyOrderIsFinalized) {
  const Account account = new_account();
  const base::Bytes csr = csr_for({"corp.test"});
  const OrderView pending = new_order(account, {"corp.test"});
  EXPECT_EQ(error_of(finalize(account, pending, csr)), ErrorKind::order_not_ready);
  EXPECT_EQ(error_of(finalize(account, pending, "rubbish")), ErrorKind::order_not_ready);

  const OrderView expired = ready_order(account, {"corp.test"});
  clock_.advance(options_.order_lifetime);
  EXPECT_EQ(error_of(finalize(account, expired, csr)), ErrorKind::order_not_ready);

  const OrderView invalid = new_order(account, {"www.corp.test"});
  respond(account, invalid.order.authorizations[0]);
  EXPECT_EQ(error_of(finalize(account, invalid, csr)), ErrorKind::order_not_ready);
  EXPECT_EQ(certificates(), 0u);
}

TEST_F(AuthorityIssuanceTest, AnOrderIsFinalizedOnce) {
  const Account account = new_account();
  const OrderView ready = ready_order(account, {"corp.test"});
  const base::Bytes csr = csr_for({"corp.test"});
  EXPECT_EQ(run(finalize(account, ready, csr))->status, OrderStatus::valid);
  EXPECT_EQ(error_of(finalize(account, ready, csr)), ErrorKind::order_not_ready);
  EXPECT_EQ(error_of(finalize(account, ready, csr_for({"corp.test"}))), ErrorKind::order_not_ready);
  EXPECT_EQ(certificates(), 1u);
}

TEST_F(AuthorityIssuanceTest, SixteenAtOnceMakeOneCertificate) {
  const Account account = new_account();
  const OrderView ready = ready_order(account, {"corp.test"});
  boost::asio::thread_pool pool(4);
  base::ExecutorBackground background(pool.get_executor());
  Authority authority(records_, clock_, test_issuers(), *policy_, *validation_, background, options_);
  std::vector<std::future<base::Result<OrderView>>> answers;
  for (int i = 0; i < 16; ++i) {
    auto finalized =
        authority.finalize(account, ready.order.id, csr_for({"corp.test"}), std::chrono::hours(1));
    answers.push_back(boost::asio::co_spawn(pool, std::move(finalized), boost::asio::use_future));
  }
  size_t valid = 0;
  for (auto& answer : answers) {
    const auto result = answer.get();
    if (result) {
      ++valid;
      EXPECT_EQ(result->status, OrderStatus::valid);
    } else {
      EXPECT_EQ(result.error().kind, ErrorKind::order_not_ready);
    }
  }
  EXPECT_EQ(valid, 1u);
  EXPECT_EQ(certificates(), 1u);
  EXPECT_TRUE(order(account, ready.order.id).order.abandoned.empty());
}

// F04–F16, T42, T43: the order stays ready.
TEST_F(AuthorityIssuanceTest, ABadCsrLeavesTheOrderReady) {
  const Account account = new_account();
  const OrderView ready = ready_order(account, {"corp.test", "*.corp.test"});
  const base::Bytes good = csr_for({"corp.test", "*.corp.test"});
  CsrDraft other_cn;
  other_cn.subject = {{"CN", "evil.test"}};
  const std::vector<base::Bytes> bad{"",
                                     "rubbish",
                                     good + '\0',
                                     good.substr(1),
                                     csr_for({"corp.test"}),
                                     csr_for({"*.corp.test"}),
                                     csr_for({"corp.test", "*.corp.test", "evil.test"}),
                                     csr_for({"corp.test", "evil.test"}),
                                     make_csr(other_cn)};
  for (const base::Bytes& csr : bad) {
    EXPECT_EQ(error_of(finalize(account, ready, csr)), ErrorKind::bad_csr);
    EXPECT_EQ(order(account, ready.order.id).status, OrderStatus::ready);
  }
  EXPECT_EQ(run(finalize(account, ready, good))->status, OrderStatus::valid);
}

// T44, RFC 8555 §11.1
TEST_F(AuthorityIssuanceTest, AnAccountsKeyAndABlockedKeyAreNotCertified) {
  const ClientKey own;
  const ClientKey others;
  const base::PkeyHandle blocked = make_p256();
  const Account account = new_account(own);
  new_account(others);
  Changes changes;
  changes.block_key(spki_of(blocked.get()));
  ASSERT_TRUE(run(records_.commit(std::move(changes))));
  const OrderView ready = ready_order(account, {"corp.test"});
  for (EVP_PKEY* key : {own.handle(), others.handle(), blocked.get()}) {
    EXPECT_EQ(error_of(finalize(account, ready, csr_for({"corp.test"}, key))), ErrorKind::bad_csr);
  }
  EXPECT_EQ(order(account, ready.order.id).status, OrderStatus::ready);
}

// Whoever is told that a key is blocked must not see a certificate for it afterwards.
TEST_F(AuthorityIssuanceTest, AKeyThatIsBlockedBeforeTheIntentIsDurableIsNotCertified) {
  const Account account = new_account();
  const base::PkeyHandle key = make_p256();
  const OrderView ready = ready_order(account, {"corp.test"});
  store_.before_next_commit([&]() -> base::Task<void> {
    Changes changes;
    changes.block_key(spki_of(key.get()));
    const auto blocked = co_await records_.commit(std::move(changes));
    EXPECT_TRUE(blocked);
  });
  EXPECT_EQ(error_of(finalize(account, ready, csr_for({"corp.test"}, key.get()))), ErrorKind::bad_csr);
  EXPECT_EQ(order(account, ready.order.id).status, OrderStatus::ready);
}

TEST_F(AuthorityIssuanceTest, AKeyThatIsBlockedBehindTheIntentIsNotCertifiedEither) {
  const Account account = new_account();
  const base::PkeyHandle key = make_p256();
  const OrderView ready = ready_order(account, {"corp.test"});
  store_.next_commits({std::nullopt, ErrorKind::unavailable});
  EXPECT_EQ(run(finalize(account, ready, csr_for({"corp.test"}, key.get())))->status,
            OrderStatus::processing);
  Changes changes;
  changes.block_key(spki_of(key.get()));
  run(records_.commit(std::move(changes))).value();
  EXPECT_TRUE(run(authority_->sweep()));
  run_background();
  const OrderView refused = order(account, ready.order.id);
  EXPECT_EQ(refused.status, OrderStatus::invalid);
  EXPECT_EQ(refused.error->kind, ErrorKind::bad_csr);
}

TEST_F(AuthorityIssuanceTest, ARecordThatCannotBeReadForNowRefusesNothing) {
  const Account account = new_account();
  const OrderView ready = ready_order(account, {"corp.test"});
  store_.next_commits({std::nullopt, ErrorKind::unavailable});
  EXPECT_EQ(run(finalize(account, ready, csr_for({"corp.test"})))->status, OrderStatus::processing);
  for (const char* table : {"a", "b"}) {  // accounts, blocked keys
    store_.cannot_read(table);
    run(authority_->sweep()).value();
    run_background();
    store_.cannot_read("");
    EXPECT_EQ(order(account, ready.order.id).status, OrderStatus::processing) << table;
  }
  EXPECT_TRUE(run(authority_->sweep()));
  run_background();
  EXPECT_EQ(order(account, ready.order.id).status, OrderStatus::valid);
}

TEST_F(AuthorityIssuanceTest, WhatCouldNotBeIntendedIsNotSigned) {
  const Account account = new_account();
  const OrderView ready = ready_order(account, {"corp.test"});
  store_.next_commits({ErrorKind::unavailable});
  EXPECT_EQ(error_of(finalize(account, ready, csr_for({"corp.test"}))), ErrorKind::unavailable);
  EXPECT_EQ(order(account, ready.order.id).status, OrderStatus::ready);
  EXPECT_EQ(certificates(), 0u);
}

TEST_F(AuthorityIssuanceTest, TheIntentIsTriedAgainWhereSomethingElseChanged) {
  const Account account = new_account();
  const OrderView ready = ready_order(account, {"corp.test"});
  store_.next_commits({ErrorKind::conflict});
  EXPECT_EQ(run(finalize(account, ready, csr_for({"corp.test"})))->status, OrderStatus::valid);
}

TEST_F(AuthorityIssuanceTest, AnAuthorizationThatEndsBeforeTheIntentIsDurableCountsForNothing) {
  const Account account = new_account();
  const OrderView ready = ready_order(account, {"corp.test", "*.corp.test"});
  store_.before_next_commit([&]() -> base::Task<void> {
    const auto view = co_await authority_->deactivate_authorization(account, ready.order.authorizations[1]);
    EXPECT_EQ(view->status, AuthorizationStatus::deactivated);
  });
  EXPECT_EQ(error_of(finalize(account, ready, csr_for({"corp.test", "*.corp.test"}))),
            ErrorKind::order_not_ready);
  EXPECT_FALSE(order(account, ready.order.id).order.intent);
  EXPECT_EQ(certificates(), 0u);
}

// The certificate may have been signed, but nobody has it, and its serial is never used again.
TEST_F(AuthorityIssuanceTest, ACertificateThatWasNotRecordedIsMadeAgainWithAnotherSerial) {
  const Account account = new_account();
  const OrderView ready = ready_order(account, {"corp.test"});
  const base::PkeyHandle key = make_p256();
  store_.next_commits({std::nullopt, ErrorKind::unavailable});
  const OrderView view = run(finalize(account, ready, csr_for({"corp.test"}, key.get()))).value();
  EXPECT_EQ(view.status, OrderStatus::processing);
  EXPECT_EQ(certificates(), 0u);
  const Serial first = order(account, ready.order.id).order.intent->serial;
  EXPECT_EQ(error_of(finalize(account, ready, csr_for({"corp.test"}))), ErrorKind::order_not_ready);

  restart();
  EXPECT_TRUE(run(authority_->sweep()));
  run_background();
  const OrderView valid = order(account, ready.order.id);
  EXPECT_EQ(valid.status, OrderStatus::valid);
  EXPECT_NE(*valid.order.certificate, first);
  EXPECT_EQ(valid.order.abandoned, (std::vector<Serial>{first}));
  EXPECT_EQ(certificates(), 1u);
  const auto record = run(records_.certificate(*valid.order.certificate)).value();
  EXPECT_EQ(parse_certificate(record->der)->spki_der, spki_of(key.get()));
}

// Commits wait until the test opens the gate, as they do while a disk is busy.
class AuthoritySlowIssuanceTest : public AuthorityIssuanceTest {
 protected:
  // Finalizes an order whose certificate is not recorded before open().
  OrderView finalize_slowly(const Account& account, const OrderView& ready,
                            std::chrono::milliseconds patience) {
    gate_.emplace(*io_, boost::asio::steady_timer::time_point::max());
    store_.before_next_commit([this]() -> base::Task<void> {  // the intent is recorded at once
      store_.before_next_commit([this]() -> base::Task<void> {
        boost::system::error_code opened;
        co_await gate_->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, opened));
      });
      co_return;
    });
    return run(finalize(account, ready, csr_for({"corp.test"}), patience)).value();
  }
  void open() {
    gate_->expires_at(boost::asio::steady_timer::time_point::min());
    run_background();
  }

  std::optional<boost::asio::steady_timer> gate_;
};

TEST_F(AuthoritySlowIssuanceTest, AnOrderWhoseIssuanceTakesLongIsProcessingMeanwhile) {
  const Account account = new_account();
  const OrderView ready = ready_order(account, {"corp.test"});
  EXPECT_EQ(finalize_slowly(account, ready, std::chrono::milliseconds(1)).status, OrderStatus::processing);
  EXPECT_EQ(order(account, ready.order.id).status, OrderStatus::processing);
  EXPECT_EQ(error_of(finalize(account, ready, csr_for({"corp.test"}))), ErrorKind::order_not_ready);
  EXPECT_TRUE(run(authority_->sweep()));  // it is in hand
  open();
  const OrderView valid = order(account, ready.order.id);
  EXPECT_EQ(valid.status, OrderStatus::valid);
  EXPECT_TRUE(valid.order.abandoned.empty());
  EXPECT_EQ(certificates(), 1u);
  gate_.reset();
}

TEST_F(AuthoritySlowIssuanceTest, IssuanceThatARestartCutShortBeginsAgain) {
  const Account account = new_account();
  const OrderView ready = ready_order(account, {"corp.test"});
  EXPECT_EQ(finalize_slowly(account, ready, std::chrono::milliseconds(0)).status, OrderStatus::processing);
  run_background();
  gate_.reset();
  restart();
  EXPECT_EQ(order(account, ready.order.id).status, OrderStatus::processing);
  EXPECT_TRUE(run(authority_->sweep()));
  run_background();
  EXPECT_EQ(order(account, ready.order.id).status, OrderStatus::valid);
  EXPECT_EQ(certificates(), 1u);
}

TEST_F(AuthorityIssuanceTest, AnOrderThatCannotBeSignedIsInvalidAndKeepsTheReasonToItself) {
  clock_.advance(kIssuingLifetime - std::chrono::hours(1));  // the issuing CA ends too soon for any leaf
  const Account account = new_account();
  const OrderView ready = ready_order(account, {"corp.test"});
  const OrderView invalid = run(finalize(account, ready, csr_for({"corp.test"}))).value();
  EXPECT_EQ(invalid.status, OrderStatus::invalid);
  ASSERT_TRUE(invalid.error);
  EXPECT_EQ(invalid.error->kind, ErrorKind::internal);
  EXPECT_EQ(invalid.error->detail, "the certificate could not be made");
  EXPECT_EQ(order(account, ready.order.id).status, OrderStatus::invalid);
  EXPECT_EQ(certificates(), 0u);
}

TEST_F(AuthorityIssuanceTest, AValidOrderStaysSoWhenItsAuthorizationsEnd) {
  const Account account = new_account();
  const OrderView ready = ready_order(account, {"corp.test"});
  run(finalize(account, ready, csr_for({"corp.test"}))).value();
  run(authority_->deactivate_authorization(account, ready.order.authorizations[0])).value();
  EXPECT_EQ(order(account, ready.order.id).status, OrderStatus::valid);
}

class AuthorityValidityTest : public AuthorityIssuanceTest {
 protected:
  OrderView ready_order_with(const Account& account, const RequestedValidity& validity) {
    NewOrderRequest request;
    request.identifiers = {{"dns", "corp.test"}};
    request.validity = validity;
    const OrderView created = run(authority_->new_order(account, std::move(request))).value();
    prove(account, created.order.authorizations[0]);
    return order(account, created.order.id);
  }
};

TEST_F(AuthorityValidityTest, TheCertificateHasTheValidityOfTheOrder) {
  const Account account = new_account();
  const base::Time begin = kNow + std::chrono::hours(2), end = kNow + std::chrono::hours(30);
  const OrderView ready = ready_order_with(account, {begin, end});
  EXPECT_EQ(ready.order.validity, (RequestedValidity{begin, end}));
  const OrderView valid = run(finalize(account, ready, csr_for({"corp.test"}))).value();
  const IssuedCertificate record = run(records_.certificate(*valid.order.certificate))->value;
  EXPECT_EQ(parse_certificate(record.der)->validity, (Validity{begin, end}));
}

TEST_F(AuthorityValidityTest, AnOrderWhoseValidityHasPassedIsNotIssuedWithAnother) {
  const Account account = new_account();
  const OrderView late = ready_order_with(account, {{}, kNow + std::chrono::hours(24)});
  const OrderView early = ready_order_with(account, {kNow, {}});
  clock_.advance(std::chrono::hours(24));
  EXPECT_EQ(error_of(finalize(account, late, csr_for({"corp.test"}))), ErrorKind::malformed);
  EXPECT_EQ(order(account, late.order.id).status, OrderStatus::ready);
  clock_.advance(std::chrono::hours(25));
  EXPECT_EQ(error_of(finalize(account, early, csr_for({"corp.test"}))), ErrorKind::malformed);
  EXPECT_EQ(certificates(), 0u);
}

}  // namespace
}  // namespace acmecore
