#include "acmecore/administration.h"

#include "base/random.h"
#include "tests/acmecore/actors.h"
#include "tests/acmecore/authority_fixture.h"

namespace acmecore {
namespace {

using base::ErrorKind;

class AdministrationTest : public AuthorityTest {
 protected:
  // The ids of all pages, and how many pages they were.
  template <class T>
  std::pair<std::vector<std::string>, int> all(const auto& list, const auto& id_of) {
    std::vector<std::string> ids;
    int pages = 0;
    std::string after;
    do {
      const Page<T> page = run(list(after)).value();
      for (const T& one : page.found)
        ids.push_back(id_of(one));
      after = page.next;
      ++pages;
    } while (!after.empty());
    return {ids, pages};
  }
  std::vector<std::string> accounts(const AccountFilter& filter, size_t limit = 100) {
    return all<Account>(
               [&](const std::string& after) { return administration_.accounts(filter, after, limit); },
               [](const Account& account) { return account.id; })
        .first;
  }
  std::vector<std::string> orders(const OrderFilter& filter, size_t limit = 100) {
    return all<OrderView>(
               [&](const std::string& after) { return administration_.orders(filter, after, limit); },
               [](const OrderView& view) { return view.order.id; })
        .first;
  }
  std::vector<std::string> authorizations(const std::string& account, size_t limit = 100) {
    return all<AuthorizationView>(
               [&](const std::string& after) {
                 return administration_.authorizations({account}, after, limit);
               },
               [](const AuthorizationView& view) { return view.authorization.id; })
        .first;
  }
  Account made_account() {
    clock_.advance(std::chrono::milliseconds(1));
    return new_account();
  }
  OrderView made_order(const Account& account, const std::string& name) {
    clock_.advance(std::chrono::milliseconds(1));
    return new_order(account, {name});
  }

