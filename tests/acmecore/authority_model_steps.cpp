#include <algorithm>
#include <array>

#include "tests/acmecore/actors.h"
#include "tests/acmecore/authority_model_run.h"

// What may happen, each by chance to one that is there.
namespace acmecore::model {

using base::ErrorKind;
using base::Result;
using base::Task;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

constexpr size_t kOrdersMax = 30;  // of one run
constexpr const char* kDeniedAtTimes = "b.corp.test";

std::string numbered(const char* what, size_t number, size_t by) {
  return std::string(what) + ' ' + std::to_string(number) + " by " + std::to_string(by);
}

// A revocation has no value to return: this makes one of it.
Task<Result<int>> valued(Task<Result<void>> task) {
  const auto result = co_await std::move(task);
  if (!result) co_return tl::unexpected(result.error());
  co_return 0;
}

}  // namespace

Step ModelRun::next_step() {
  if (world_.accounts.empty()) return new_account();
  const size_t roll = below(100);
  if (roll < 4) return new_account();
  if (roll < 17 && world_.orders.size() < kOrdersMax) return new_order();
  if (roll < 18) return new_authorization();
  if (roll < 48 && !world_.authorizations.empty()) return respond();
  if (roll < 62 && !world_.orders.empty()) return finalize();
  if (roll < 65 && !world_.authorizations.empty()) return deactivate_authorization();
  if (roll < 67) return change_key();
  if (roll < 68) return one_in(3) ? disable_account() : deactivate_account();
  if (roll < 72 && !world_.certificates.empty()) return one_in(3) ? revoke_by_key() : revoke();
  if (roll < 73 && !world_.authorizations.empty()) return revoke_authorization();
  if (roll < 82) return advance();
  if (roll < 87) return sweep_authorizations();
  if (roll < 91) return sweep();
  if (roll < 93) return change_rules();
  if (roll < 97) return move_gate();
  return change_dns();
}

Step ModelRun::new_account() {
  const size_t key = below(kAccountKeys);
  const auto ask = [this, key] {
    return outcome(authority_->new_account(directory_, account_key(key).account_key(), {}));
  };
  return {"newAccount with key " + std::to_string(key),
          [key](World& world) { return world.new_account(key); }, ask};
}

Step ModelRun::deactivate_account() {
  const size_t account = of(world_.accounts.size());
  const auto ask = [this](Account by) { return authority_->deactivate_account(std::move(by)); };
  return {numbered("deactivateAccount", account, account),
          [account](World& world) { return world.deactivate_account(account); }, asked_by(account, ask)};
}

Task<Result<KeyChangeResult>> ModelRun::changed_key(Account account, size_t key) {
  auto result = co_await authority_->change_key(std::move(account), account_key(key).account_key());
  if (result && !result->changed) co_return base::fail(ErrorKind::conflict, "another account has the key");
  co_return result;
}

Step ModelRun::change_key() {
  const size_t account = of(world_.accounts.size()), key = below(kAccountKeys);
  const auto ask = [this, key](Account by) { return changed_key(std::move(by), key); };
  return {numbered("keyChange", key, account),
          [account, key](World& world) { return world.change_key(account, key); }, asked_by(account, ask)};
}

Step ModelRun::new_order() {
  using Names = std::vector<std::string>;
  static const std::array kNames{Names{"a.corp.test"}, Names{"*.a.corp.test"}, Names{"b.corp.test"},
                                 Names{"a.corp.test", "*.a.corp.test"}, Names{"a.corp.test", "b.corp.test"}};
  const size_t account = of(world_.accounts.size()), number = below(kNames.size());
  const Names& names = kNames[number];
  const auto ask = [this, &names](Account by) {
    NewOrderRequest request;
    for (const std::string& name : names)
      request.identifiers.push_back({"dns", name});
    return authority_->new_order(std::move(by), std::move(request));
  };
  return {numbered("newOrder for", number, account),
          [account, &names](World& world) { return world.new_order(account, names); },
          asked_by(account, ask)};
}

