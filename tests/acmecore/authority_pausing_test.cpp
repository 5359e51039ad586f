#include <gmock/gmock.h>

#include "acmecore/unpause_token.h"
#include "tests/acmecore/actors.h"
#include "tests/acmecore/authority_fixture.h"

// Names that an account fails to prove again and again.
namespace acmecore {
namespace {

using namespace std::chrono_literals;
using base::Error;
using base::ErrorKind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class AuthorityPausingTest : public AuthorityTest {
 protected:
  AuthorityPausingTest() { pause_after(2); }

  void pause_after(uint64_t after, std::chrono::seconds period = 24h) {
    options_.pausing = {after, period};
    restart();
  }

  base::Result<OrderView> order_for(const Account& account, const std::vector<std::string>& names,
                                    const std::string& replaces = "") {
    NewOrderRequest request;
    for (const std::string& name : names)
      request.identifiers.push_back({"dns", name});
    request.replaces = replaces;
    return run(authority_->new_order(account, std::move(request)));
  }
  bool is_paused(const Account& account, const std::string& name) {
    const auto ordered = order_for(account, {name});
    return !ordered && ordered.error().kind == ErrorKind::paused;
  }

  // An order whose validation fails.
  void fail_to_prove(const Account& account, const std::string& name) {
    const auto order = order_for(account, {name});
    ASSERT_TRUE(order);
    respond(account, order->order.authorizations[0]);
  }
  void pause(const Account& account, const std::string& name) {
    for (int i = 0; i < 2; ++i)
      fail_to_prove(account, name);
  }

  Pausing& pausing() { return authority_->pausing(); }
  std::vector<std::string> listed(const std::string& account, size_t limit = 1000) {
    std::vector<std::string> names;
    for (std::string after;;) {
      const auto page = run(pausing().paused(account, after, limit)).value();
      for (const FailingName& failing : page.found)
        names.push_back(failing.name);
      if (page.next.empty()) return names;
      after = page.next;
    }
  }

  // What of it is in the store.
  size_t kept() {
    storage::Range range;
    range.prefix = "j";
    return run(store_.list(range))->size();
  }

  const Account account_ = new_account();
};

TEST_F(AuthorityPausingTest, WhereItIsOffNothingIsPausedOrWritten) {
  pause_after(0);
  for (int i = 0; i < 5; ++i)
    fail_to_prove(account_, "corp.test");
  issue(account_, {"corp.test"});
  EXPECT_EQ(kept(), 0u);
  EXPECT_EQ(AuthorityOptions().pausing.after, 0u);
}

TEST_F(AuthorityPausingTest, SoManyFailuresPauseANameForItsAccount) {
  fail_to_prove(account_, "corp.test");
  EXPECT_FALSE(is_paused(account_, "corp.test"));
  clock_.advance(1h);
  fail_to_prove(account_, "corp.test");
  EXPECT_TRUE(is_paused(account_, "corp.test"));
  EXPECT_FALSE(is_paused(account_, "a.corp.test"));
  EXPECT_FALSE(is_paused(new_account(), "corp.test"));
  EXPECT_TRUE(is_paused(account_, "*.corp.test"));  // which is proved by the same
}

TEST_F(AuthorityPausingTest, OneFailureIsEnoughIfTheRuleSaysSo) {
  pause_after(1);
  fail_to_prove(account_, "corp.test");
  EXPECT_TRUE(is_paused(account_, "corp.test"));
}

TEST_F(AuthorityPausingTest, TheRefusalSaysWhichNamesAndWhatWasLastWrong) {
  pause(account_, "a.corp.test");
  clock_.advance(1h);
  pause(account_, "b.corp.test");
  const auto one = order_for(account_, {"a.corp.test", "c.corp.test"});
  ASSERT_FALSE(one);
  EXPECT_EQ(one.error().kind, ErrorKind::paused);
  EXPECT_EQ(one.error().retry_after, 23h);
  EXPECT_EQ(one.error().detail, one.error().suberrors[0].detail);
  EXPECT_THAT(
      one.error().detail,
      HasSubstr("\"a.corp.test\" is paused until " + base::rfc3339(kNow + 24h) +
                ": this account failed to prove it 2 times without a success between, the last time at " +
                base::rfc3339(kNow) + ": asked "));
  const auto two = order_for(account_, {"a.corp.test", "*.b.corp.test", "c.corp.test"});
  ASSERT_FALSE(two);
  EXPECT_EQ(two.error().retry_after, 24h);
  EXPECT_THAT(two.error().detail, HasSubstr("2 names are paused"));
  ASSERT_EQ(two.error().suberrors.size(), 2u);
  EXPECT_EQ(two.error().suberrors[0].identifier, "a.corp.test");
  EXPECT_EQ(two.error().suberrors[1].identifier, "*.b.corp.test");
  EXPECT_EQ(two.error().suberrors[1].kind, ErrorKind::paused);
}

TEST_F(AuthorityPausingTest, AnAuthorizationBeforeAnyOrderIsRefusedToo) {
  pause(account_, "corp.test");
  const auto authorize = [&](const std::string& name) {
    return run(authority_->new_authorization(account_, {"dns", name}));
  };
  EXPECT_EQ(authorize("corp.test").error().kind, ErrorKind::paused);
  EXPECT_TRUE(authorize("a.corp.test"));
}

TEST_F(AuthorityPausingTest, AnAuthorizationThatIsGivenUpWhileItIsProcessingHasFailed) {
  options_.retries = {.total = 10s, .interval = 5s};
  options_.pausing.after = 1;
  restart();
  const Account account = new_account();
  const std::string id = new_order(account, {"corp.test"}).order.authorizations[0];
  respond(account, id);
  run(authority_->deactivate_authorization(account, id)).value();
  NewOrderRequest request;
  request.identifiers = {{"dns", "corp.test"}};
  const auto refused = run(authority_->new_order(account, request));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::paused);
}

TEST_F(AuthorityPausingTest, ARenewalIsRefusedToo) {
  const IssuedCertificate issued = issue(account_, {"corp.test"});
  const std::string id = text_of(certificate_id(parse_certificate(issued.der).value()).value());
  pause(account_, "corp.test");
  EXPECT_EQ(order_for(account_, {"corp.test"}, id).error().kind, ErrorKind::paused);
}

// RFC 9444: what is to be proved is the ancestor.
TEST_F(AuthorityPausingTest, ANameBelowAPausedAncestorIsRefusedWhereThatIsToBeProved) {
  const auto below_corp = [&](const std::string& name, const std::string& ancestor) {
    NewOrderRequest request;
    request.identifiers = {{"dns", name, ancestor}};
    request.subdomain_authorization = true;
    return run(authority_->new_order(account_, std::move(request)));
  };
  for (int i = 0; i < 2; ++i)
    respond(account_, below_corp("a.corp.test", "corp.test")->order.authorizations[0]);
  const auto refused = below_corp("b.corp.test", "corp.test");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::paused);
  EXPECT_EQ(refused.error().suberrors[0].identifier, "b.corp.test");
  EXPECT_THAT(refused.error().detail, HasSubstr("this account failed to prove \"corp.test\" 2 times"));
  EXPECT_TRUE(below_corp("a.corp.test", ""));
  EXPECT_TRUE(is_paused(account_, "corp.test"));
}

