#include "dnsserver/credentials.h"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <optional>
#include <set>
#include <thread>

#include "dnsserver/kept_accounts.h"
#include "dnsserver/keys.h"
#include "tests/dnsserver/publishing_fixture.h"

namespace dnsserver {
namespace {

using base::ErrorKind;
using base::IpAddress;
using base::IpNetwork;
using namespace std::chrono_literals;

constexpr const char* kBcryptOfUU = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

class CredentialsTest : public PublishingTest {
 protected:
  void SetUp() override {
    dns_.create_zone("acme.test");
    open();
  }

  // What is not in the store is gone.
  void open(size_t credentials_max = kCredentialsMax) {
    credentials_.reset();
    auto opening =
        Credentials::open(dns_.store(), dns_.clock(), dns_.io().get_executor(), nullptr, credentials_max);
    credentials_ = dns_.run(std::move(opening)).value();
  }

  void restart() {
    credentials_.reset();
    dns_.restart();
    open();
  }

  Result<Account> register_account(std::optional<std::string> label = std::nullopt) {
    NewAccount account;
    account.apex = name("acme.test");
    account.label = std::move(label);
    return dns_.run(credentials_->register_account(account, {}));
  }

  Result<SharedCredential> create(std::string login, std::string key = "") {
    Credential credential;
    credential.scopes = {{.name = name("www.corp.test")}};
    if (!login.empty()) credential.login = Login{login, hash_of_password("secret of " + login)};
    if (!key.empty()) credential.tsig_keys = {make_tsig_key(name(key), TsigAlgorithm::hmac_sha256)};
    return dns_.run(credentials_->create(credential, {}));
  }

  Result<SharedCredential> authenticate(std::string login, std::string password,
                                        std::optional<IpAddress> source = std::nullopt) {
    return dns_.run(credentials_->authenticate(std::move(login), std::move(password), source));
  }

  std::unique_ptr<Credentials> credentials_;
};

INSTANTIATE_TEST_SUITE_P(Store, CredentialsTest, testing::ValuesIn(kStoreKinds), store_kind_name);

TEST_P(CredentialsTest, AreFoundByEachOfTheirSecrets) {
  const auto made = create("alice", "alice-key.");
  ASSERT_TRUE(made);
  for (int i = 0; i < 2; ++i, restart()) {
    EXPECT_EQ(*credentials_->get((*made)->id).value(), **made);
    EXPECT_EQ(*authenticate("alice", "secret of alice").value(), **made);
    EXPECT_EQ(*credentials_->authenticate_token("secret of alice", std::nullopt).value(), **made);
    const auto by_key = credentials_->find_by_tsig_key(name("ALICE-key"));
    ASSERT_TRUE(by_key);
    EXPECT_EQ(*by_key, **made);
  }
  EXPECT_EQ(kind(authenticate("alice", "secret of bob")), ErrorKind::unauthorized);
  EXPECT_EQ(kind(authenticate("Alice", "secret of alice")), ErrorKind::unauthorized);
  EXPECT_EQ(kind(credentials_->authenticate_token("", std::nullopt)), ErrorKind::unauthorized);
  EXPECT_EQ(credentials_->find_by_tsig_key(name("bob-key")), nullptr);
  EXPECT_EQ(kind(credentials_->get("nobody")), ErrorKind::not_found);
}

TEST_P(CredentialsTest, ShareNoNameOfALoginOrAKey) {
  ASSERT_TRUE(create("alice", "key."));
  EXPECT_EQ(kind(create("alice")), ErrorKind::conflict);
  EXPECT_EQ(kind(create("bob", "KEY.")), ErrorKind::conflict);
  EXPECT_FALSE(credentials_->find_by_login("bob"));
  EXPECT_TRUE(create("bob", "key2."));
}

TEST_P(CredentialsTest, AreListedByAge) {
  std::vector<std::string> ids;
  for (const char* login : {"c", "a", "b"}) {
    ids.push_back((*create(login))->id);
    dns_.clock().advance(1ms);
  }
  const auto first = credentials_->list("", 2);
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0]->id, ids[0]);
  EXPECT_EQ(first[1]->id, ids[1]);
  const auto rest = credentials_->list(ids[1], 2);
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_EQ(rest[0]->id, ids[2]);
}