// RFC 8555 §7.4.1.
Step ModelRun::new_authorization() {
  static const std::array<std::string, 2> kNames{"a.corp.test", "b.corp.test"};
  const size_t account = of(world_.accounts.size()), number = below(kNames.size());
  const std::string& name = kNames[number];
  const auto ask = [this, &name](Account by) {
    return authority_->new_authorization(std::move(by), {"dns", name});
  };
  return {numbered("newAuthz for", number, account),
          [account, &name](World& world) { return world.new_authorization(account, name); },
          asked_by(account, ask)};
}

// Often with the right value in the DNS, now and then with one that another key makes right.
Step ModelRun::respond() {
  const size_t index = of(world_.authorizations.size());
  const ModelAuthorization& one = world_.authorizations[index];
  const size_t key = one_in(8) ? below(kAccountKeys) : world_.accounts[one.account].key;
  if (one.exists && !one_in(3)) publish(index, key);
  const size_t account = actor_of(one.account);
  const milliseconds patience = world_.gate_open ? hours(1) : milliseconds(0);
  const auto ask = [this, id = one.id, patience](Account by) {
    return authority_->respond(std::move(by), id, std::string(kDns01), patience);
  };
  return {numbered("respond to", index, account),
          [account, index](World& world) { return world.respond(account, index); }, asked_by(account, ask)};
}

void ModelRun::publish(size_t index, size_t key) {
  ModelAuthorization& one = world_.authorizations[index];
  if (!one.published.insert(key).second) return;
  const Authorization stored = authorization(one.id);
  const std::string value =
      dns01_value(stored.challenges[0].token, account_key(key).account_key().thumbprint());
  published_.emplace_back(stored.identifier.name, value);
  validation_->publish(stored.identifier.name, value);
}

Step ModelRun::deactivate_authorization() {
  const size_t index = of(world_.authorizations.size());
  const size_t account = actor_of(world_.authorizations[index].account);
  const auto ask = [this, id = world_.authorizations[index].id](Account by) {
    return authority_->deactivate_authorization(std::move(by), id);
  };
  return {numbered("deactivateAuthorization", index, account),
          [account, index](World& world) { return world.deactivate_authorization(account, index); },
          asked_by(account, ask)};
}

base::Bytes ModelRun::csr(const std::vector<std::string>& names, CsrKind kind, size_t key, size_t account) {
  switch (kind) {
    case CsrKind::good: break;
    case CsrKind::other_names: return csr_for({"other.corp.test"}, certificate_key(key));
    case CsrKind::rubbish: return "rubbish";
    case CsrKind::account_key: return csr_for(names, account_key(world_.accounts[account].key).handle());
  }
  base::Bytes& made = csrs_[{names, key}];
  if (made.empty()) made = csr_for(names, certificate_key(key));
  return made;
}

Step ModelRun::finalize() {
  const size_t index = of(world_.orders.size()), key = below(kCertificateKeys);
  const ModelOrder& order = world_.orders[index];
  const size_t account = actor_of(order.account);
  const CsrKind kind = one_in(6) ? CsrKind(1 + below(3)) : CsrKind::good;
  const auto ask = [this, id = order.id, der = csr(order.names, kind, key, order.account)](Account by) {
    return authority_->finalize(std::move(by), id, der, hours(1));
  };
  return {numbered("finalize", index, account) + " with key " + std::to_string(key),
          [=](World& world) { return world.finalize(account, index, kind, key); }, asked_by(account, ask)};
}

Step ModelRun::revoke() {
  const size_t index = of(world_.certificates.size());
  const size_t account = one_in(3) ? below(world_.accounts.size()) : world_.certificates[index].account;
  const auto ask = [this, der = certificates_[index].der](Account by) {
    return valued(authority_->revoke(std::move(by), der, std::nullopt));
  };
  return {numbered("revoke", index, account),
          [account, index](World& world) { return world.revoke(account, index); }, asked_by(account, ask)};
}

Step ModelRun::revoke_by_key() {
  const size_t index = of(world_.certificates.size());
  const size_t key = one_in(3) ? below(kCertificateKeys) : world_.certificates[index].key;
  const bool its_own = world_.certificates[index].key == key;
  const auto ask = [this, der = certificates_[index].der, key] {
    return outcome(valued(authority_->revoke_by_key(spki_of(certificate_key(key)), der, std::nullopt)));
  };
  return {numbered("revokeByKey", index, key),
          [index, its_own](World& world) { return world.revoke_by_key(index, its_own); }, ask};
}

