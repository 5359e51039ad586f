#include "acmecore/rpc/issue_call.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "acmecore/certificate.h"
#include "acmecore/policy.h"
#include "acmecore/profile.h"
#include "acmecore/public_key.h"
#include "acmecore/rpc/issue_events.h"
#include "base/log.h"

namespace acmecore::rpc {

using base::Error;
using base::ErrorKind;
using base::fail;
using base::Result;
using base::Task;
using std::chrono::milliseconds;

namespace {

// Between two looks at what goes on in the background: first after about what a look-up takes.
constexpr milliseconds kPauseMin{20};
constexpr milliseconds kPauseMax{500};

std::vector<RequestedIdentifier> requested(const assay::v1::IssueRequest& request) {
  std::vector<RequestedIdentifier> identifiers;
  for (const std::string& name : request.names())
    identifiers.push_back({"dns", name});
  return identifiers;
}

// The request's CSR, which has to ask for these.
Result<Csr> csr_for(const std::vector<Identifier>& identifiers, const assay::v1::IssueRequest& request) {
  TRY(Csr csr, parse_csr(request.csr_der()));
  std::vector<std::string> names;
  for (const Identifier& identifier : identifiers)
    names.push_back(identifier.text());
  std::sort(names.begin(), names.end());
  if (names != csr.dns_names)
    return fail(ErrorKind::bad_csr, "the names of the CSR are not those of the request");
  return csr;
}

// It says nothing about any name, nor about what was recorded before it.
bool is_our_own_trouble(const Error& error) {
  return error.kind == ErrorKind::internal || error.kind == ErrorKind::unavailable;
}

Error compound(std::string detail, std::vector<base::Suberror> suberrors) {
  return {ErrorKind::compound, std::move(detail), std::move(suberrors)};
}

}  // namespace

Task<Result<void>> IssueCall::run(assay::v1::IssueRequest request) {
  give_up_ = services_.clock.now() + kIssueWaitMax;
  auto outcome = co_await issue(std::move(request));
  if (may_wait_) co_await withdraw_order();
  co_await withdraw();
  co_return outcome;
}

Task<Result<void>> IssueCall::issue(assay::v1::IssueRequest request) {
  CO_TRY(identifiers_, parse_identifiers(requested(request)));
  CO_TRY(const Csr csr, csr_for(identifiers_, request));
  CO_TRY(Account account, co_await services_.authority.account_for(principal_, address_));
  account_ = Requester(std::move(account), address_);
  if (const auto good = check_order(request.profile(), csr); !good) {
    const auto& names = request.names();
    services_.authority.note_refused_order(good.error(), account_.actor(), {names.begin(), names.end()});
    co_return good;
  }
  CO_CHECK(co_await find_delegations());
  NewOrderRequest new_order;
  new_order.identifiers = requested(request);
  new_order.profile = request.profile();
  CO_TRY(OrderView order, co_await services_.authority.new_order(account_, std::move(new_order)));
  order_ = order.order;
  CO_CHECK(co_await tell(order_created(order_)));
  CO_CHECK(co_await prove());
  CO_CHECK(still_wanted());
  auto finalized =
      co_await services_.authority.finalize(account_, order_.id, request.csr_der(), kIssuancePatience);
  may_wait_ = finalized ? is_waiting(finalized->order) : is_our_own_trouble(finalized.error());
  if (!finalized) co_return tl::unexpected(std::move(finalized).error());
  order = *std::move(finalized);
  if (may_wait_) {
    CO_TRY(order, co_await approved_order(std::move(order)));
  }
  CO_TRY(order, co_await settled_order(std::move(order)));
  if (!order.order.certificate) {
    co_return tl::unexpected(order.error.value_or(Error{ErrorKind::internal, "an order has no certificate"}));
  }
  co_return co_await hand_out(*order.order.certificate);
}

// As new_order will, which comes after the delegations were looked at, and finalize, which comes after the names were
// proved.
Result<void> IssueCall::check_order(const std::string& profile_name, const Csr& csr) const {
  const Policy& policy = services_.authority.policy();
  const Subscriber subscriber = subscriber_of(account_);
  CHECK(policy.check_names(subscriber, identifiers_));
  TRY(const KeyType key_type, key_type_of(csr.spki_der));
  CHECK(policy.check_key(subscriber, key_type));
  TRY(const Profile* const profile, services_.authority.profiles().choose(account_, profile_name));
  CHECK(check_names(*profile, identifiers_));
  CHECK(check_key(*profile, key_type));
  CHECK(check_must_staple(*profile, csr.must_staple));
  return services_.authority.check_issuer(account_, *profile, identifiers_);
}

Task<Result<void>> IssueCall::prove() {
  for (const std::string& id : order_.authorizations) {
    CO_TRY(AuthorizationView view, co_await services_.authority.authorization(account_, id));
    authorizations_.push_back(std::move(view.authorization));
  }
  CO_CHECK(co_await publish());
  for (const Authorization& authorization : authorizations_) {
    CO_CHECK(co_await respond(authorization.id));
  }
  co_return co_await await_validations();
}

// All names are looked at before the call fails, so that its caller hears of every record to add at once.
Task<Result<void>> IssueCall::find_delegations() {
  std::vector<base::Suberror> suberrors;
  for (const Identifier& identifier : identifiers_) {
    if (delegations_.contains(identifier.name)) continue;
    CO_CHECK(still_wanted());
    auto delegation = co_await find_delegation(identifier);
    if (!delegation) {
      const Error& error = delegation.error();
      if (is_our_own_trouble(error)) co_return tl::unexpected(error);
      suberrors.push_back({error.kind, error.detail, identifier.text()});
      continue;
    }
    CO_CHECK(co_await tell(delegation_found(identifier, *delegation)));
    delegations_.emplace(identifier.name, *std::move(delegation));
  }
  if (!suberrors.empty()) {
    co_return tl::unexpected(compound("not all names lead to a zone of this server", std::move(suberrors)));
  }
  co_return Result<void>();
}

Task<Result<Delegation>> IssueCall::find_delegation(Identifier identifier) {
  Delegation delegation;
  CO_TRY(delegation.path, co_await services_.validation.challenge_path(identifier.dns_name()));
  auto zone = co_await services_.publisher.zone_of(delegation.owner());
  if (!zone && zone.error().kind == ErrorKind::not_found) {
    CO_TRY(const auto host, co_await services_.publisher.suggested_host());
    co_return fail(ErrorKind::dns, delegation_advice(delegation.path, host));
  }
  if (!zone) co_return tl::unexpected(std::move(zone).error());
  delegation.zone = *std::move(zone);
  co_return delegation;
}

Task<Result<void>> IssueCall::publish() {
  const base::Time expires = std::min(services_.clock.now() + kPublishedMax, order_.expires);
  for (const Authorization& authorization : authorizations_) {
    const base::Name owner = delegations_.at(authorization.identifier.name).owner();
    const Challenge* challenge = authorization.find_challenge(kDns01);
    if (challenge == nullptr) co_return fail(ErrorKind::internal, "an authorization has no dns-01 challenge");
    const std::string value = dns01_value(challenge->token, account_.key_thumbprint);
    published_.emplace_back(owner, value);  // also if it fails: it may be there
    CO_CHECK(co_await services_.publisher.present(principal_, owner, value, expires));
    CO_CHECK(co_await tell(txt_published(owner, value, expires)));
  }
  co_return Result<void>();
}

// Calls of one credential share an account, and with it the number of validations at once.
Task<Result<void>> IssueCall::respond(std::string id) {
  for (milliseconds duration = kPauseMin;;) {
    const auto responded =
        co_await services_.authority.respond(account_, id, std::string(kDns01), milliseconds::zero());
    if (responded) co_return Result<void>();
    const Error& error = responded.error();
    if (error.kind != ErrorKind::rate_limited || error.retry_after) co_return tl::unexpected(error);
    CO_CHECK(co_await pause(duration));
  }
}

Task<Result<void>> IssueCall::await_validations() {
  bool all_valid = true;
  for (const Authorization& authorization : authorizations_) {
    CO_TRY(const AuthorizationView view, co_await settled_authorization(authorization.id));
    all_valid = all_valid && view.status == AuthorizationStatus::valid;
    if (view.status == AuthorizationStatus::valid) CO_CHECK(co_await tell(validated(view.authorization)));
  }
  if (all_valid) co_return Result<void>();
  CO_TRY(const OrderView order, co_await services_.authority.order(account_, order_.id));
  co_return tl::unexpected(compound("not all names could be validated",
                                    order.error ? order.error->suberrors : std::vector<base::Suberror>()));
}

Task<Result<AuthorizationView>> IssueCall::settled_authorization(std::string id) {
  for (milliseconds duration = kPauseMin;;) {
    CO_TRY(AuthorizationView view, co_await services_.authority.authorization(account_, id));
    if (view.status != AuthorizationStatus::pending) co_return view;
    CO_CHECK(co_await pause(duration));
  }
}

Task<Result<OrderView>> IssueCall::settled_order(OrderView order) {
  for (milliseconds duration = kPauseMin; order.status == OrderStatus::processing;) {
    CO_CHECK(co_await pause(duration));
    CO_TRY(order, co_await services_.authority.order(account_, order_.id));
  }
  co_return order;
}

// The order when a person has decided, or it is too late.
Task<Result<OrderView>> IssueCall::approved_order(OrderView order) {
  CO_CHECK(co_await tell(approval_needed(order.order)));
  for (milliseconds duration = kPauseMin; can_be_decided(order);) {
    const auto goes_on = co_await pause(duration);
    if (!goes_on && caller_.has_gone()) co_return tl::unexpected(goes_on.error());
    if (!goes_on) {
      co_return fail(ErrorKind::unavailable, "nobody approved the order within the " +
                                                 std::to_string(kIssueWaitMax.count()) +
                                                 " minutes of this call; those of ACME clients wait longer");
    }
    CO_TRY(order, co_await services_.authority.order(account_, order_.id));
  }
  may_wait_ = false;
  co_return order;
}

// Nobody would have the certificate of an order that is approved when nobody waits for it.
Task<> IssueCall::withdraw_order() {
  const auto withdrawn = co_await services_.authority.withdraw(account_, order_.id);
  if (!withdrawn) {  // it was decided at this very moment, was never accepted, or cannot be changed for now
    base::log::warning("issue.order.not_withdrawn",
                       {{"order", order_.id}, {"detail", withdrawn.error().detail}});
  }
}

Task<Result<void>> IssueCall::hand_out(Serial serial) {
  CO_TRY(CertificateChain chain, co_await services_.authority.certificate(account_, serial));
  CO_TRY(const Certificate leaf, parse_certificate(chain.der));
  co_return co_await tell(certificate_issued(leaf, std::move(chain.pem)));
}

// Errors are logged and not returned: the values expire, and the caller's outcome is decided.
Task<> IssueCall::withdraw() {
  for (const auto& [owner, value] : published_) {
    const auto removed = co_await services_.publisher.remove(principal_, owner, value);
    if (!removed) {
      base::log::warning("issue.value.not_removed",
                         {{"owner", owner.text()}, {"detail", removed.error().detail}});
    }
  }
}

Task<Result<void>> IssueCall::tell(assay::v1::IssueResponse event) {
  const bool heard = co_await caller_.tell(std::move(event));
  if (!heard) co_return fail(ErrorKind::unavailable, "the caller has gone");
  co_return Result<void>();
}

Result<void> IssueCall::still_wanted() const {
  if (caller_.has_gone()) return fail(ErrorKind::unavailable, "the caller has gone");
  if (services_.clock.now() < give_up_) return {};
  return fail(ErrorKind::unavailable, "the issuance takes longer than " +
                                          std::to_string(kIssueWaitMax.count()) +
                                          " minutes; what the DNS of the names answers may be the cause");
}

Task<Result<void>> IssueCall::pause(milliseconds& duration) {
  CO_CHECK(still_wanted());
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, duration);
  co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  duration = std::min(duration * 2, kPauseMax);
  co_return Result<void>();
}

}  // namespace acmecore::rpc
