#include <array>
#include <thread>

#include "acmecore/external_account_keys.h"
#include "tests/acmecore/actors.h"
#include "tests/acmecore/authority_fixture.h"
#include "tests/acmecore/external_account_fixture.h"
#include "tests/acmecore/policy_fixture.h"

namespace acmecore {
namespace {

using base::ErrorKind;
using base::Json;

class AuthorityExternalAccountsTest : public AuthorityTest {
 protected:
  AuthorityExternalAccountsTest() { directory_.external_account = ExternalAccountMode::required; }

  ExternalAccountKeys keys() { return {records_, clock_, {directory_}}; }
  ExternalAccountKey new_key(NewExternalAccountKey wanted = {}) {
    auto administration = keys();
    return run(administration.create(std::move(wanted), kAnna)).value();
  }
  ExternalAccountKey stored(const ExternalAccountKey& key) {
    return run(records_.external_account_key(key.id)).value().value;
  }

  static NewAccountRequest request_with(Json binding) {
    NewAccountRequest request;
    request.external_account_binding = std::move(binding);
    request.url = kUrl;
    return request;
  }
  static NewAccountRequest request_with(const ClientKey& client, const ExternalAccountKey& key) {
    return request_with(binding(binding_draft(client, key.id, key.mac_key)));
  }
  base::Task<base::Result<NewAccountResult>> create(const ClientKey& client, NewAccountRequest request) {
    return authority_->new_account(directory_, client.account_key(), std::move(request));
  }
  base::Task<base::Result<NewAccountResult>> create(const ClientKey& client, const ExternalAccountKey& key) {
    return create(client, request_with(client, key));
  }
  // What a refusal of a binding says. "accepted": it was not.
  std::string refusal(const ClientKey& client, NewAccountRequest request) {
    const auto result = run(create(client, std::move(request)));
    if (result) return "accepted";
    EXPECT_EQ(result.error().kind, ErrorKind::unauthorized);
    return result.error().detail;
  }
  Account account_of(const ExternalAccountKey& key) {
    const ClientKey client;
    return run(create(client, key)).value().account;
  }
  base::Result<OrderView> order_for(const Account& account, const std::vector<std::string>& names) {
    NewOrderRequest request;
    for (const std::string& name : names)
      request.identifiers.push_back({"dns", name});
    return run(authority_->new_order(account, std::move(request)));
  }
};

TEST_F(AuthorityExternalAccountsTest, AnAccountIsBoundToItsKeyAndKeepsWhatBoundIt) {
  const ClientKey client;
  NewExternalAccountKey wanted;
  wanted.restriction.names = patterns({"*.corp.test"});
  const ExternalAccountKey key = new_key(wanted);
  const NewAccountRequest request = request_with(client, key);
  const auto made = run(create(client, request)).value();
  EXPECT_TRUE(made.created);
  ASSERT_TRUE(made.account.external_account);
  EXPECT_EQ(made.account.external_account->key_id, key.id);
  EXPECT_EQ(made.account.external_account->binding, request.external_account_binding->text());
  EXPECT_EQ(made.account.external_account->restriction, key.restriction);
  EXPECT_EQ(run(records_.account(made.account.id))->value, made.account);
  EXPECT_EQ(stored(key).uses, 1u);
  EXPECT_EQ(stored(key).last_used, clock_.now());

  // Asking again for the account that is there uses nothing up, whatever the binding.
  EXPECT_EQ(run(create(client, request))->account, made.account);
  EXPECT_EQ(run(create(client, NewAccountRequest()))->account, made.account);
  EXPECT_EQ(run(create(client, request_with(Json("rubbish"))))->account, made.account);
  EXPECT_EQ(stored(key).uses, 1u);
}

TEST_F(AuthorityExternalAccountsTest, WhereItIsRequiredThereIsNoAccountWithoutIt) {
  const ClientKey client;
  EXPECT_EQ(error_of(create(client, NewAccountRequest())), ErrorKind::external_account_required);
  NewAccountRequest existing;
  existing.only_return_existing = true;
  EXPECT_EQ(error_of(create(client, existing)), ErrorKind::account_does_not_exist);
}

TEST_F(AuthorityExternalAccountsTest, WhereItIsOptionalWhatIsGivenHasToBeGood) {
  directory_.external_account = ExternalAccountMode::optional;
  const ExternalAccountKey key = new_key();
  EXPECT_FALSE(run(create(ClientKey(), NewAccountRequest()))->account.external_account);
  EXPECT_TRUE(account_of(key).external_account);
  EXPECT_EQ(error_of(create(ClientKey(), request_with(Json("rubbish")))), ErrorKind::malformed);
  const ClientKey client;
  EXPECT_EQ(error_of(create(client, key)), ErrorKind::unauthorized);  // it is used up
  EXPECT_EQ(error_of(create(client,
                            [] {
                              NewAccountRequest request;
                              request.only_return_existing = true;
                              return request;
                            }())),
            ErrorKind::account_does_not_exist);
}

TEST_F(AuthorityExternalAccountsTest, WhereItIsOffNobodyLooksAtIt) {
  const ExternalAccountKey key = new_key();
  directory_.external_account = ExternalAccountMode::off;
  const ClientKey client;
  EXPECT_FALSE(run(create(client, key))->account.external_account);
  EXPECT_FALSE(run(create(ClientKey(), request_with(Json("rubbish"))))->account.external_account);
  EXPECT_EQ(stored(key).uses, 0u);
}

TEST_F(AuthorityExternalAccountsTest, AnUnknownKeyAndAWrongMacSayTheSame) {
  const ClientKey client;
  const ExternalAccountKey key = new_key();
  const base::Bytes other_mac_key(kMacKeySize, 'x');
  const std::string unknown =
      refusal(client, request_with(binding(binding_draft(client, "unknown", other_mac_key))));
  const std::string wrong =
      refusal(client, request_with(binding(binding_draft(client, key.id, other_mac_key))));
  EXPECT_EQ(unknown, wrong);
  // Not even by the MAC key that stands in for the unknown one's.
  const base::Bytes zeros(kMacKeySize, '\0');
  EXPECT_EQ(refusal(client, request_with(binding(binding_draft(client, "unknown", zeros)))), wrong);
  EXPECT_EQ(refusal(client, request_with(binding(binding_draft(client, "", zeros)))), wrong);
  EXPECT_EQ(refusal(client, request_with(binding(binding_draft(client, std::string(2000, 'k'), zeros)))),
            wrong);
  EXPECT_EQ(stored(key).uses, 0u);
  EXPECT_TRUE(run(create(client, key))->created);
}

TEST_F(AuthorityExternalAccountsTest, AKeyThatIsDisabledMakesNoAccountUntilItIsEnabled) {
  auto administration = keys();
  const ExternalAccountKey key = new_key();
  ASSERT_TRUE(run(administration.set_disabled(key.id, true, kAnna)));
  const ClientKey client;
  EXPECT_NE(refusal(client, request_with(client, key)).find("disabled"), std::string::npos);
  ASSERT_TRUE(run(administration.set_disabled(key.id, false, kAnna)));
  EXPECT_TRUE(run(create(client, key))->created);
}

TEST_F(AuthorityExternalAccountsTest, AKeyMakesAccountsUntilItExpires) {
  NewExternalAccountKey wanted;
  wanted.uses_max = 5;
  wanted.expires = clock_.now() + std::chrono::hours(1);
  const ExternalAccountKey key = new_key(wanted);
  clock_.advance(std::chrono::hours(1) - std::chrono::milliseconds(1));
  account_of(key);
  clock_.advance(std::chrono::milliseconds(1));
  const ClientKey client;
  EXPECT_NE(refusal(client, request_with(client, key)).find("expired"), std::string::npos);
}

// Its key may have been for one account alone.
TEST_F(AuthorityExternalAccountsTest, AnAccountThatOrdersLateIsStillThere) {
  const Account account = account_of(new_key());
  clock_.advance(kUnusedAccountRetention + std::chrono::hours(1));
  run(authority_->sweep()).value();
  new_order(account, {"www.corp.test"});
}

TEST_F(AuthorityExternalAccountsTest, AKeyIsGoodInItsDirectoryAlone) {
  const ExternalAccountKey key = new_key();
  directory_.name = "team";
  const ClientKey client;
  EXPECT_NE(refusal(client, request_with(client, key)).find("another directory"), std::string::npos);
  EXPECT_EQ(stored(key).uses, 0u);
}

TEST_F(AuthorityExternalAccountsTest, ADeletedKeyIsUnknownAndItsAccountsStay) {
  NewExternalAccountKey wanted;
  wanted.uses_max = 2;
  wanted.restriction.names = patterns({"*.corp.test"});
  const ExternalAccountKey key = new_key(wanted);
  const Account account = account_of(key);
  auto administration = keys();
  ASSERT_TRUE(run(administration.remove(key.id, kAnna)));
  const ClientKey client;
  EXPECT_NE(refusal(client, request_with(client, key)).find("no such key"), std::string::npos);
  EXPECT_TRUE(order_for(account, {"a.corp.test"}));
  EXPECT_FALSE(order_for(account, {"a.other.test"}));
}

TEST_F(AuthorityExternalAccountsTest, AKeyMakesAsManyAccountsAsItMayAndNoMore) {
  NewExternalAccountKey wanted;
  wanted.uses_max = 2;
  const ExternalAccountKey key = new_key(wanted);
  EXPECT_NE(account_of(key).id, account_of(key).id);
  const ClientKey client;
  EXPECT_NE(refusal(client, request_with(client, key)).find("used up: it makes 2 accounts"),
            std::string::npos);
  EXPECT_EQ(stored(key).uses, 2u);
}

// 32 threads, each with a key of its own, and one external account key for one account.
TEST_F(AuthorityExternalAccountsTest, OneUseIsOneAlsoFromManyThreads) {
  constexpr size_t kThreads = 32;
  for (const uint32_t uses : {1u, 3u}) {
    NewExternalAccountKey wanted;
    wanted.uses_max = uses;
    const ExternalAccountKey key = new_key(wanted);
    std::array<ClientKey, kThreads> clients;
    std::array<base::Result<NewAccountResult>, kThreads> results;
    std::vector<std::thread> threads;
    for (size_t i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] { results[i] = support::run_task(create(clients[i], key)); });
    }
    for (std::thread& thread : threads)
      thread.join();
    size_t created = 0;
    for (size_t i = 0; i < kThreads; ++i) {
      if (results[i]) {
        ++created;
        EXPECT_EQ(run(records_.account(results[i]->account.id))->value, results[i]->account);
      } else {
        EXPECT_EQ(results[i].error().kind, ErrorKind::unauthorized) << results[i].error().detail;
        const base::Bytes digest = base::sha256(clients[i].account_key().spki_der());
        EXPECT_EQ(run(records_.account_with_key(digest, directory_.name)).value(), std::nullopt);
      }
    }
    EXPECT_EQ(created, uses);
    EXPECT_EQ(stored(key).uses, uses);
  }
}