TEST_P(CredentialsTest, AreNoMoreThanTheirLimit) {
  open(2);
  const std::string first = (*create("alice"))->id;
  ASSERT_TRUE(create("bob"));
  const auto refused = create("carol");
  EXPECT_EQ(kind(refused), ErrorKind::too_large);
  EXPECT_EQ(refused.error().detail, "this server holds 2 credentials, its limit");
  const auto nothing = [](Credential&) -> Result<void> { return {}; };
  EXPECT_TRUE(dns_.run(credentials_->update(first, nothing, {}))) << "it is none more";
  ASSERT_TRUE(dns_.run(credentials_->remove(first, {})));
  EXPECT_TRUE(create("carol"));
  EXPECT_EQ(kind(create("dave")), ErrorKind::too_large);
  open(1);
  EXPECT_EQ(credentials_->list("", 10).size(), 2u) << "what was made before stays";
}

TEST_P(CredentialsTest, AreNoMoreThanTheirLimitWhereManyAreMadeAtOnce) {
  open(2);
  std::multiset<std::optional<ErrorKind>> ended;
  for (int i = 0; i < 5; ++i) {
    Credential credential;
    credential.scopes = {{.name = name("www.corp.test")}};
    boost::asio::co_spawn(dns_.io(), credentials_->create(std::move(credential), {}),
                          [&](std::exception_ptr, Result<SharedCredential> made) {
                            ended.insert(made ? std::nullopt : std::optional(kind(made)));
                          });
  }
  dns_.io().restart();
  while (ended.size() < 5)
    dns_.io().run_one();
  EXPECT_EQ(ended.count(std::nullopt), 2u);
  EXPECT_EQ(ended.count(ErrorKind::too_large), 3u);
  EXPECT_EQ(credentials_->list("", 10).size(), 2u);
}

TEST_P(CredentialsTest, WaitToBeChangedInNoMoreThanTheNamedNumber) {
  std::multiset<std::string> ended;
  const auto remove_at_once = [&](size_t count) {
    ended.clear();
    for (size_t i = 0; i < count; ++i) {
      boost::asio::co_spawn(
          dns_.io(), credentials_->remove("nobody", {}),
          [&](std::exception_ptr, Result<void> removed) { ended.insert(removed.error().detail); });
    }
    dns_.io().restart();
    while (ended.size() < count)
      dns_.io().run_one();
  };
  remove_at_once(kCredentialChangesWaitingMax);
  EXPECT_EQ(ended.count("there is no credential nobody"), kCredentialChangesWaitingMax);
  remove_at_once(kCredentialChangesWaitingMax + 1);
  EXPECT_EQ(ended.count("there is no credential nobody"), kCredentialChangesWaitingMax);
  EXPECT_EQ(ended.count("too many changes of credentials wait to be written"), 1u);
}

TEST_P(CredentialsTest, AreUpdatedInAllPlaces) {
  const std::string id = (*create("alice", "old-key."))->id;
  const auto rename = [](Credential& credential) -> Result<void> {
    credential.login->name = "alice2";
    credential.tsig_keys = {make_tsig_key(Name::parse("new-key.").value(), TsigAlgorithm::hmac_sha512)};
    credential.id = "somebody else";
    return {};
  };
  ASSERT_TRUE(dns_.run(credentials_->update(id, rename, {})));
  for (int i = 0; i < 2; ++i, restart()) {
    EXPECT_FALSE(authenticate("alice", "secret of alice"));
    EXPECT_EQ((*authenticate("alice2", "secret of alice"))->id, id);
    EXPECT_FALSE(credentials_->find_by_tsig_key(name("old-key")));
    EXPECT_TRUE(credentials_->find_by_tsig_key(name("new-key")));
  }
  EXPECT_TRUE(create("alice", "old-key.")) << "the names are free again";
  const auto refuse = [](Credential& credential) -> Result<void> {
    credential.scopes.clear();
    return {};
  };
  EXPECT_EQ(kind(dns_.run(credentials_->update(id, refuse, {}))), ErrorKind::malformed);
  EXPECT_EQ(credentials_->get(id).value()->scopes.size(), 1u);
  EXPECT_EQ(kind(dns_.run(credentials_->update("nobody", rename, {}))), ErrorKind::not_found);
}

