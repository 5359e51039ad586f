#include <gmock/gmock.h>

#include "acmecore/rpc/account_service.h"
#include "acmecore/rpc/authorization_service.h"
#include "acmecore/rpc/directory_service.h"
#include "acmecore/rpc/order_service.h"
#include "base/random.h"
#include "tests/acmecore/actors.h"
#include "tests/acmecore/rpc/issue_fixture.h"
#include "tests/acmecore/rpc/served.h"

namespace acmecore::rpc {
namespace {

namespace api = assay::v1;
using grpc::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<DirectoryAt> directories() {
  Directory team;
  team.name = "team";
  team.external_account = ExternalAccountMode::required;
  team.terms_of_service = "https://corp.test/terms";
  team.must_agree_again = true;
  team.website = "https://corp.test";
  team.caa_identities = {"ca.test"};
  team.pre_authorization = true;
  team.subdomain_authorization = true;
  team.auto_renewal.max_duration = std::chrono::days(30);
  return {{Directory(), "https://localhost/directory"}, {team, "https://localhost/acme/team/directory"}};
}

// The services for operators as callers see them.
class OperatorServicesTest : public IssueTest {
 protected:
  OperatorServicesTest() { account_ = make_account(); }

  void commit(Changes changes) { served_.run(records_.commit(std::move(changes))).value(); }

  Account make_account() {
    clock_.advance(std::chrono::milliseconds(1));
    Account account;
    account.id = base::time_ordered_id(clock_.now());
    account.key_spki = account.id;
    account.key_thumbprint = "thumbprint";
    account.contacts = {"mailto:a@corp.test"};
    account.created = clock_.now();
    Changes changes;
    changes.create(account);
    commit(std::move(changes));
    return account;
  }

  // An order for a name that was proved; it waits for a person.
  Order make_waiting_order(const std::string& name = "a.asked.acme.test") {
    clock_.advance(std::chrono::milliseconds(1));
    Authorization authorization;
    authorization.id = base::time_ordered_id(clock_.now());
    authorization.account = account_.id;
    authorization.identifier = {name, false};
    authorization.subdomain_auth_allowed = true;
    authorization.created = clock_.now();
    authorization.expires = clock_.now() + std::chrono::hours(24);
    Challenge challenge;
    challenge.type = kDns01;
    challenge.status = ChallengeStatus::valid;
    challenge.validated = clock_.now();
    Observation observation{};
    observation.name = base::Name::parse("_acme-challenge." + name).value();
    observation.type = "TXT";
    observation.result = "NOERROR";
    challenge.evidence = {observation};
    authorization.challenges = {challenge};
    Order order;
    order.id = base::time_ordered_id(clock_.now());
    order.account = account_.id;
    order.profile = "usual";
    order.identifiers = {authorization.identifier};
    order.authorizations = {authorization.id};
    order.created = clock_.now();
    order.expires = authorization.expires;
    Changes changes;
    changes.create(authorization);
    changes.create(order);
    commit(std::move(changes));
    Stored<Order> stored = served_.run(records_.order(order.id)).value();
    stored->approval = Approval{"digest", spki_of(make_p256().get()), clock_.now(), order.expires, {}, ""};
    Changes asked;
    asked.update(stored);
    commit(std::move(asked));
    return stored.value;
  }