TEST_F(AuthorityExternalAccountsTest, TheUseIsCountedWithTheAccountOrNotAtAll) {
  const ExternalAccountKey key = new_key();
  const ClientKey client;
  memory_.set_full(true);
  EXPECT_EQ(error_of(create(client, key)), ErrorKind::unavailable);
  memory_.set_full(false);
  EXPECT_EQ(stored(key).uses, 0u);
  store_.next_commits({ErrorKind::conflict});
  EXPECT_TRUE(run(create(client, key))->created);
  EXPECT_EQ(stored(key).uses, 1u);
}

TEST_F(AuthorityExternalAccountsTest, AKeyThatIsDisabledMeanwhileMakesNoAccount) {
  const ExternalAccountKey key = new_key();
  auto administration = keys();
  store_.before_next_commit([&]() -> base::Task<void> {
    const auto disabled = co_await administration.set_disabled(key.id, true, kAnna);
    EXPECT_TRUE(disabled);
  });
  const ClientKey client;
  EXPECT_NE(refusal(client, request_with(client, key)).find("disabled"), std::string::npos);
  EXPECT_EQ(stored(key).uses, 0u);
}

TEST_F(AuthorityExternalAccountsTest, OrdersHoldOnlyWhatTheKeyAllows) {
  NewExternalAccountKey wanted;
  wanted.restriction.names = patterns({"corp.test", "*.corp.test"});
  const Account account = account_of(new_key(wanted));
  EXPECT_TRUE(order_for(account, {"corp.test", "*.corp.test", "a.corp.test"}));
  const auto refused = order_for(account, {"a.corp.test", "other.test", "*.a.corp.test"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::rejected_identifier);
  ASSERT_EQ(refused.error().suberrors.size(), 2u);
  EXPECT_EQ(refused.error().suberrors[0].identifier, "other.test");
  EXPECT_EQ(refused.error().suberrors[1].identifier, "*.a.corp.test");
}

TEST_F(AuthorityExternalAccountsTest, CertificatesLiveNoLongerThanTheKeyAllows) {
  NewExternalAccountKey wanted;
  wanted.restriction.certificate_lifetime_max = std::chrono::hours(48);
  const IssuedCertificate shorter = issue(account_of(new_key(wanted)), {"a.corp.test"});
  EXPECT_EQ(std::chrono::ceil<std::chrono::hours>(shorter.not_after - clock_.now()),
            std::chrono::hours(48) - kBackdate);

  wanted.restriction.certificate_lifetime_max = std::chrono::hours(100'000);
  const IssuedCertificate usual = issue(account_of(new_key(wanted)), {"a.corp.test"});
  EXPECT_EQ(std::chrono::ceil<std::chrono::hours>(usual.not_after - clock_.now()),
            std::chrono::hours(kLeafLifetimeDefault) - kBackdate);
}

TEST_F(AuthorityExternalAccountsTest, AnOrderAsksForNoLongerLifeThanTheKeyAllows) {
  Profile profile;
  profile.validity.lifetime_max = std::chrono::days(120);
  options_.profiles = profile;
  restart();
  NewExternalAccountKey wanted;
  wanted.restriction.certificate_lifetime_max = std::chrono::hours(48);
  const Account account = account_of(new_key(wanted));
  NewOrderRequest request;
  request.identifiers = {{"dns", "a.corp.test"}};
  const base::Time begin = std::chrono::floor<std::chrono::seconds>(clock_.now());
  request.validity.not_before = begin;
  request.validity.not_after = begin + std::chrono::hours(48);
  EXPECT_EQ(error_of(authority_->new_order(account, request)), ErrorKind::malformed);
  request.validity.not_after = begin + std::chrono::hours(48) - std::chrono::seconds(1);
  const auto longest = run(authority_->new_order(account, request));
  ASSERT_TRUE(longest);
  EXPECT_EQ(longest->order.certificate_lifetime_max, std::chrono::hours(48));
  prove(account, longest->order.authorizations[0]);
  ASSERT_EQ(run(finalize(account, *longest, csr_for({"a.corp.test"})))->status, OrderStatus::valid);
  const OrderView issued = order(account, longest->order.id);
  EXPECT_EQ(run(records_.certificate(*issued.order.certificate))->value.not_after,
            *request.validity.not_after);
}

TEST_F(AuthorityExternalAccountsTest, AuthorizationsBeforeAnyOrderAreForWhatTheKeyAllows) {
  NewExternalAccountKey wanted;
  wanted.restriction.names = patterns({"*.corp.test"});
  const Account account = account_of(new_key(wanted));
  EXPECT_TRUE(run(authority_->new_authorization(account, {"dns", "a.corp.test"})));
  EXPECT_EQ(error_of(authority_->new_authorization(account, {"dns", "corp.test"})),
            ErrorKind::rejected_identifier);
}

TEST_F(AuthorityExternalAccountsTest, KeysThatMakeNoAccountAnyMoreAreSweptAway) {
  const ExternalAccountKey used = new_key();
  const Account account = account_of(used);
  const ExternalAccountKey unused = new_key();
  clock_.advance(kExternalAccountKeyRetention - std::chrono::milliseconds(1));
  ASSERT_TRUE(run(authority_->sweep()));
  EXPECT_EQ(stored(used).uses, 1u);
  clock_.advance(std::chrono::milliseconds(1));
  ASSERT_TRUE(run(authority_->sweep()));
  EXPECT_EQ(error_of(records_.external_account_key(used.id)), ErrorKind::not_found);
  EXPECT_EQ(stored(unused), unused);
}

}  // namespace
}  // namespace acmecore
