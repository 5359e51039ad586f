#include "dnsserver/account_import.h"

#include "tests/dnsserver/publishing_fixture.h"

namespace dnsserver {
namespace {

using base::ErrorKind;
using base::IpAddress;
using base::IpNetwork;
using namespace std::chrono_literals;

// "U*U".
constexpr const char* kHash = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

class AccountImport : public PublishingTest {
 protected:
  void SetUp() override {
    dns_.create_zone("auth.corp.test");
    credentials_ = dns_.run(Credentials::open(dns_.store(), dns_.clock(), dns_.io().get_executor())).value();
  }

  Time now() { return dns_.clock().now(); }

  ForeignAccount account() {
    ForeignAccount account;
    account.user_name = "u1";
    account.password_hash = kHash;
    account.name = name("s1.auth.corp.test");
    account.values = {{"one", now() + 1h}, {"two", now() + 2h}, {"gone", now()}};
    return account;
  }

  Result<AccountImported> import(ForeignAccount account, bool dry_run = false) {
    return dns_.run(
        import_account(*credentials_, dns_.publishing(), dns_.clock(), std::move(account), dry_run, {}));
  }

  Result<SharedCredential> authenticate(std::string password,
                                        std::optional<IpAddress> source = std::nullopt) {
    return dns_.run(credentials_->authenticate("u1", std::move(password), source));
  }

  std::unique_ptr<Credentials> credentials_;
};

INSTANTIATE_TEST_SUITE_P(Store, AccountImport, testing::ValuesIn(kStoreKinds), store_kind_name);

TEST_P(AccountImport, KeepsThePasswordTheNameAndWhatIsLive) {
  const auto imported = import(account());
  ASSERT_TRUE(imported) << imported.error().detail;
  EXPECT_TRUE(imported->is_new);
  EXPECT_EQ(imported->value_count, 2u);
  EXPECT_EQ(dns_.ask("s1.auth.corp.test", "TXT"), (Lines{"NOERROR", R"(s1.auth.corp.test. 5 IN TXT "one")",
                                                         R"(s1.auth.corp.test. 5 IN TXT "two")"}));

  const auto credential = authenticate("U*U");
  ASSERT_TRUE(credential);
  EXPECT_TRUE(permits(**credential, name("s1.auth.corp.test"), std::nullopt, dns_.clock().now()));
  EXPECT_FALSE(permits(**credential, name("s2.auth.corp.test"), std::nullopt, dns_.clock().now()));
  EXPECT_EQ(kind(authenticate("U*V")), ErrorKind::unauthorized);
  Writer writer = Writer::of(*credential, std::nullopt);
  EXPECT_EQ(dns_.run(dns_.publishing().remove(std::move(writer), name("s1.auth.corp.test"), "one")), 1u);
}

TEST_P(AccountImport, KeepsTheNetworks) {
  ForeignAccount guarded = account();
  guarded.sources = {IpNetwork::parse("192.0.2.0/24").value()};
  EXPECT_EQ(import(guarded)->value_count, 2u);
  EXPECT_TRUE(authenticate("U*U", IpAddress::parse("192.0.2.7").value()));
  EXPECT_EQ(kind(authenticate("U*U", IpAddress::parse("198.51.100.7").value())), ErrorKind::unauthorized);
}

TEST_P(AccountImport, ChangesNothingTheSecondTime) {
  ASSERT_TRUE(import(account()));
  ASSERT_TRUE(authenticate("U*U"));  // from now on by a hash of ours
  const auto before = authenticate("U*U");
  const storage::Revision revision = dns_.revision();
  const auto again = import(account());
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_FALSE(again->is_new);
  EXPECT_EQ(again->value_count, 2u);
  EXPECT_EQ(dns_.revision(), revision + 1);
  EXPECT_EQ(**authenticate("U*U"), **before);
}

TEST_P(AccountImport, IsTriedWithoutDoingIt) {
  const storage::Revision revision = dns_.revision();
  const auto tried = import(account(), true);
  ASSERT_TRUE(tried);
  EXPECT_TRUE(tried->is_new);
  EXPECT_EQ(tried->value_count, 2u);
  EXPECT_EQ(dns_.revision(), revision + 1);
  EXPECT_EQ(credentials_->find_by_login("u1"), nullptr);
}

TEST_P(AccountImport, RefusesWhatItCannotKeep) {
  ForeignAccount bad = account();
  bad.name = name("s1.elsewhere.test");
  EXPECT_EQ(kind(import(bad)), ErrorKind::not_found);
  bad = account();
  bad.password_hash = "plain";
  EXPECT_EQ(kind(import(bad)), ErrorKind::malformed);
  bad = account();
  bad.user_name = "";
  EXPECT_EQ(kind(import(bad)), ErrorKind::malformed);
}

TEST_P(AccountImport, GivesNobodysNameToAnother) {
  ASSERT_TRUE(import(account()));
  ForeignAccount other = account();
  other.user_name = "u2";
  EXPECT_EQ(kind(import(other)), ErrorKind::conflict);
  other = account();
  other.name = name("s2.auth.corp.test");
  EXPECT_EQ(kind(import(other)), ErrorKind::conflict);
}

}  // namespace
}  // namespace dnsserver
