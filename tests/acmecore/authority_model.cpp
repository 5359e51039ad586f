#include "tests/acmecore/authority_model.h"

#include <algorithm>

#include "acmecore/records.h"
#include "acmecore/retries.h"

namespace acmecore::model {

using base::ErrorKind;

bool leads_to(OrderStatus from, OrderStatus to) {
  using S = OrderStatus;
  switch (from) {
    case S::pending: return true;
    case S::ready: return to != S::pending;
    case S::processing: return to != S::pending && to != S::ready;
    case S::valid: return to == from || to == S::canceled;  // RFC 8739 §3.1.2
    case S::invalid:
    case S::canceled: return to == from;
  }
  return false;
}

bool leads_to(AuthorizationStatus from, AuthorizationStatus to) {
  using S = AuthorizationStatus;
  if (from == S::pending) return true;
  if (from == S::valid) return to != S::pending && to != S::invalid;
  return to == from;
}

bool leads_to(ChallengeStatus from, ChallengeStatus to) {
  using S = ChallengeStatus;
  if (from == S::pending) return true;
  if (from == S::processing) return to != S::pending;
  return to == from;
}

bool leads_to(AccountStatus from, AccountStatus to) { return from == AccountStatus::valid || to == from; }

bool World::commit() {
  if (refused_ && (*refused_)-- == 0) {
    refused_.reset();
    return false;
  }
  if (!commits_) return true;
  if (*commits_ == 0) return false;
  --*commits_;
  return true;
}

void World::settle() {
  for (ModelAuthorization& one : authorizations) {
    const bool can_expire =
        one.status == AuthorizationStatus::pending || one.status == AuthorizationStatus::valid;
    if (can_expire && now >= one.expires) one.status = AuthorizationStatus::expired;
  }
  for (ModelOrder& order : orders) {
    if (order.status != OrderStatus::pending && order.status != OrderStatus::ready) continue;
    bool all_valid = true;
    if (now >= order.expires) order.status = OrderStatus::invalid;
    for (const size_t index : order.authorizations) {
      const ModelAuthorization& one = authorizations[index];
      all_valid = all_valid && one.status == AuthorizationStatus::valid;
      const bool may_be =
          one.status == AuthorizationStatus::pending || one.status == AuthorizationStatus::valid;
      if (!one.exists || !may_be) order.status = OrderStatus::invalid;
    }
    if (order.status == OrderStatus::pending && all_valid) order.status = OrderStatus::ready;
  }
}

Outcome World::refusal_of(size_t account) const {
  if (!accounts[account].exists) return ErrorKind::account_does_not_exist;
  if (accounts[account].status != AccountStatus::valid) return ErrorKind::account_not_valid;
  return std::nullopt;
}

std::optional<size_t> World::account_with(size_t key) const {
  for (size_t i = 0; i < accounts.size(); ++i) {
    if (accounts[i].exists && accounts[i].key == key) return i;
  }
  return std::nullopt;
}

Outcome World::new_account(size_t key) {
  if (const auto holder = account_with(key)) return refusal_of(*holder);
  if (!commit()) return ErrorKind::unavailable;
  ModelAccount account;
  account.key = key;
  account.created = now;
  accounts.push_back(account);
  return std::nullopt;
}

Outcome World::deactivate_account(size_t account) {
  if (const Outcome refused = refusal_of(account)) return refused;
  if (!commit()) return ErrorKind::unavailable;
  accounts[account].status = AccountStatus::deactivated;
  accounts[account].unused = false;
  return std::nullopt;
}

Outcome World::change_key(size_t account, size_t key) {
  if (const Outcome refused = refusal_of(account)) return refused;
  if (const auto holder = account_with(key)) {
    return *holder == account ? Outcome() : Outcome(ErrorKind::conflict);
  }
  if (!commit()) return ErrorKind::unavailable;
  accounts[account].key = key;
  return std::nullopt;
}

Outcome World::new_order(size_t account, const std::vector<std::string>& names) {
  if (const Outcome refused = refusal_of(account)) return refused;
  for (const std::string& name : names) {
    if (denied.contains(name)) return ErrorKind::rejected_identifier;
  }
  if (!commit()) return ErrorKind::unavailable;
  accounts[account].unused = false;
  orders.push_back({account, names, now + rules_.order_lifetime});
  return std::nullopt;
}

Outcome World::new_authorization(size_t account, const std::string& identifier) {
  if (const Outcome refused = refusal_of(account)) return refused;
  if (denied.contains(identifier)) return ErrorKind::rejected_identifier;
  if (!commit()) return ErrorKind::unavailable;
  accounts[account].unused = false;
  authorizations.push_back({"", account, identifier, now + rules_.order_lifetime});
  return std::nullopt;
}

std::vector<size_t> World::reusable(size_t account, const std::string& identifier) const {
  std::vector<size_t> found;
  if (rules_.reuse.count() == 0) return found;
  for (size_t i = 0; i < authorizations.size(); ++i) {
    const ModelAuthorization& one = authorizations[i];
    const bool fits = one.account == account && one.identifier == identifier && one.exists &&
                      one.status == AuthorizationStatus::valid;
    if (fits && now - *one.validated < rules_.reuse && one.expires - now >= kReuseMargin) found.push_back(i);
  }
  return found;
}

bool World::attach(const std::string& id, const std::vector<std::string>& ids) {
  ModelOrder& order = orders.back();
  order.id = id;
  if (ids.size() != order.names.size()) return false;
  for (size_t i = 0; i < ids.size(); ++i) {
    const auto may_be = reusable(order.account, order.names[i]);
    const auto reused = std::find_if(may_be.begin(), may_be.end(),
                                     [&](size_t index) { return authorizations[index].id == ids[i]; });
    if (reused != may_be.end()) {
      order.authorizations.push_back(*reused);
      order.expires = std::min(order.expires, authorizations[*reused].expires);
      continue;
    }
    const bool known = std::any_of(authorizations.begin(), authorizations.end(),
                                   [&](const ModelAuthorization& one) { return one.id == ids[i]; });
    if (known || !may_be.empty()) return false;
    order.authorizations.push_back(authorizations.size());
    authorizations.push_back({ids[i], order.account, order.names[i], now + rules_.order_lifetime});
  }
  settle();
  return true;
}

Outcome World::respond(size_t account, size_t authorization) {
  if (const Outcome refused = refusal_of(account)) return refused;
  ModelAuthorization& one = authorizations[authorization];
  if (!one.exists || one.account != account) return ErrorKind::not_found;
  const bool decided = one.challenge == ChallengeStatus::valid || one.challenge == ChallengeStatus::invalid;
  if (decided) return std::nullopt;
  if (one.status != AuthorizationStatus::pending) return ErrorKind::malformed;
  if (one.challenge == ChallengeStatus::processing) {
    const bool too_soon = one.next_look && now < *one.next_look - rules_.retry_interval + kRequestedLookMin;
    if (!one.looking && !too_soon) look(one);
    return std::nullopt;
  }
  // An outcome that comes at once is recorded together with the response; else the response is recorded alone.
  const ModelAuthorization before = one;
  if (!gate_open && !commit()) return ErrorKind::unavailable;
  one.challenge = ChallengeStatus::processing;
  one.key = accounts[account].key;
  one.responded = now;
  if (!gate_open) {
    one.looking = true;
  } else if (!end_look(one) && !commit()) {
    one = before;
    return ErrorKind::unavailable;
  }
  return std::nullopt;
}

void World::look(ModelAuthorization& one) {
  if (!gate_open) {
    one.looking = true;
  } else {
    end_look(one);
  }
}

// False: its outcome was not recorded.
bool World::end_look(ModelAuthorization& one) {
  one.looking = false;
  if (one.challenge != ChallengeStatus::processing || one.status == AuthorizationStatus::deactivated)
    return false;
  if (!commit()) return false;
  if (dns == Dns::is_out_of_reach) {
    one.next_look = now + rules_.retry_interval;
  } else if (dns == Dns::answers && one.published.contains(one.key)) {
    one.challenge = ChallengeStatus::valid;
    one.validated = now;
    one.next_look.reset();
    if (one.status == AuthorizationStatus::pending) {
      one.status = AuthorizationStatus::valid;
      one.expires = now + rules_.authorization_lifetime;
    }
  } else {
    fail(one);
  }
  settle();
  return true;
}

void World::fail(ModelAuthorization& one) {
  const Time next = now + rules_.retry_interval;
  one.next_look.reset();
  if (next <= *one.responded + rules_.retry_total && next < one.expires) {
    one.next_look = next;
    return;
  }
  one.challenge = ChallengeStatus::invalid;
  if (one.status == AuthorizationStatus::pending) one.status = AuthorizationStatus::invalid;
}

Outcome World::deactivate_authorization(size_t account, size_t authorization) {
  if (const Outcome refused = refusal_of(account)) return refused;
  ModelAuthorization& one = authorizations[authorization];
  if (!one.exists || one.account != account) return ErrorKind::not_found;
  if (one.status == AuthorizationStatus::deactivated) return std::nullopt;
  if (one.status != AuthorizationStatus::pending && one.status != AuthorizationStatus::valid) {
    return ErrorKind::malformed;
  }
  if (!commit()) return ErrorKind::unavailable;
  one.status = AuthorizationStatus::deactivated;
  settle();
  return std::nullopt;
}

Outcome World::finalize(size_t account, size_t index, CsrKind csr, size_t key) {
  if (const Outcome refused = refusal_of(account)) return refused;
  ModelOrder& order = orders[index];
  if (!order.exists || order.account != account) return ErrorKind::not_found;
  if (order.status != OrderStatus::ready) return ErrorKind::order_not_ready;
  if (csr != CsrKind::good || blocked.contains(key)) return ErrorKind::bad_csr;
  if (!commit()) return ErrorKind::unavailable;
  order.status = OrderStatus::processing;
  order.key = key;
  issue(order);
  return std::nullopt;
}

void World::issue(ModelOrder& order) {
  if (!commit()) return;
  const bool refused = accounts[order.account].status != AccountStatus::valid ||
                       blocked.contains(order.key) ||
                       std::any_of(order.names.begin(), order.names.end(),
                                   [this](const std::string& name) { return denied.contains(name); });
  order.status = refused ? OrderStatus::invalid : OrderStatus::valid;
  if (refused) return;
  order.certificate = certificates.size();
  const Time not_after = std::chrono::floor<std::chrono::seconds>(now) - kBackdate +
                         rules_.certificate_lifetime - std::chrono::seconds(1);
  certificates.push_back({order.account, order.names, order.key, not_after});
}

bool World::holds(size_t account, const std::string& identifier) const {
  return std::any_of(authorizations.begin(), authorizations.end(), [&](const ModelAuthorization& one) {
    return one.exists && one.account == account && one.identifier == identifier &&
           one.status == AuthorizationStatus::valid;
  });
}

Outcome World::revoke(size_t account, size_t index) {
  if (const Outcome refused = refusal_of(account)) return refused;
  ModelCertificate& certificate = certificates[index];
  if (!certificate.exists) return ErrorKind::not_found;
  const bool may = certificate.account == account ||
                   std::all_of(certificate.names.begin(), certificate.names.end(),
                               [&](const std::string& name) { return holds(account, name); });
  if (!may || now > certificate.not_after) return ErrorKind::unauthorized;
  if (certificate.revoked) return ErrorKind::already_revoked;
  if (!commit()) return ErrorKind::unavailable;
  certificate.revoked = true;
  return std::nullopt;
}

Outcome World::revoke_by_key(size_t index, bool its_own) {
  ModelCertificate& certificate = certificates[index];
  if (!its_own) return ErrorKind::unauthorized;
  if (!certificate.exists) return ErrorKind::not_found;
  const bool has_expired = now > certificate.not_after;
  const bool was_revoked = certificate.revoked;
  // Nothing is committed of what is known.
  const bool is_news = !blocked.contains(certificate.key) || (!has_expired && !certificate.compromised);
  if (is_news && !commit()) return ErrorKind::unavailable;
  blocked.insert(certificate.key);
  if (has_expired) return ErrorKind::unauthorized;
  certificate.revoked = certificate.compromised = true;
  if (was_revoked) return ErrorKind::already_revoked;
  return std::nullopt;
}

Outcome World::disable_account(size_t account) {
  ModelAccount& one = accounts[account];
  if (!one.exists) return ErrorKind::not_found;
  if (one.status == AccountStatus::revoked) return std::nullopt;
  if (one.status != AccountStatus::valid) return ErrorKind::account_not_valid;
  if (!commit()) return ErrorKind::unavailable;
  one.status = AccountStatus::revoked;
  one.unused = false;
  return std::nullopt;
}

Outcome World::revoke_authorization(size_t authorization) {
  ModelAuthorization& one = authorizations[authorization];
  if (!one.exists) return ErrorKind::not_found;
  if (one.status == AuthorizationStatus::revoked) return std::nullopt;
  if (one.status != AuthorizationStatus::valid) return ErrorKind::malformed;
  if (!commit()) return ErrorKind::unavailable;
  one.status = AuthorizationStatus::revoked;
  settle();
  return std::nullopt;
}

void World::advance(std::chrono::milliseconds by) {
  now += by;
  settle();
}

void World::answer_looks() {
  for (ModelAuthorization& one : authorizations) {
    if (one.looking) end_look(one);
  }
}

void World::sweep_authorizations() {
  for (ModelAuthorization& one : authorizations) {
    if (!one.exists || one.looking) continue;
    if (one.challenge == ChallengeStatus::processing && one.status != AuthorizationStatus::deactivated) {
      if (one.next_look && now < *one.next_look) continue;
      const bool goes_on =
          one.status == AuthorizationStatus::pending && accounts[one.account].status == AccountStatus::valid;
      if (goes_on) {
        look(one);
      } else if (commit()) {
        fail(one);  // too late
      }
    } else if (now >= one.expires + kExpiredRetention && commit()) {
      one.exists = false;
    }
  }
  settle();
}

void World::sweep() {
  sweep_authorizations();
  for (ModelOrder& order : orders) {
    if (!order.exists) continue;
    if (order.status == OrderStatus::processing) {
      if (commit()) issue(order);
    } else if (now >= order.expires + kExpiredRetention && commit()) {
      order.exists = false;
    }
  }
  for (ModelCertificate& certificate : certificates) {
    if (now >= certificate.not_after + kCertificateRetention && commit()) certificate.exists = false;
  }
  for (ModelAccount& account : accounts) {
    if (account.unused && now >= account.created + kUnusedAccountRetention && commit())
      account.exists = false;
  }
  settle();
}

void World::restart() {
  gate_open = true;
  dns = Dns::answers;
  for (ModelAuthorization& one : authorizations)
    one.looking = false;
}

}  // namespace acmecore::model