  template <class Service, class Request, class Response>
  Response answer(grpc::Status (Service::*method)(grpc::ClientContext*, const Request&, Response*),
                  const Request& request, const std::string& token = "admin") {
    Response response;
    const auto status = served_.call(method, request, response, token);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  template <class Service, class Request, class Response>
  StatusCode code(grpc::Status (Service::*method)(grpc::ClientContext*, const Request&, Response*),
                  const Request& request, const std::string& token = "admin") {
    Response response;
    return served_.call(method, request, response, token).error_code();
  }
  template <class Request>
  static Request with_id(const std::string& id) {
    Request request;
    request.set_id(id);
    return request;
  }

  using Accounts = api::AccountService::Stub;
  using Orders = api::OrderService::Stub;
  using Authorizations = api::AuthorizationService::Stub;
  using DirectoriesStub = api::DirectoryService::Stub;

  Administration administration_{records_, clock_};
  proto::Callers callers_{
      {credential("admin", {proto::Permission::administration}),
       credential("anna", {proto::Permission::approval}),
       credential("other",
                  {proto::Permission::zones, proto::Permission::challenges, proto::Permission::certificates,
                   proto::Permission::credentials, proto::Permission::external_accounts})}};
  AccountService account_service_{administration_, callers_, io_.get_executor()};
  OrderService order_service_{administration_, authority_, callers_, io_.get_executor()};
  AuthorizationService authorization_service_{administration_, callers_, io_.get_executor()};
  DirectoryService directory_service_{directories(), authority_.profiles(), callers_, io_.get_executor()};
  Account account_;
  Served served_{io_, {&account_service_, &order_service_, &authorization_service_, &directory_service_}};
};

TEST_F(OperatorServicesTest, ShowsAndDisablesAccounts) {
  const auto shown = answer(&Accounts::GetAccount, with_id<api::GetAccountRequest>(account_.id)).account();
  EXPECT_EQ(shown.id(), account_.id);
  EXPECT_EQ(shown.directory(), "default");
  EXPECT_EQ(shown.status(), "valid");
  EXPECT_THAT(shown.contacts(), ElementsAre("mailto:a@corp.test"));
  EXPECT_EQ(shown.key_thumbprint(), "thumbprint");
  EXPECT_GT(shown.create_time().seconds(), 0);
  EXPECT_FALSE(shown.has_revoke_time());

  api::SetAccountContactsRequest contacts = with_id<api::SetAccountContactsRequest>(account_.id);
  contacts.add_contacts("mailto:b@corp.test");
  EXPECT_THAT(answer(&Accounts::SetAccountContacts, contacts).account().contacts(),
              ElementsAre("mailto:b@corp.test"));
  contacts.set_contacts(0, "tel:1");
  EXPECT_EQ(code(&Accounts::SetAccountContacts, contacts), StatusCode::INVALID_ARGUMENT);

  const auto disable = with_id<api::DisableAccountRequest>(account_.id);
  const auto disabled = answer(&Accounts::DisableAccount, disable).account();
  EXPECT_EQ(disabled.status(), "revoked");
  EXPECT_TRUE(disabled.has_revoke_time());
  EXPECT_EQ(answer(&Accounts::DisableAccount, disable).account().SerializeAsString(),
            disabled.SerializeAsString());
  contacts.clear_contacts();
  EXPECT_EQ(code(&Accounts::SetAccountContacts, contacts), StatusCode::FAILED_PRECONDITION);

  const Account deactivated = make_account();
  served_.run(authority_.deactivate_account(deactivated)).value();
  EXPECT_EQ(code(&Accounts::DisableAccount, with_id<api::DisableAccountRequest>(deactivated.id)),
            StatusCode::FAILED_PRECONDITION);
}

TEST_F(OperatorServicesTest, KnowsNoOtherIds) {
  for (const std::string& id : {std::string("nothing"), std::string(), account_.id + "0"}) {
    EXPECT_EQ(code(&Accounts::GetAccount, with_id<api::GetAccountRequest>(id)), StatusCode::NOT_FOUND);
    EXPECT_EQ(code(&Accounts::DisableAccount, with_id<api::DisableAccountRequest>(id)),
              StatusCode::NOT_FOUND);
    EXPECT_EQ(code(&Accounts::SetAccountContacts, with_id<api::SetAccountContactsRequest>(id)),
              StatusCode::NOT_FOUND);
    EXPECT_EQ(code(&Orders::GetOrder, with_id<api::GetOrderRequest>(id)), StatusCode::NOT_FOUND);
    EXPECT_EQ(code(&Orders::ApproveOrder, with_id<api::ApproveOrderRequest>(id), "anna"),
              StatusCode::NOT_FOUND);
    EXPECT_EQ(code(&Authorizations::GetAuthorization, with_id<api::GetAuthorizationRequest>(id)),
              StatusCode::NOT_FOUND);
    EXPECT_EQ(code(&Authorizations::RevokeAuthorization, with_id<api::RevokeAuthorizationRequest>(id)),
              StatusCode::NOT_FOUND);
  }
}

TEST_F(OperatorServicesTest, ListsAccountsInPages) {
  const Account second = make_account(), third = make_account();
  served_.run(administration_.disable_account(second.id, kAnna)).value();
  api::ListAccountsRequest request;
  request.set_page_size(2);
  const auto first = answer(&Accounts::ListAccounts, request);
  ASSERT_EQ(first.accounts_size(), 2);
  EXPECT_EQ(first.accounts(1).id(), second.id);
  request.set_page_token(first.next_page_token());
  const auto last = answer(&Accounts::ListAccounts, request);
  ASSERT_EQ(last.accounts_size(), 1);
  EXPECT_EQ(last.accounts(0).id(), third.id);
  EXPECT_EQ(last.next_page_token(), "");

  api::ListAccountsRequest revoked;
  revoked.set_status("revoked");
  ASSERT_EQ(answer(&Accounts::ListAccounts, revoked).accounts_size(), 1);
  revoked.set_directory("team");
  EXPECT_EQ(answer(&Accounts::ListAccounts, revoked).accounts_size(), 0);
  revoked.set_status("disabled");
  EXPECT_EQ(code(&Accounts::ListAccounts, revoked), StatusCode::INVALID_ARGUMENT);
  request.set_page_token(std::string(kPageTokenMax + 1, 'x'));
  EXPECT_EQ(code(&Accounts::ListAccounts, request), StatusCode::INVALID_ARGUMENT);
  request.set_page_token("");
  request.set_page_size(-1);
  EXPECT_EQ(code(&Accounts::ListAccounts, request), StatusCode::INVALID_ARGUMENT);
}

TEST_F(OperatorServicesTest, APageOfLargeRecordsEndsEarly) {
  constexpr size_t kMany = 30;
  for (size_t i = 0; i < kMany; ++i) {
    Stored<Account> stored = served_.run(records_.account(make_account().id)).value();
    stored->contacts = {std::string(kPageOctetsMax / 10, 'x')};
    Changes changes;
    changes.update(stored);
    commit(std::move(changes));
  }
  api::ListAccountsRequest request;
  size_t found = 0;
  do {
    const auto page = answer(&Accounts::ListAccounts, request);
    EXPECT_LE(page.ByteSizeLong(), kPageOctetsMax + kPageOctetsMax / 5);
    found += size_t(page.accounts_size());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(found, kMany + 1);
}

TEST_F(OperatorServicesTest, ListsWhatWaitsAndApprovesIt) {
  const Order order = make_waiting_order();
  const Order other = make_waiting_order();
  api::ListOrdersRequest list;
  list.set_waiting(true);
  ASSERT_EQ(answer(&Orders::ListOrders, list, "anna").orders_size(), 2);
  const auto before = answer(&Orders::GetOrder, with_id<api::GetOrderRequest>(order.id), "anna").order();
  EXPECT_EQ(before.status(), "processing");
  EXPECT_TRUE(before.approval().waiting());
  EXPECT_EQ(before.serial(), "");
  EXPECT_EQ(before.profile(), "usual");
  EXPECT_THAT(before.names(), ElementsAre("a.asked.acme.test"));
  ASSERT_EQ(before.authorizations_size(), 1);
  EXPECT_THAT(before.authorizations(0).challenges(0).evidence(0),
              HasSubstr("asked for _acme-challenge.a.asked.acme.test. TXT"));

  const auto approve = with_id<api::ApproveOrderRequest>(order.id);
  const auto approved = answer(&Orders::ApproveOrder, approve, "anna").order();
  EXPECT_EQ(approved.status(), "valid");
  EXPECT_EQ(approved.approval().by(), "anna");
  EXPECT_FALSE(approved.approval().waiting());
  const auto stored = served_.run(records_.order(order.id))->value;
  EXPECT_EQ(approved.serial(), text_of(*stored.certificate));
  EXPECT_EQ(code(&Orders::ApproveOrder, approve, "anna"), StatusCode::FAILED_PRECONDITION);
  const auto left = answer(&Orders::ListOrders, list, "anna");
  ASSERT_EQ(left.orders_size(), 1);
  EXPECT_EQ(left.orders(0).id(), other.id);
  EXPECT_EQ(left.orders(0).authorizations_size(), 0);
}

TEST_F(OperatorServicesTest, RejectsWithAReason) {
  const Order order = make_waiting_order();
  api::RejectOrderRequest reject = with_id<api::RejectOrderRequest>(order.id);
  EXPECT_EQ(code(&Orders::RejectOrder, reject, "anna"), StatusCode::INVALID_ARGUMENT);
  reject.set_reason("not that host");
  const auto rejected = answer(&Orders::RejectOrder, reject, "anna").order();
  EXPECT_EQ(rejected.status(), "invalid");
  EXPECT_EQ(rejected.error().type(), "urn:ietf:params:acme:error:rejectedIdentifier");
  EXPECT_THAT(rejected.error().detail(), HasSubstr("not that host"));
  EXPECT_EQ(code(&Orders::RejectOrder, reject, "anna"), StatusCode::FAILED_PRECONDITION);
}

TEST_F(OperatorServicesTest, AnOrderOfADisabledAccountIsNotApproved) {
  const Order order = make_waiting_order();
  served_.run(administration_.disable_account(account_.id, kAnna)).value();
  EXPECT_EQ(code(&Orders::ApproveOrder, with_id<api::ApproveOrderRequest>(order.id), "anna"),
            StatusCode::FAILED_PRECONDITION);
}

TEST_F(OperatorServicesTest, AnOrderIsNotApprovedWhoseKeyIsNoLongerGood) {
  const Order order = make_waiting_order();
  Changes blocked;
  blocked.block_key(order.approval->spki_der);
  commit(std::move(blocked));
  const auto approve = with_id<api::ApproveOrderRequest>(order.id);
  api::ApproveOrderResponse response;
  const auto status = served_.call(&Orders::ApproveOrder, approve, response, "anna");
  EXPECT_EQ(status.error_code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(status.error_message(), "the CSR's key was reported as compromised");
  api::RejectOrderRequest reject = with_id<api::RejectOrderRequest>(order.id);
  reject.set_reason("its key is known to others");
  EXPECT_EQ(answer(&Orders::RejectOrder, reject, "anna").order().status(), "invalid") << "it went on waiting";
}

TEST_F(OperatorServicesTest, ShowsTheProfileAndHowAnOrderRenewsItself) {
  Stored<Order> stored = served_.run(records_.order(make_waiting_order().id)).value();
  stored->profile = "short";
  stored->auto_renewal = AutoRenewal{};
  stored->auto_renewal->end_date = clock_.now() + std::chrono::hours(24);
  const auto show = [&] {
    Changes changes;
    changes.update(stored);
    commit(std::move(changes));
    stored = served_.run(records_.order(stored->id)).value();
    return answer(&Orders::GetOrder, with_id<api::GetOrderRequest>(stored->id)).order();
  };
  const auto shown = show();
  EXPECT_EQ(shown.profile(), "short");
  EXPECT_EQ(shown.auto_renewal().end_time().seconds(), shown.expire_time().seconds());
  EXPECT_FALSE(shown.auto_renewal().has_cancel_time());
  stored->auto_renewal->canceled = clock_.now();
  EXPECT_EQ(show().status(), "canceled");
  api::ListOrdersRequest canceled;
  canceled.set_status("canceled");
  EXPECT_EQ(answer(&Orders::ListOrders, canceled).orders_size(), 1);
}

TEST_F(OperatorServicesTest, ListsOrdersByAccountAndStatus) {
  make_waiting_order();
  api::ListOrdersRequest request;
  request.set_account(account_.id);
  request.set_status("processing");
  EXPECT_EQ(answer(&Orders::ListOrders, request).orders_size(), 1);
  request.set_status("valid");
  EXPECT_EQ(answer(&Orders::ListOrders, request).orders_size(), 0);
  request.set_status("waiting");
  EXPECT_EQ(code(&Orders::ListOrders, request), StatusCode::INVALID_ARGUMENT);
  request.set_status("");
  request.set_account("nobody");
  EXPECT_EQ(answer(&Orders::ListOrders, request).orders_size(), 0);
}

TEST_F(OperatorServicesTest, ShowsAndRevokesAuthorizations) {
  const Order order = make_waiting_order();
  api::ListAuthorizationsRequest list;
  list.set_account(account_.id);
  const auto page = answer(&Authorizations::ListAuthorizations, list);
  ASSERT_EQ(page.authorizations_size(), 1);
  EXPECT_EQ(page.authorizations(0).challenges(0).evidence_size(), 0);
  const std::string id = page.authorizations(0).id();
  const auto shown =
      answer(&Authorizations::GetAuthorization, with_id<api::GetAuthorizationRequest>(id)).authorization();
  EXPECT_EQ(shown.name(), "a.asked.acme.test");
  EXPECT_EQ(shown.status(), "valid");
  EXPECT_EQ(shown.challenges(0).evidence_size(), 1);
  EXPECT_TRUE(shown.subdomain_auth_allowed());

  const auto revoke = with_id<api::RevokeAuthorizationRequest>(id);
  const auto revoked = answer(&Authorizations::RevokeAuthorization, revoke).authorization();
  EXPECT_EQ(revoked.status(), "revoked");
  EXPECT_TRUE(revoked.has_revoke_time());
  EXPECT_EQ(answer(&Authorizations::RevokeAuthorization, revoke).authorization().SerializeAsString(),
            revoked.SerializeAsString());
  EXPECT_EQ(answer(&Orders::GetOrder, with_id<api::GetOrderRequest>(order.id)).order().status(), "invalid");
  EXPECT_EQ(code(&Orders::ApproveOrder, with_id<api::ApproveOrderRequest>(order.id), "anna"),
            StatusCode::FAILED_PRECONDITION);
  list.set_account("nobody");
  EXPECT_EQ(answer(&Authorizations::ListAuthorizations, list).authorizations_size(), 0);
}

TEST_F(OperatorServicesTest, TellsTheDirectories) {
  const auto all = answer(&DirectoriesStub::ListDirectories, api::ListDirectoriesRequest());
  ASSERT_EQ(all.directories_size(), 2);
  EXPECT_EQ(all.directories(0).name(), "default");
  EXPECT_EQ(all.directories(0).external_account(), "off");
  const api::Directory& team = all.directories(1);
  EXPECT_EQ(team.name(), "team");
  EXPECT_EQ(team.url(), "https://localhost/acme/team/directory");
  EXPECT_EQ(team.external_account(), "required");
  EXPECT_EQ(team.terms_of_service(), "https://corp.test/terms");
  EXPECT_TRUE(team.must_agree_again());
  EXPECT_EQ(team.website(), "https://corp.test");
  EXPECT_THAT(team.caa_identities(), ElementsAre("ca.test"));
  EXPECT_TRUE(team.pre_authorization());
  EXPECT_TRUE(team.subdomain_authorization());
  EXPECT_EQ(team.auto_renewal_max().seconds(), 30 * 24 * 3600);
  EXPECT_FALSE(all.directories(0).has_auto_renewal_max());
  EXPECT_THAT(team.profiles(), ElementsAre("usual", "plain"));
  EXPECT_EQ(team.default_profile(), "usual");
}

// T80
TEST_F(OperatorServicesTest, AreForThosePermittedAlone) {
  const Order order = make_waiting_order();
  const auto reads_of_orders = [&](const std::string& token) {
    return std::set{code(&Orders::ListOrders, api::ListOrdersRequest(), token),
                    code(&Orders::GetOrder, with_id<api::GetOrderRequest>(order.id), token)};
  };
  const auto decisions = [&](const std::string& token) {
    return std::set{code(&Orders::ApproveOrder, with_id<api::ApproveOrderRequest>(order.id), token),
                    code(&Orders::RejectOrder, with_id<api::RejectOrderRequest>(order.id), token)};
  };
  const auto others = [&](const std::string& token) {
    const std::string& authorization = order.authorizations[0];
    return std::set{
        code(&Accounts::ListAccounts, api::ListAccountsRequest(), token),
        code(&Accounts::GetAccount, with_id<api::GetAccountRequest>(account_.id), token),
        code(&Accounts::DisableAccount, with_id<api::DisableAccountRequest>(account_.id), token),
        code(&Accounts::SetAccountContacts, with_id<api::SetAccountContactsRequest>(account_.id), token),
        code(&Authorizations::ListAuthorizations, api::ListAuthorizationsRequest(), token),
        code(&Authorizations::GetAuthorization, with_id<api::GetAuthorizationRequest>(authorization), token),
        code(&Authorizations::RevokeAuthorization, with_id<api::RevokeAuthorizationRequest>(authorization),
             token),
        code(&DirectoriesStub::ListDirectories, api::ListDirectoriesRequest(), token)};
  };
  const std::set denied{StatusCode::PERMISSION_DENIED};
  for (const auto& calls :
       {reads_of_orders("other"), decisions("other"), others("other"), decisions("admin"), others("anna")})
    EXPECT_EQ(calls, denied);
  const std::set unknown{StatusCode::UNAUTHENTICATED};
  for (const auto& calls : {reads_of_orders("nobody"), decisions("nobody"), others("nobody")})
    EXPECT_EQ(calls, unknown);
  for (const char* token : {"anna", "admin"})
    EXPECT_EQ(reads_of_orders(token), std::set{StatusCode::OK});
  api::ListOrdersResponse page;
  EXPECT_EQ(served_.call(&Orders::ListOrders, api::ListOrdersRequest(), page, "other").error_message(),
            "credential \"other\" lacks the permission \"administration\" or \"approval\"");
  // Nothing was done for those who may not.
  EXPECT_EQ(served_.run(records_.order(order.id))->value, order);
  EXPECT_EQ(served_.run(records_.account(account_.id))->value, account_);
}

}  // namespace
}  // namespace acmecore::rpc
