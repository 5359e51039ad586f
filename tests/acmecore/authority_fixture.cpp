#include "tests/acmecore/authority_fixture.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace acmecore {

using base::Bytes;
using base::Result;
using base::Task;

Task<Verdict> ScriptedValidation::dns01(base::Name identifier, std::string expected) {
  ++asked_;
  boost::system::error_code opened;
  co_await gate_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, opened));
  const std::string text = identifier.text();
  const std::string name = text.substr(0, text.size() - 1);
  Observation observation{};
  observation.perspective = "primary";
  observation.name = identifier;
  observation.type = "TXT";
  observation.result = "NOERROR";
  for (const auto& [owner, value] : values_) {
    if (owner == name) observation.values.push_back('"' + value + '"');
  }
  Verdict verdict;
  verdict.evidence = {observation};
  if (answer_) {
    verdict.outcome = tl::unexpected(*answer_);
  } else if (!values_.contains({name, expected})) {
    verdict.outcome = base::fail(base::ErrorKind::unauthorized, sentence(observation));
  }
  co_return verdict;
}

Task<Result<ChallengePath>> ScriptedValidation::challenge_path(base::Name identifier) {
  co_return ChallengePath{{std::move(identifier)}};
}

Task<Result<std::optional<storage::Entry>>> UnluckyStore::get(Bytes key) {
  if (!unreadable_.empty() && key.starts_with(unreadable_)) {
    co_return base::fail(base::ErrorKind::unavailable, "as the test wants");
  }
  co_return co_await ForwardingStore::get(std::move(key));
}

Task<Result<storage::Revision>> UnluckyStore::commit(storage::Batch batch) {
  if (intruder_) {
    const auto intruder = std::exchange(intruder_, nullptr);
    co_await intruder();
  }
  if (!fates_.empty()) {
    const auto fate = fates_.front();
    fates_.pop_front();
    if (fate) co_return base::fail(*fate, "as the test wants");
  }
  const bool takes_room = !batch.puts.empty() || !batch.appends.empty();
  if (is_full_ && takes_room && !batch.may_use_reserve) {
    co_return base::fail(base::ErrorKind::unavailable,
                         "there is no room to store anything; nothing was changed");
  }
  co_return co_await ForwardingStore::commit(std::move(batch));
}

void AuthorityTest::restart() {
  // The coroutines that never ended go with their executor, after what they refer to, as in a process that stops.
  authority_.reset();
  background_.reset();
  validation_.reset();
  io_.reset();
  io_ = std::make_unique<boost::asio::io_context>();
  validation_ = std::make_unique<ScriptedValidation>(*io_);
  background_ = std::make_unique<base::ExecutorBackground>(io_->get_executor());
  policy_ = std::make_unique<Policy>(rules_, test_suffixes());
  authority_ = std::make_unique<Authority>(records_, clock_, test_issuers(), *policy_, *validation_,
                                           *background_, options_);
}

Account AuthorityTest::new_account(const ClientKey& key) {
  NewAccountRequest request;
  request.terms_of_service_agreed = true;
  return run(authority_->new_account(directory_, key.account_key(), std::move(request))).value().account;
}

OrderView AuthorityTest::new_order(const Account& account, const std::vector<std::string>& names) {
  NewOrderRequest request;
  for (const std::string& name : names)
    request.identifiers.push_back({"dns", name});
  return run(authority_->new_order(account, std::move(request))).value();
}

void AuthorityTest::prove(const Account& account, const std::string& authorization) {
  const Authorization stored = this->authorization(authorization);
  validation_->publish(stored.identifier.name,
                       dns01_value(stored.challenges[0].token, account.key_thumbprint));
  respond(account, authorization);
}

AuthorizationView AuthorityTest::respond(const Account& account, const std::string& authorization,
                                         std::chrono::milliseconds patience) {
  return run(authority_->respond(account, authorization, std::string(kDns01), patience)).value();
}

OrderView AuthorityTest::ready_order(const Account& account, const std::vector<std::string>& names) {
  const OrderView created = new_order(account, names);
  for (const std::string& id : created.order.authorizations)
    prove(account, id);
  return order(account, created.order.id);
}

IssuedCertificate AuthorityTest::issue(const Account& account, const std::vector<std::string>& names,
                                       EVP_PKEY* key) {
  const OrderView ready = ready_order(account, names);
  const OrderView valid = run(finalize(account, ready, csr_for(names, key))).value();
  return run(records_.certificate(*valid.order.certificate)).value().value;
}

Bytes AuthorityTest::csr_for(const std::vector<std::string>& names, EVP_PKEY* key) {
  CsrDraft draft;
  draft.key = key;
  draft.san.clear();
  for (const std::string& name : names)
    draft.san += (draft.san.empty() ? "DNS:" : ",DNS:") + name;
  return make_csr(draft);
}

}  // namespace acmecore
