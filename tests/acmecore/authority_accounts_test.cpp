#include "tests/acmecore/authority_fixture.h"

namespace acmecore {
namespace {

using base::ErrorKind;

class AuthorityAccountsTest : public AuthorityTest {
 protected:
  base::Task<base::Result<NewAccountResult>> create(const ClientKey& key) {
    return create(key, NewAccountRequest());
  }
  base::Task<base::Result<NewAccountResult>> create(const ClientKey& key, NewAccountRequest request) {
    return authority_->new_account(directory_, key.account_key(), std::move(request));
  }
};

TEST_F(AuthorityAccountsTest, ANewKeyGetsAnAccount) {
  const ClientKey key;
  NewAccountRequest request;
  request.contacts = {"mailto:a@corp.test"};
  const auto result = run(create(key, request)).value();
  EXPECT_TRUE(result.created);
  EXPECT_EQ(result.account.status, AccountStatus::valid);
  EXPECT_EQ(result.account.contacts, request.contacts);
  EXPECT_EQ(result.account.key_thumbprint, key.account_key().thumbprint());
  EXPECT_EQ(run(records_.account(result.account.id))->value, result.account);
}

// A01, A02
TEST_F(AuthorityAccountsTest, AKnownKeyGetsItsAccountAndTheRestIsIgnored) {
  const ClientKey key;
  const Account account = new_account(key);
  NewAccountRequest request;
  request.contacts = {"ftp://nonsense"};
  const auto again = run(create(key, request)).value();
  EXPECT_FALSE(again.created);
  EXPECT_EQ(again.account, account);

  NewAccountRequest existing;
  existing.only_return_existing = true;
  EXPECT_EQ(run(create(key, existing))->account, account);
  const ClientKey unknown;
  EXPECT_EQ(error_of(create(unknown, existing)), ErrorKind::account_does_not_exist);
  EXPECT_EQ(error_of(create(unknown, existing)), ErrorKind::account_does_not_exist);  // it was not created
}

TEST_F(AuthorityAccountsTest, TwoRequestsWithOneKeyMakeOneAccount) {
  const ClientKey key;
  store_.next_commits({ErrorKind::conflict});  // another was faster
  EXPECT_TRUE(run(create(key))->created);
  EXPECT_FALSE(run(create(key))->created);
}

TEST_F(AuthorityAccountsTest, AKeyHasAnAccountInEachDirectory) {
  const ClientKey key;
  const Account here = run(create(key))->account;
  directory_.name = "team";
  const Account there = run(create(key))->account;
  EXPECT_NE(there.id, here.id);
  EXPECT_EQ(here.directory, kDefaultDirectory);
  EXPECT_EQ(there.directory, "team");
  EXPECT_EQ(run(create(key))->account, there);

  // A change of one of them leaves the other alone.
  const ClientKey new_key;
  EXPECT_TRUE(run(authority_->change_key(there, new_key.account_key()))->changed);
  EXPECT_TRUE(run(create(key))->created);
  directory_.name = kDefaultDirectory;
  EXPECT_EQ(run(create(key))->account, here);
  EXPECT_TRUE(run(create(new_key))->created);
}

TEST_F(AuthorityAccountsTest, BadContactsMakeNoAccount) {
  const ClientKey key;
  NewAccountRequest request;
  request.contacts = {"ftp://corp.test"};
  EXPECT_EQ(error_of(create(key, request)), ErrorKind::unsupported_contact);
  request.contacts = {"mailto:nobody"};
  EXPECT_EQ(error_of(create(key, request)), ErrorKind::invalid_contact);
  request.only_return_existing = true;
  EXPECT_EQ(error_of(create(key, request)), ErrorKind::account_does_not_exist);
}

// A11
TEST_F(AuthorityAccountsTest, TermsOfServiceMustBeAgreedToWhereThereAreAny) {
  directory_.terms_of_service = "https://acme.test/terms";
  const ClientKey key;
  EXPECT_EQ(error_of(create(key)), ErrorKind::malformed);
  NewAccountRequest agreed;
  agreed.terms_of_service_agreed = true;
  EXPECT_TRUE(run(create(key, agreed))->account.terms_of_service_agreed);
}

TEST_F(AuthorityAccountsTest, ABlockedKeyGetsNoAccount) {
  const ClientKey key;
  Changes changes;
  changes.block_key(key.account_key().spki_der());
  ASSERT_TRUE(run(records_.commit(std::move(changes))));
  EXPECT_EQ(error_of(create(key)), ErrorKind::bad_public_key);
  EXPECT_EQ(error_of(authority_->change_key(new_account(), key.account_key())), ErrorKind::bad_public_key);
}

TEST_F(AuthorityAccountsTest, ContactsAreReplacedAndCleared) {
  const Account account = new_account();
  const auto set = [&](std::vector<std::string> contacts) {
    return authority_->update_contacts(account, contacts);
  };
  EXPECT_EQ(run(set({"mailto:a@corp.test"}))->contacts, (std::vector<std::string>{"mailto:a@corp.test"}));
  store_.next_commits({ErrorKind::conflict, ErrorKind::conflict});
  EXPECT_EQ(run(set({"mailto:b@corp.test"}))->contacts, (std::vector<std::string>{"mailto:b@corp.test"}));
  EXPECT_EQ(error_of(set({"mailto:x"})), ErrorKind::invalid_contact);
  EXPECT_EQ(run(records_.account(account.id))->value.contacts,
            (std::vector<std::string>{"mailto:b@corp.test"}));
  EXPECT_TRUE(run(set({}))->contacts.empty());
}

// T20
TEST_F(AuthorityAccountsTest, ADeactivatedAccountStaysSo) {
  const ClientKey key;
  const Account account = new_account(key);
  EXPECT_EQ(run(authority_->deactivate_account(account))->status, AccountStatus::deactivated);
  EXPECT_EQ(error_of(create(key)), ErrorKind::account_not_valid);
  EXPECT_EQ(error_of(authority_->update_contacts(account, {})), ErrorKind::account_not_valid);
  EXPECT_EQ(error_of(authority_->deactivate_account(account)), ErrorKind::account_not_valid);
  EXPECT_EQ(error_of(authority_->change_key(account, ClientKey().account_key())),
            ErrorKind::account_not_valid);
  clock_.advance(kUnusedAccountRetention + std::chrono::hours(1));  // it never ordered
  EXPECT_TRUE(run(authority_->sweep()));
  EXPECT_EQ(error_of(create(key)), ErrorKind::account_not_valid);
}

// T29
TEST_F(AuthorityAccountsTest, AChangedKeyTakesThePlaceOfTheOldOne) {
  const ClientKey old_key;
  const ClientKey new_key;
  const Account account = new_account(old_key);
  const auto result = run(authority_->change_key(account, new_key.account_key())).value();
  EXPECT_TRUE(result.changed);
  EXPECT_EQ(result.account.id, account.id);
  EXPECT_EQ(result.account.key_thumbprint, new_key.account_key().thumbprint());
  EXPECT_EQ(run(create(new_key))->account, result.account);
  EXPECT_TRUE(run(create(old_key))->created);  // it is free
}

TEST_F(AuthorityAccountsTest, AKeyOfAnotherAccountIsNotTaken) {
  const ClientKey taken;
  const Account other = new_account(taken);
  const ClientKey key;
  const Account account = new_account(key);
  const auto result = run(authority_->change_key(account, taken.account_key())).value();
  EXPECT_FALSE(result.changed);
  EXPECT_EQ(result.account, other);
  EXPECT_EQ(run(create(key))->account, account);
}

TEST_F(AuthorityAccountsTest, AKeyChangeOverAnotherKeyChangeIsAConflict) {
  const Account account = new_account();
  ASSERT_TRUE(run(authority_->change_key(account, ClientKey().account_key()))->changed);
  EXPECT_EQ(error_of(authority_->change_key(account, ClientKey().account_key())), ErrorKind::conflict);
}

TEST_F(AuthorityAccountsTest, AKeyChangeThatIsRepeatedChangesNothing) {
  const ClientKey new_key;
  const Account account = new_account();
  const auto first = run(authority_->change_key(account, new_key.account_key())).value();
  const auto second = run(authority_->change_key(account, new_key.account_key())).value();
  EXPECT_TRUE(second.changed);
  EXPECT_EQ(second.account, first.account);
}

TEST_F(AuthorityAccountsTest, ACredentialHasOneAccountForEver) {
  const Account account = run(authority_->account_for("automation")).value();
  EXPECT_EQ(account.principal, "automation");
  EXPECT_EQ(account.status, AccountStatus::valid);
  EXPECT_EQ(account.key_thumbprint.size(), 43u);
  EXPECT_EQ(run(authority_->account_for("automation")).value(), account);
  restart();
  EXPECT_EQ(run(authority_->account_for("automation")).value(), account);
  const Account other = run(authority_->account_for("other")).value();
  EXPECT_NE(other.id, account.id);
  EXPECT_NE(other.key_thumbprint, account.key_thumbprint);
}

TEST_F(AuthorityAccountsTest, NothingIsAnsweredThatTheStoreDidNotTake) {
  memory_.set_full(true);
  EXPECT_EQ(error_of(create(ClientKey())), ErrorKind::unavailable);
  EXPECT_EQ(error_of(authority_->account_for("automation")), ErrorKind::unavailable);
  memory_.set_full(false);
  const Account account = new_account();
  memory_.set_full(true);
  EXPECT_EQ(error_of(authority_->update_contacts(account, {"mailto:a@corp.test"})), ErrorKind::unavailable);
  EXPECT_EQ(error_of(authority_->change_key(account, ClientKey().account_key())), ErrorKind::unavailable);
}

TEST_F(AuthorityAccountsTest, GivesUpWhenOthersAreAlwaysFaster) {
  const Account account = new_account();
  store_.next_commits(std::deque<std::optional<ErrorKind>>(1000, ErrorKind::conflict));
  EXPECT_EQ(error_of(authority_->update_contacts(account, {"mailto:a@corp.test"})), ErrorKind::unavailable);
}

}  // namespace
}  // namespace acmecore