TEST_F(AuthorityPausingTest, ASuccessBetweenCountsFromTheStart) {
  fail_to_prove(account_, "corp.test");
  EXPECT_EQ(kept(), 1u);
  ready_order(account_, {"*.corp.test"});
  EXPECT_EQ(kept(), 0u);
  fail_to_prove(account_, "corp.test");
  EXPECT_FALSE(is_paused(account_, "corp.test"));
}

TEST_F(AuthorityPausingTest, ASuccessByAnAuthorizationThatIsThereEndsAPause) {
  const OrderView waiting = new_order(account_, {"corp.test"});
  pause(account_, "corp.test");
  EXPECT_THAT(listed(account_.id), ElementsAre("corp.test"));
  prove(account_, waiting.order.authorizations[0]);
  EXPECT_EQ(order(account_, waiting.order.id).status, OrderStatus::ready);
  EXPECT_FALSE(is_paused(account_, "corp.test"));
  EXPECT_THAT(listed(account_.id), IsEmpty());
}

TEST_F(AuthorityPausingTest, AnotherFailureOfAPausedNameProlongsThePause) {
  const OrderView waiting = new_order(account_, {"corp.test"});
  pause(account_, "corp.test");
  clock_.advance(1h);
  respond(account_, waiting.order.authorizations[0]);
  EXPECT_THAT(order_for(account_, {"corp.test"}).error().detail, HasSubstr("to prove it 3 times"));
  EXPECT_EQ(order_for(account_, {"corp.test"}).error().retry_after, 24h);
  EXPECT_EQ(kept(), 2u);
}

