#include "dnsserver/credentials.h"

#include <algorithm>
#include <cassert>

#include "base/log.h"
#include "base/openssl.h"
#include "base/random.h"
#include "dnsserver/credential_batch.h"
#include "dnsserver/held_names.h"
#include "dnsserver/kept_accounts.h"
#include "dnsserver/keys.h"
#include "dnsserver/stored_credential.h"
#include "dnsserver/uuid.h"

namespace dnsserver {

using base::ErrorKind;
using base::fail;
using base::Task;
using storage::Entry;
using storage::Range;

namespace {

// What a host name has (RFC 1123 §2.1), as acme-dns wants it of its subdomains.
bool is_host_label(std::string_view label) {
  const auto is_alphanumeric = [](char c) {
    c = base::lower(c);
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  return !label.empty() && label.size() <= base::kLabelSizeMax && is_alphanumeric(label.front()) &&
         is_alphanumeric(label.back()) &&
         std::ranges::all_of(label, [&](char c) { return is_alphanumeric(c) || c == '-'; });
}

// Whether what `after` may do `before` might do as well. Limits, sources and how long it is valid are not looked at.
bool gives_nothing(const Credential& before, const Credential& after) {
  const auto had_scope = [&](const Scope& scope) {
    return scope.excluded || std::ranges::find(before.scopes, scope) != before.scopes.end();
  };
  const auto keeps_exclusion = [&](const Scope& scope) {
    return !scope.excluded || std::ranges::find(after.scopes, scope) != after.scopes.end();
  };
  const auto had_key = [&](const TsigKey& key) {
    return std::ranges::find(before.tsig_keys, key.name, &TsigKey::name) != before.tsig_keys.end();
  };
  return after.disabled || (!before.disabled && (!after.login || before.login) &&
                            std::ranges::all_of(after.scopes, had_scope) &&
                            std::ranges::all_of(before.scopes, keeps_exclusion) &&
                            std::ranges::all_of(after.tsig_keys, had_key));
}

}  // namespace

Credentials::Credentials(storage::Store& store, const base::Clock& clock, Executor executor, ActLog* log,
                         size_t credentials_max)
    : store_(store),
      clock_(clock),
      log_(log),
      credentials_max_(credentials_max),
      batcher_(std::move(executor), {.size_max = 1, .waiting_max = kCredentialChangesWaitingMax},
               fail(ErrorKind::unavailable, "too many changes of credentials wait to be written"),
               [this](std::vector<Change> changes) { return carry_out(std::move(changes)); }) {}

Task<Result<std::unique_ptr<Credentials>>> Credentials::open(storage::Store& store, const base::Clock& clock,
                                                             Executor executor, ActLog* log,
                                                             size_t credentials_max) {
  std::unique_ptr<Credentials> credentials(
      new Credentials(store, clock, std::move(executor), log, credentials_max));
  CO_CHECK(co_await credentials->load());
  co_return credentials;
}

Task<Result<void>> Credentials::load() {
  Range range{.prefix = all_credentials_prefix()};
  for (;;) {
    CO_TRY(const std::vector<Entry> entries, co_await store_.list(range));
    for (const Entry& entry : entries) {
      CO_TRY(Credential credential, decode_credential(entry.value));
      view_.put(std::make_shared<const Credential>(std::move(credential)));
    }
    if (entries.size() < range.limit) co_return Result<void>();
    range.after = entries.back().key;
  }
}

Task<Result<SharedCredential>> Credentials::create(Credential credential, Administrator by,
                                                   std::optional<Name> handed_out) {
  credential.created = clock_.now();
  credential.id = base::time_ordered_id(credential.created);
  CO_CHECK(check_credential(credential));
  Change change;
  change.id = credential.id;
  change.edit = [credential](const Credential*) { return std::optional<Credential>(credential); };
  change.handed_out = std::move(handed_out);
  change.by = std::move(by);
  co_return co_await batcher_.submit(std::move(change));
}

Task<Result<Account>> Credentials::register_account(NewAccount wanted, Administrator by) {
  Account account;
  account.label = wanted.label ? *wanted.label : random_uuid();
  if (!is_host_label(account.label)) {
    co_return fail(ErrorKind::malformed,
                   "subdomain: it is one label of letters, digits and inner hyphens, at most 63");
  }
  CO_TRY(account.name, wanted.apex.prepend(account.label));
  CO_CHECK(co_await check_free(wanted.apex, account.name));
  account.password = make_password();

  Credential credential;
  credential.comment = std::move(wanted.comment);
  credential.scopes.push_back({.name = account.name});
  credential.limits = wanted.limits;
  credential.sources = std::move(wanted.sources);
  credential.login = Login{random_uuid(), hash_of_password(account.password)};
  std::optional<Name> handed_out = account.name;
  CO_TRY(account.credential, co_await create(std::move(credential), std::move(by), std::move(handed_out)));
  co_return account;
}

// A name that an operator has put something at is not free.
Task<Result<void>> Credentials::check_free(Name apex, Name name) {
  CO_TRY(const auto node, co_await store_.get(node_key(apex, name)));
  if (node) co_return fail(ErrorKind::conflict, "subdomain: something stands at " + name.text() + " already");
  co_return Result<void>();
}

Task<Result<bool>> Credentials::was_handed_out(Name name) {
  CO_TRY(const auto taken, co_await store_.get(handed_out_key(name)));
  co_return taken.has_value();
}

Task<Result<SharedCredential>> Credentials::update(std::string id, Edit edit, Administrator by) {
  Change change = edit_of(std::move(id), std::move(edit));
  change.by = std::move(by);
  co_return co_await batcher_.submit(std::move(change));
}

Credentials::Change Credentials::edit_of(std::string id, Edit edit) {
  Change change;
  change.id = id;
  change.edit = [id, edit = std::move(edit)](const Credential* now) -> Result<std::optional<Credential>> {
    if (now == nullptr) return fail(ErrorKind::not_found, "there is no credential " + id);
    Credential changed = *now;
    CHECK(edit(changed));
    changed.id = id;
    CHECK(check_credential(changed));
    return changed;
  };
  return change;
}

Task<Result<void>> Credentials::remove(std::string id, Administrator by) {
  Change change;
  change.id = id;
  change.edit = [id](const Credential* now) -> Result<std::optional<Credential>> {
    if (now == nullptr) return fail(ErrorKind::not_found, "there is no credential " + id);
    return std::nullopt;
  };
  change.by = std::move(by);
  CO_CHECK(co_await batcher_.submit(std::move(change)));
  co_return Result<void>();
}

Result<SharedCredential> Credentials::get(const std::string& id) const {
  if (auto found = view_.find(id)) return found;
  return fail(ErrorKind::not_found, "there is no credential " + id);
}

Task<Result<SharedCredential>> Credentials::authenticate(std::string user_name, std::string password,
                                                         std::optional<base::IpAddress> source) {
  const SharedCredential credential = view_.find_by_login(user_name);
  if (!credential) co_return fail(ErrorKind::unauthorized, "no credential has this user name");
  CO_CHECK(check_usable(*credential, source, clock_.now()));
  const PasswordHash& hash = credential->login->password;
  const bool is_slow = hash.kind == PasswordHash::Kind::bcrypt;
  if (is_slow && bcrypt_at_once_.fetch_add(1) >= kBcryptAtOnceMax) {
    bcrypt_at_once_.fetch_sub(1);
    co_return fail(ErrorKind::rate_limited, "another imported password is being verified; try again");
  }
  const bool is_right = verify_password(hash, password);
  if (is_slow) bcrypt_at_once_.fetch_sub(1);
  if (!is_right) {
    co_return fail(ErrorKind::unauthorized, "the password of credential " + credential->id + " is wrong");
  }
  if (!is_slow) co_return credential;

  const Edit replace = [old = hash, password](Credential& now) -> Result<void> {
    if (now.login && now.login->password == old) now.login->password = hash_of_password(password);
    return {};
  };
  Change change = edit_of(credential->id, replace);
  auto replaced = co_await batcher_.submit(std::move(change));
  if (replaced) co_return replaced;
  base::log::warning("dns.credential.rehash_failed",
                     {{"credential", credential->id}, {"detail", replaced.error().detail}});
  co_return credential;
}

Result<SharedCredential> Credentials::authenticate_token(const std::string& password,
                                                         const std::optional<base::IpAddress>& source) const {
  auto credential =
      password.size() > kPasswordSizeMax ? nullptr : view_.find_by_password(base::sha256(password));
  if (!credential) return fail(ErrorKind::unauthorized, "no credential has this password");
  CHECK(check_usable(*credential, source, clock_.now()));
  return credential;
}

Task<std::vector<Credentials::Outcome>> Credentials::carry_out(std::vector<Change> changes) {
  std::vector<Outcome> outcomes;
  for (Change& change : changes)
    outcomes.push_back(co_await carry_out_one(std::move(change)));
  co_return outcomes;
}

Task<Credentials::Outcome> Credentials::carry_out_one(Change change) {
  const SharedCredential before = view_.find(change.id);
  CO_TRY(std::optional<Credential> after, change.edit(before.get()));
  if (before && after && *before == *after) co_return before;
  if (!before && view_.size() >= credentials_max_) {
    co_return fail(ErrorKind::too_large,
                   "this server holds " + std::to_string(credentials_max_) + " credentials, its limit");
  }
  if (after) CO_CHECK(check_unique(*after));
  if (change.handed_out) {
    CO_TRY(const auto taken, co_await store_.get(handed_out_key(*change.handed_out)));
    if (taken) {
      co_return fail(ErrorKind::conflict,
                     change.handed_out->text() + " was handed out before, and is never handed out again");
    }
  }
  CO_TRY(const auto entry, co_await store_.get(credential_key(change.id)));
  storage::Batch batch = credential_batch(before.get(), after ? &*after : nullptr);
  batch.expected.push_back({credential_key(change.id), entry ? entry->revision : storage::kAbsent});
  if (!after) {  // what it keeps here goes with it
    Range kept{.prefix = kept_accounts_prefix(change.id), .after = {}, .limit = kKeptAccountsMax};
    CO_TRY(const std::vector<Entry> entries, co_await store_.list(std::move(kept)));
    for (const Entry& account : entries)
      batch.deletes.push_back(account.key);
  }
  CO_CHECK(co_await count_held_names(store_, before.get(), after ? &*after : nullptr, batch));
  if (change.handed_out) {
    batch.expected.push_back({handed_out_key(*change.handed_out), storage::kAbsent});
    batch.puts.push_back({handed_out_key(*change.handed_out), {}});
  }
  if (change.by) tell(*change.by, before.get(), after ? &*after : nullptr, batch);
  const auto committed = co_await store_.commit(std::move(batch));
  if (!committed && committed.error().kind == ErrorKind::conflict) {
    co_return fail(ErrorKind::unavailable, "another process changes the same credentials");
  }
  if (!committed) co_return tl::unexpected(committed.error());
  if (!after) {
    view_.remove(change.id);
    co_return before;
  }
  auto stored = std::make_shared<const Credential>(*std::move(after));
  view_.put(stored);
  co_return stored;
}

// Without an entry, what removes a credential makes room by itself.
void Credentials::tell(const Administrator& by, const Credential* before, const Credential* after,
                       storage::Batch& batch) const {
  if (log_ == nullptr) return;
  ActKind kind = ActKind::credential_updated;
  if (before == nullptr) kind = ActKind::credential_created;
  if (after == nullptr) kind = ActKind::credential_removed;
  log_->note(act_of(kind, after == nullptr ? *before : *after, by), batch);
  batch.may_use_reserve = after == nullptr || (before != nullptr && gives_nothing(*before, *after));
}

Result<void> Credentials::check_unique(const Credential& credential) const {
  const auto is_another = [&](const SharedCredential& other) { return other && other->id != credential.id; };
  if (credential.login && is_another(view_.find_by_login(credential.login->name))) {
    return fail(ErrorKind::conflict, "another credential has the user name " + credential.login->name);
  }
  for (const TsigKey& key : credential.tsig_keys) {
    if (is_another(view_.find_by_tsig_key(key.name))) {
      return fail(ErrorKind::conflict, "another credential has a TSIG key " + key.name.text());
    }
  }
  return {};
}

}  // namespace dnsserver