TEST_P(CredentialsTest, AreGoneOnceTheyAreRemoved) {
  const std::string id = (*create("alice", "key."))->id;
  ASSERT_TRUE(dns_.run(credentials_->remove(id, {})));
  for (int i = 0; i < 2; ++i, restart()) {
    EXPECT_FALSE(authenticate("alice", "secret of alice"));
    EXPECT_FALSE(credentials_->authenticate_token("secret of alice", std::nullopt));
    EXPECT_FALSE(credentials_->find_by_tsig_key(name("key")));
    EXPECT_EQ(kind(dns_.run(credentials_->remove(id, {}))), ErrorKind::not_found);
  }
  EXPECT_EQ(dns_.key_count("dgt"), 0u);
  EXPECT_TRUE(create("alice", "key."));
}

TEST_P(CredentialsTest, TakeTheAccountsThatTheyKeepWithThem) {
  KeptAccounts kept(dns_.store());
  const std::string alice = (*create("alice"))->id;
  const std::string bob = (*create("bob"))->id;
  ASSERT_TRUE(dns_.run(kept.put(alice, name("A.test"), "{}")));
  ASSERT_TRUE(dns_.run(kept.put(alice, name("b.test"), "{\"x\":1}")));
  ASSERT_TRUE(dns_.run(kept.put(bob, name("a.test"), "[]")));
  const auto listed = dns_.run(kept.list(alice)).value();
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[0].domain.text(), "A.test.");
  EXPECT_EQ(dns_.run(kept.find(alice, name("a.test"))).value(), "{}");
  EXPECT_EQ(dns_.run(kept.find(alice, name("c.test"))).value(), std::nullopt);
  ASSERT_TRUE(dns_.run(credentials_->remove(alice, {})));
  EXPECT_TRUE(dns_.run(kept.list(alice))->empty());
  EXPECT_EQ(dns_.run(kept.list(bob))->size(), 1u);
}

TEST_P(CredentialsTest, KeepNoMoreAccountsThanTheyMay) {
  KeptAccounts kept(dns_.store());
  EXPECT_TRUE(dns_.run(kept.put("c1", name("n0.test"), std::string(kKeptAccountSizeMax, ' '))));
  EXPECT_EQ(kind(dns_.run(kept.put("c1", name("n1.test"), std::string(kKeptAccountSizeMax + 1, ' ')))),
            ErrorKind::too_large);
  storage::Batch batch;
  const Bytes value = dns_.run(dns_.store().get(kept_account_key("c1", name("n0.test")))).value()->value;
  for (size_t i = 1; i < kKeptAccountsMax; ++i)
    batch.puts.push_back({kept_account_key("c1", name("n" + std::to_string(i) + ".test")), value});
  ASSERT_TRUE(dns_.run(dns_.store().commit(std::move(batch))));
  EXPECT_TRUE(dns_.run(kept.put("c1", name("n7.test"), "{}")));
  EXPECT_EQ(kind(dns_.run(kept.put("c1", name("one-more.test"), "{}"))), ErrorKind::too_large);
}

TEST_P(CredentialsTest, AreNoGoodWhileTheyMayNotBeUsed) {
  const std::string id = (*create("alice"))->id;
  const auto restrict = [&](Credential& credential) -> Result<void> {
    credential.sources = {IpNetwork::parse("192.0.2.0/24").value()};
    credential.expires = dns_.clock().now() + 1h;
    return {};
  };
  ASSERT_TRUE(dns_.run(credentials_->update(id, restrict, {})));
  const auto inside = IpAddress::parse("192.0.2.1").value();
  const auto outside = IpAddress::parse("198.51.100.1").value();
  EXPECT_TRUE(authenticate("alice", "secret of alice", inside));
  EXPECT_FALSE(authenticate("alice", "secret of alice", outside));
  EXPECT_FALSE(credentials_->authenticate_token("secret of alice", outside));
  dns_.clock().advance(1h);
  EXPECT_FALSE(authenticate("alice", "secret of alice", inside));
}