TEST_F(AuthorityPausingTest, AValidationFailsOnceHoweverOftenItIsLookedAt) {
  options_.retries = {.total = 10s, .interval = 5s};
  pause_after(1);
  const OrderView waiting = new_order(account_, {"corp.test"});
  respond(account_, waiting.order.authorizations[0]);
  EXPECT_EQ(kept(), 0u);
  for (int looks = 0; looks < 3; ++looks) {
    clock_.advance(5s);
    run(authority_->sweep_authorizations()).value();
    run_background();
  }
  EXPECT_EQ(order(account_, waiting.order.id).status, OrderStatus::invalid);
  EXPECT_THAT(order_for(account_, {"corp.test"}).error().detail, HasSubstr("to prove it 1 time without"));
}

TEST_F(AuthorityPausingTest, OurOwnTroubleIsNoFailure) {
  validation_->answer_with(Error{ErrorKind::unavailable, "as the test wants", {}});
  fail_to_prove(account_, "corp.test");
  EXPECT_EQ(kept(), 0u);
}

TEST_F(AuthorityPausingTest, IsForgottenAPeriodAfterTheLastFailure) {
  pause(account_, "a.corp.test");
  fail_to_prove(account_, "b.corp.test");
  clock_.advance(24h - 1ms);
  EXPECT_EQ(order_for(account_, {"a.corp.test"}).error().retry_after, 1s);
  EXPECT_TRUE(run(authority_->sweep()));
  EXPECT_EQ(kept(), 3u);
  clock_.advance(1ms);
  EXPECT_FALSE(is_paused(account_, "a.corp.test"));  // also before it is removed
  EXPECT_THAT(listed(account_.id), IsEmpty());
  EXPECT_TRUE(run(authority_->sweep()));
  EXPECT_EQ(kept(), 0u);
}

TEST_F(AuthorityPausingTest, AFailureAfterThatCountsFromTheStart) {
  pause(account_, "corp.test");
  clock_.advance(24h);
  fail_to_prove(account_, "corp.test");
  EXPECT_FALSE(is_paused(account_, "corp.test"));
  EXPECT_EQ(kept(), 1u);
  fail_to_prove(account_, "corp.test");
  EXPECT_TRUE(is_paused(account_, "corp.test"));
}

TEST_F(AuthorityPausingTest, SurvivesARestart) {
  pause(account_, "corp.test");
  restart();
  EXPECT_TRUE(is_paused(account_, "corp.test"));
  pause_after(0);
  EXPECT_FALSE(is_paused(account_, "corp.test"));
}

// The failure and its count are one commit: another process that recorded the count first makes both be done again.
TEST_F(AuthorityPausingTest, FailuresAtOnceAreAllCounted) {
  const OrderView first = new_order(account_, {"corp.test", "*.corp.test"});
  store_.before_next_commit([&]() -> base::Task<void> {
    const auto faster =
        co_await authority_->respond(account_, first.order.authorizations[1], std::string(kDns01), 1h);
    EXPECT_TRUE(faster);
  });
  respond(account_, first.order.authorizations[0]);
  EXPECT_TRUE(is_paused(account_, "corp.test"));
}

TEST_F(AuthorityPausingTest, WhatCouldNotBeRecordedIsNotCounted) {
  const OrderView waiting = new_order(account_, {"corp.test"});
  store_.next_commits({ErrorKind::unavailable});
  respond(account_, waiting.order.authorizations[0]);
  EXPECT_EQ(kept(), 0u);
}