Step ModelRun::disable_account() {
  const size_t account = of(world_.accounts.size());
  const auto ask = [this, id = world_.accounts[account].id] {
    return outcome(administration_.disable_account(id, kAnna));
  };
  return {"disableAccount " + std::to_string(account),
          [account](World& world) { return world.disable_account(account); }, ask};
}

Step ModelRun::revoke_authorization() {
  const size_t index = of(world_.authorizations.size());
  const auto ask = [this, id = world_.authorizations[index].id] {
    return outcome(administration_.revoke_authorization(id, kAnna));
  };
  return {"revokeAuthorization " + std::to_string(index),
          [index](World& world) { return world.revoke_authorization(index); }, ask};
}

Step ModelRun::advance() {
  static constexpr std::array<seconds, 11> kTimes{seconds(1),  seconds(2),  seconds(5),    seconds(5),
                                                  seconds(30), minutes(10), hours(1),      hours(1),
                                                  hours(5),    hours(30),   hours(35 * 24)};
  const milliseconds by = kTimes[below(kTimes.size())];
  const auto ask = [this, by]() -> std::optional<Outcome> {
    clock_.advance(by);
    return Outcome();
  };
  const auto in_model = [by](World& world) -> Outcome {
    world.advance(by);
    return std::nullopt;
  };
  return {"advance by " + std::to_string(by.count() / 1000) + " s", in_model, ask};
}

// A sweep says by its result only whether there is more, or that the store has failed. What it had taken up by then
// depends on ids, and shows where looks take long: then the store does not fail.
Step ModelRun::swept(std::string what, Task<Result<bool>> (Authority::*sweep)(), void (World::*in_model)()) {
  const auto ask = [this, sweep]() -> std::optional<Outcome> {
    const auto result = attempt((authority_.get()->*sweep)());
    const bool failed = result && !*result;
    EXPECT_TRUE(!failed || result->error().kind == ErrorKind::unavailable);
    return Outcome();
  };
  const auto both = [in_model](World& world) -> Outcome {
    (world.*in_model)();
    return std::nullopt;
  };
  return {std::move(what), both, ask, /*in_order=*/false, /*may_fail=*/world_.gate_open};
}

Step ModelRun::sweep() { return swept("sweep", &Authority::sweep, &World::sweep); }

Step ModelRun::sweep_authorizations() {
  return swept("sweepAuthorizations", &Authority::sweep_authorizations, &World::sweep_authorizations);
}

// A restart with another policy.
Step ModelRun::change_rules() {
  const bool deny = one_in(2);
  const auto ask = [this, deny]() -> std::optional<Outcome> {
    rules_.deny.clear();
    if (deny) rules_.deny = patterns({kDeniedAtTimes});
    end_process();
    return Outcome();
  };
  const auto in_model = [deny](World& world) -> Outcome {
    world.denied.clear();
    if (deny) world.denied.insert(kDeniedAtTimes);
    return std::nullopt;
  };
  return {deny ? "restart, and a name is denied" : "restart", in_model, ask};
}

Step ModelRun::move_gate() {
  const bool open = !world_.gate_open;
  const auto ask = [this, open]() -> std::optional<Outcome> {
    open ? validation_->open() : validation_->close();
    run_background();
    return Outcome();
  };
  const auto in_model = [open](World& world) -> Outcome {
    world.gate_open = open;
    if (open) world.answer_looks();
    return std::nullopt;
  };
  return {open ? "resolver answers at once" : "resolver waits", in_model, ask, /*in_order=*/false};
}

Step ModelRun::change_dns() {
  const Dns dns = Dns(below(3));
  const auto ask = [this, dns]() -> std::optional<Outcome> {
    std::optional<base::Error> error;
    if (dns == Dns::fails) error = base::Error{ErrorKind::dns, "SERVFAIL"};
    if (dns == Dns::is_out_of_reach) error = base::Error{ErrorKind::unavailable, "no resolver"};
    validation_->answer_with(std::move(error));
    return Outcome();
  };
  const auto in_model = [dns](World& world) -> Outcome {
    world.dns = dns;
    return std::nullopt;
  };
  return {"dns " + std::to_string(int(dns)), in_model, ask};
}

}  // namespace acmecore::model