// bcrypt for every request would let anybody have our CPU.
TEST_P(CredentialsTest, WithAnImportedPasswordGetOurHashAtTheirFirstSuccess) {
  Credential imported;
  imported.scopes = {{.name = name("label.acme.test")}};
  imported.login = Login{"imported", imported_bcrypt(kBcryptOfUU).value()};
  ASSERT_TRUE(dns_.run(credentials_->create(imported, {}, name("label.acme.test"))));
  EXPECT_FALSE(authenticate("imported", "wrong"));
  EXPECT_EQ(credentials_->find_by_login("imported")->login->password.kind, PasswordHash::Kind::bcrypt);
  EXPECT_TRUE(authenticate("imported", "U*U"));
  for (int i = 0; i < 2; ++i, restart()) {
    EXPECT_EQ(credentials_->find_by_login("imported")->login->password, hash_of_password("U*U"));
    EXPECT_TRUE(authenticate("imported", "U*U"));
    EXPECT_FALSE(authenticate("imported", "wrong"));
  }
  EXPECT_EQ(kind(register_account("label")), ErrorKind::conflict) << "the name was handed out before";
}

// Two threads that verify without a pause meet, and then one of them is refused.
TEST_P(CredentialsTest, HaveOneImportedPasswordVerifiedAtOnce) {
  static_assert(kBcryptAtOnceMax == 1);
  constexpr int kAttempts = 500;
  Credential imported;
  imported.scopes = {{.name = name("label.acme.test")}};
  imported.login = Login{"imported", imported_bcrypt(kBcryptOfUU).value()};
  ASSERT_TRUE(dns_.run(credentials_->create(imported, {})));
  std::atomic<int> refused = 0;
  const auto guess = [&] {
    for (int i = 0; i < kAttempts && refused == 0; ++i) {
      const auto outcome = support::run_task(credentials_->authenticate("imported", "wrong", std::nullopt));
      if (kind(outcome) == ErrorKind::unauthorized) continue;
      ++refused;
      EXPECT_EQ(kind(outcome), ErrorKind::rate_limited);
      EXPECT_EQ(outcome.error().detail, "another imported password is being verified; try again");
    }
  };
  std::thread other(guess);
  guess();
  other.join();
  EXPECT_GE(refused, 1);
  EXPECT_EQ(kind(authenticate("imported", "wrong")), ErrorKind::unauthorized) << "there is room again";
}

TEST_P(CredentialsTest, OfAnAccountMayWriteAtItsOwnNameAlone) {
  const auto account = register_account();
  ASSERT_TRUE(account);
  EXPECT_EQ(account->name, name(account->label + ".acme.test"));
  EXPECT_EQ(account->password.size(), kPasswordSize);
  const auto credential = authenticate(account->credential->login->name, account->password);
  ASSERT_TRUE(credential);
  EXPECT_TRUE(permits(**credential, account->name, std::nullopt, dns_.clock().now()));
  EXPECT_FALSE(permits(**credential, name("acme.test"), std::nullopt, dns_.clock().now()));
}

// BR 3.2.2.4.7: each applicant has a name of its own, so none may ever come to somebody else.
TEST_P(CredentialsTest, OfAccountsNeverShareANameNotEvenAfterOneIsGone) {
  std::set<std::string> labels;
  for (int i = 0; i < 20; ++i)
    labels.insert(register_account()->label);
  EXPECT_EQ(labels.size(), 20u);
  const auto chosen = register_account("Chosen-1");
  ASSERT_TRUE(chosen);
  EXPECT_EQ(kind(register_account("chosen-1")), ErrorKind::conflict);
  ASSERT_TRUE(dns_.run(credentials_->remove(chosen->credential->id, {})));
  EXPECT_EQ(kind(register_account("chosen-1")), ErrorKind::conflict);
  restart();
  EXPECT_EQ(kind(register_account("CHOSEN-1")), ErrorKind::conflict);
}

TEST_P(CredentialsTest, OfAccountsHaveLabelsThatHostNamesHave) {
  for (const char* label : {"", "-a", "a-", "a.b", "a b", "_acme-challenge", "a\\b", "*"}) {
    EXPECT_EQ(kind(register_account(label)), ErrorKind::malformed) << label;
  }
  EXPECT_FALSE(register_account(std::string(64, 'a')));
  EXPECT_TRUE(register_account(std::string(63, 'a')));
}

TEST_P(CredentialsTest, OfAccountsDoNotComeToANameThatIsInUse) {
  ASSERT_TRUE(dns_.put("ns1.acme.test", "A", {"192.0.2.1"}));
  EXPECT_EQ(kind(register_account("ns1")), ErrorKind::conflict);
}

}  // namespace
}  // namespace dnsserver