TEST_F(AuthorityPausingTest, ListsByAccountAndName) {
  const Account other = new_account();
  for (const char* name : {"c.corp.test", "a.corp.test", "b.corp.test"})
    pause(account_, name);
  fail_to_prove(account_, "d.corp.test");  // not often enough
  pause(other, "z.corp.test");
  EXPECT_THAT(listed(account_.id), ElementsAre("a.corp.test", "b.corp.test", "c.corp.test"));
  EXPECT_THAT(listed(account_.id, 1), ElementsAre("a.corp.test", "b.corp.test", "c.corp.test"));
  EXPECT_THAT(listed(other.id), ElementsAre("z.corp.test"));
  EXPECT_EQ(listed("", 2).size(), 4u);
  EXPECT_THAT(listed("nobody"), IsEmpty());
  const auto page = run(pausing().paused(account_.id, "", 1)).value();
  ASSERT_EQ(page.found.size(), 1u);
  EXPECT_EQ(page.found[0].account, account_.id);
  EXPECT_EQ(page.found[0].failures, 2u);
  EXPECT_EQ(page.found[0].last_failed, kNow);
  EXPECT_EQ(page.found[0].until, kNow + 24h);
  EXPECT_THAT(page.found[0].last_error, HasSubstr("asked "));
}

TEST_F(AuthorityPausingTest, LiftsTheNamesThatAreGivenOrAll) {
  const Account other = new_account();
  for (const char* name : {"a.corp.test", "b.corp.test", "c.corp.test"})
    pause(account_, name);
  pause(other, "a.corp.test");
  fail_to_prove(account_, "d.corp.test");
  EXPECT_THAT(
      *run(pausing().lift(account_.id, {"b.corp.test", "b.corp.test", "d.corp.test", "x.corp.test"}, kAnna)),
      ElementsAre("b.corp.test"));
  EXPECT_FALSE(is_paused(account_, "b.corp.test"));
  EXPECT_TRUE(is_paused(account_, "a.corp.test"));
  EXPECT_THAT(*run(pausing().lift_all(account_.id, kAnna)), ElementsAre("a.corp.test", "c.corp.test"));
  EXPECT_THAT(listed(account_.id), IsEmpty());
  EXPECT_THAT(*run(pausing().lift_all(account_.id, kAnna)), IsEmpty());
  EXPECT_TRUE(is_paused(other, "a.corp.test"));
  fail_to_prove(account_, "a.corp.test");  // its failures are forgotten, those of others are not
  EXPECT_FALSE(is_paused(account_, "a.corp.test"));
  fail_to_prove(account_, "d.corp.test");
  EXPECT_TRUE(is_paused(account_, "d.corp.test"));
}

TEST_F(AuthorityPausingTest, LiftsMoreThanOnePage) {
  pause_after(1);
  rules_.names_max = kIdentifiersMax;
  restart();
  for (size_t i = 0; i < kPausedShownMax + 1; ++i)
    fail_to_prove(account_, "n" + std::to_string(i) + ".corp.test");
  EXPECT_EQ(run(pausing().lift_all(account_.id, kAnna))->size(), kPausedShownMax + 1);
  EXPECT_EQ(kept(), 0u);
}

TEST_F(AuthorityPausingTest, APersonsTokenIsGoodForItsTimeAndSurvivesARestart) {
  const auto token = run(pausing().token("default", account_.id)).value();
  restart();
  const auto check = [&](const std::string& directory, const std::string& account) {
    return run(pausing().check_token(directory, account, token));
  };
  EXPECT_TRUE(check("default", account_.id));
  EXPECT_EQ(check("default", new_account().id).error().kind, ErrorKind::not_found);
  EXPECT_EQ(check("team", account_.id).error().kind, ErrorKind::not_found);
  clock_.advance(kUnpauseTokenLifetime - 1s);
  EXPECT_TRUE(check("default", account_.id));
  clock_.advance(1s);
  EXPECT_EQ(check("default", account_.id).error().kind, ErrorKind::unauthorized);
}

}  // namespace
}  // namespace acmecore