  Administration administration_{records_, clock_};
};

using Ids = std::vector<std::string>;

TEST_F(AdministrationTest, ListsAccountsInPagesByStatusAndDirectory) {
  const Account first = made_account(), second = made_account();
  directory_.name = "team";
  const Account third = made_account();
  run(authority_->deactivate_account(first)).value();
  run(administration_.disable_account(second.id, kAnna)).value();
  const Ids everything = {first.id, second.id, third.id};
  EXPECT_EQ(accounts({}), everything);
  EXPECT_EQ(accounts({}, 1), everything);
  EXPECT_EQ(accounts({}, 2), everything);
  EXPECT_EQ(accounts({}, 3), everything);
  EXPECT_EQ(accounts({AccountStatus::valid, ""}), Ids{third.id});
  EXPECT_EQ(accounts({AccountStatus::deactivated, ""}), Ids{first.id});
  EXPECT_EQ(accounts({AccountStatus::revoked, ""}), Ids{second.id});
  EXPECT_EQ(accounts({std::nullopt, "team"}), Ids{third.id});
  EXPECT_EQ(accounts({std::nullopt, "tea"}), Ids{});
  EXPECT_EQ(accounts({AccountStatus::revoked, "team"}), Ids{});
}

TEST_F(AdministrationTest, ACallLooksAtABoundedNumberOfRecords) {
  Changes changes;
  for (size_t i = 0; i < kScanMax + 1; ++i) {
    clock_.advance(std::chrono::milliseconds(1));
    Account account;
    account.id = base::time_ordered_id(clock_.now());
    account.key_spki = account.id;
    account.created = clock_.now();
    changes.create(account);
  }
  run(records_.commit(std::move(changes))).value();
  const Account last = made_account();
  run(administration_.disable_account(last.id, kAnna)).value();
  const AccountFilter filter{AccountStatus::revoked, ""};
  const Page<Account> first = run(administration_.accounts(filter, "", 1000)).value();
  EXPECT_EQ(first.found.size(), 0u);
  EXPECT_NE(first.next, "");
  EXPECT_EQ(accounts(filter), Ids{last.id});
}

TEST_F(AdministrationTest, ADisabledAccountIsRevokedForEver) {
  const ClientKey key;
  const Account account = new_account(key);
  const OrderView ready = ready_order(account, {"corp.test"});
  store_.next_commits({ErrorKind::conflict});
  const Account disabled = run(administration_.disable_account(account.id, kAnna)).value();
  EXPECT_EQ(disabled.status, AccountStatus::revoked);
  EXPECT_EQ(disabled.revoked, clock_.now());
  EXPECT_EQ(run(administration_.account(account.id)).value(), disabled);
  clock_.advance(std::chrono::hours(1));
  EXPECT_EQ(run(administration_.disable_account(account.id, kAnna)).value(), disabled);
  EXPECT_EQ(error_of(authority_->new_account(directory_, key.account_key(), {})),
            ErrorKind::account_not_valid);
  EXPECT_EQ(error_of(authority_->update_contacts(account, {})), ErrorKind::account_not_valid);
  EXPECT_EQ(error_of(administration_.set_contacts(account.id, {}, kAnna)), ErrorKind::account_not_valid);
  EXPECT_EQ(error_of(administration_.disable_account("nobody", kAnna)), ErrorKind::not_found);
}

// A request that had been authenticated before the account was disabled.
TEST_F(AdministrationTest, NothingIsIssuedForADisabledAccount) {
  const Account account = new_account();
  const OrderView ready = ready_order(account, {"corp.test"});
  run(administration_.disable_account(account.id, kAnna)).value();
  const OrderView invalid = run(finalize(account, ready, csr_for({"corp.test"}))).value();
  EXPECT_EQ(invalid.status, OrderStatus::invalid);
  EXPECT_EQ(invalid.error->kind, ErrorKind::account_not_valid);
  storage::Range range;
  range.prefix = "x";
  EXPECT_EQ(run(store_.list(range))->size(), 0u);
}

TEST_F(AdministrationTest, ADeactivatedAccountIsNotDisabled) {
  const Account account = new_account();
  run(authority_->deactivate_account(account)).value();
  EXPECT_EQ(error_of(administration_.disable_account(account.id, kAnna)), ErrorKind::account_not_valid);
  EXPECT_EQ(run(administration_.account(account.id))->status, AccountStatus::deactivated);
}

// Else its key would be as good as new once it is.
TEST_F(AdministrationTest, ADisabledAccountIsNotRemoved) {
  const Account disabled = new_account(), other = new_account();
  run(administration_.disable_account(disabled.id, kAnna)).value();
  clock_.advance(kUnusedAccountRetention);
  run(authority_->sweep()).value();
  EXPECT_EQ(accounts({}), Ids{disabled.id});
}

TEST_F(AdministrationTest, ADisabledCredentialIssuesNothing) {
  const Account account = run(authority_->account_for("host")).value();
  run(administration_.disable_account(account.id, kAnna)).value();
  EXPECT_EQ(error_of(authority_->account_for("host")), ErrorKind::account_not_valid);
  EXPECT_EQ(error_of(authority_->account_for("other")), kNone);
}

TEST_F(AdministrationTest, SetsContacts) {
  const Account account = new_account();
  const Ids contacts = {"mailto:team@corp.test"};
  EXPECT_EQ(run(administration_.set_contacts(account.id, contacts, kAnna))->contacts, contacts);
  EXPECT_EQ(run(administration_.account(account.id))->contacts, contacts);
  EXPECT_EQ(error_of(administration_.set_contacts(account.id, {"tel:1"}, kAnna)),
            ErrorKind::unsupported_contact);
  EXPECT_EQ(error_of(administration_.set_contacts(account.id, {"mailto:"}, kAnna)),
            ErrorKind::invalid_contact);
  EXPECT_EQ(run(administration_.account(account.id))->contacts, contacts);
  EXPECT_EQ(run(administration_.set_contacts(account.id, {}, kAnna))->contacts, Ids{});
  EXPECT_EQ(error_of(administration_.set_contacts("nobody", {}, kAnna)), ErrorKind::not_found);
}

TEST_F(AdministrationTest, ListsOrdersInPagesByAccountAndStatus) {
  const Account account = made_account(), other = made_account();
  const std::string pending = made_order(account, "a.test").order.id;
  const std::string others = made_order(other, "b.test").order.id;
  clock_.advance(std::chrono::milliseconds(1));
  const std::string ready = ready_order(account, {"c.test"}).order.id;
  clock_.advance(std::chrono::milliseconds(1));
  const std::string valid = issue(account, {"d.test"}).order;
  const OrderView failing = made_order(account, "e.test");
  respond(account, failing.order.authorizations[0]);
  const std::string& invalid = failing.order.id;
  EXPECT_EQ(orders({}), (Ids{pending, others, ready, valid, invalid}));
  EXPECT_EQ(orders({}, 2), (Ids{pending, others, ready, valid, invalid}));
  EXPECT_EQ(orders({account.id, std::nullopt}), (Ids{pending, ready, valid, invalid}));
  EXPECT_EQ(orders({account.id, std::nullopt}, 1), (Ids{pending, ready, valid, invalid}));
  EXPECT_EQ(orders({"", OrderStatus::pending}), (Ids{pending, others}));
  EXPECT_EQ(orders({account.id, OrderStatus::pending}), Ids{pending});
  EXPECT_EQ(orders({account.id, OrderStatus::ready}), Ids{ready});
  EXPECT_EQ(orders({account.id, OrderStatus::valid}), Ids{valid});
  EXPECT_EQ(orders({account.id, OrderStatus::invalid}), Ids{invalid});
  EXPECT_EQ(orders({account.id, OrderStatus::processing}), Ids{});
  EXPECT_EQ(orders({"nobody", std::nullopt}), Ids{});
  EXPECT_EQ(orders({account.id.substr(0, 10), std::nullopt}), Ids{});
}

TEST_F(AdministrationTest, AnOrderIsShownWithItsAuthorizations) {
  const Account account = new_account();
  const OrderView ready = ready_order(account, {"a.test", "b.test"});
  const OrderDetails details = run(administration_.order(ready.order.id)).value();
  EXPECT_EQ(details.view.order, ready.order);
  EXPECT_EQ(details.view.status, OrderStatus::ready);
  ASSERT_EQ(details.authorizations.size(), 2u);
  EXPECT_EQ(details.authorizations[1].authorization.identifier.name, "b.test");
  EXPECT_EQ(details.authorizations[1].status, AuthorizationStatus::valid);
  EXPECT_EQ(details.authorizations[1].authorization.challenges[0].evidence.size(), 1u);
  EXPECT_EQ(error_of(administration_.order("nothing")), ErrorKind::not_found);
}

TEST_F(AdministrationTest, ListsTheAuthorizationsOfAnAccountWithThoseOfNoOrder) {
  const Account account = made_account(), other = made_account();
  const OrderView order = made_order(account, "a.test");
  const OrderView others = made_order(other, "b.test");
  clock_.advance(std::chrono::milliseconds(1));
  const auto alone = run(authority_->new_authorization(account, {"dns", "c.test"})).value().authorization.id;
  const Ids own = {order.order.authorizations[0], alone};
  EXPECT_EQ(authorizations(account.id), own);
  EXPECT_EQ(authorizations(account.id, 1), own);
  EXPECT_EQ(authorizations("").size(), 3u);
  EXPECT_EQ(authorizations("nobody"), Ids{});
}

TEST_F(AdministrationTest, ARevokedAuthorizationCountsForNothing) {
  options_.authorization_reuse = std::chrono::days(30);
  restart();
  const Account account = new_account();
  const IssuedCertificate others = issue(new_account(), {"corp.test"});
  const OrderView ready = ready_order(account, {"corp.test"});
  const std::string& id = ready.order.authorizations[0];
  store_.next_commits({ErrorKind::conflict});
  const AuthorizationView revoked = run(administration_.revoke_authorization(id, kAnna)).value();
  EXPECT_EQ(revoked.status, AuthorizationStatus::revoked);
  EXPECT_EQ(revoked.authorization.revoked, clock_.now());
  EXPECT_EQ(authorization(id), revoked.authorization);
  clock_.advance(std::chrono::hours(1));
  EXPECT_EQ(run(administration_.revoke_authorization(id, kAnna))->authorization, revoked.authorization);
  EXPECT_EQ(run(authority_->authorization(account, id))->status, AuthorizationStatus::revoked);

  const OrderView invalid = order(account, ready.order.id);
  EXPECT_EQ(invalid.status, OrderStatus::invalid);
  EXPECT_NE(invalid.error->detail.find("\"corp.test\" is revoked"), std::string::npos);
  EXPECT_EQ(error_of(finalize(account, ready, csr_for({"corp.test"}))), ErrorKind::order_not_ready);
  EXPECT_NE(new_order(account, {"corp.test"}).order.authorizations[0], id);
  EXPECT_EQ(error_of(authority_->revoke(account, others.der, std::nullopt)), ErrorKind::unauthorized);
  EXPECT_EQ(error_of(authority_->deactivate_authorization(account, id)), ErrorKind::malformed);
}

// RFC 8555 §7.1.6 has no other way to "revoked".
TEST_F(AdministrationTest, OnlyAValidAuthorizationIsRevoked) {
  const Account account = new_account();
  const OrderView view = new_order(account, {"a.test", "b.test", "c.test", "d.test"});
  const auto revoke = [&](size_t i) {
    return error_of(administration_.revoke_authorization(view.order.authorizations[i], kAnna));
  };
  EXPECT_EQ(revoke(0), ErrorKind::malformed);  // pending
  respond(account, view.order.authorizations[1]);
  EXPECT_EQ(revoke(1), ErrorKind::malformed);  // invalid
  run(authority_->deactivate_authorization(account, view.order.authorizations[2])).value();
  EXPECT_EQ(revoke(2), ErrorKind::malformed);
  prove(account, view.order.authorizations[3]);
  clock_.advance(options_.authorization_lifetime);
  EXPECT_EQ(revoke(3), ErrorKind::malformed);  // expired
  EXPECT_EQ(error_of(administration_.revoke_authorization("nothing", kAnna)), ErrorKind::not_found);
}

TEST_F(AdministrationTest, AFinalizeAndARevocationAtOnceIssueNothing) {
  const Account account = new_account();
  const OrderView ready = ready_order(account, {"corp.test"});
  store_.before_next_commit([&]() -> base::Task<void> {
    co_await administration_.revoke_authorization(ready.order.authorizations[0], kAnna);
  });
  EXPECT_EQ(error_of(finalize(account, ready, csr_for({"corp.test"}))), ErrorKind::order_not_ready);
}

}  // namespace
}  // namespace acmecore
