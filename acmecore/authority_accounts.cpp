#include <utility>

#include "acmecore/authority.h"
#include "acmecore/contact.h"
#include "acmecore/optimism.h"
#include "acmecore/software_key.h"
#include "acmecore/waiting_orders.h"
#include "base/base64url.h"
#include "base/log.h"
#include "base/random.h"

namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Json;
using base::Result;
using base::Task;

namespace {

// A key on P-256 whose private half is forgotten: what it authorizes is bound to it, and it signs nothing.
Result<AccountKey> key_of_nobody() {
  constexpr size_t kCoordinateSize = 32;
  const base::Bytes spki = SoftwareKey::generate().spki_der();  // ends in the point's coordinates
  const base::BytesView point = base::BytesView(spki).substr(spki.size() - 2 * kCoordinateSize);
  const Json jwk = Json::Object{{"kty", "EC"},
                                {"crv", "P-256"},
                                {"x", base::base64url(point.substr(0, kCoordinateSize))},
                                {"y", base::base64url(point.substr(kCoordinateSize))}};
  return AccountKey::from_jwk(jwk);
}

Result<void> check_agreed(const Directory& directory, const NewAccountRequest& request) {
  if (directory.terms_of_service.empty() || request.terms_of_service_agreed) return {};
  return fail(ErrorKind::malformed,
              "\"termsOfServiceAgreed\" must be true; the terms are at " + directory.terms_of_service);
}

Account new_account_with(const AccountKey& key, base::Time now) {
  Account account;
  account.id = base::time_ordered_id(now);
  account.key_spki = key.spki_der();
  account.key_thumbprint = key.thumbprint();
  account.created = now;
  return account;
}

}  // namespace

Task<Result<NewAccountResult>> Authority::try_to_make_account(const Directory& directory, AccountKey key,
                                                              NewAccountRequest request) {
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    CO_TRY(auto existing, co_await account_with(key, directory.name));
    if (existing) {
      CO_CHECK(check_valid(*existing));
      co_return NewAccountResult{*std::move(existing), /*created=*/false};
    }
    if (request.only_return_existing) {
      co_return fail(ErrorKind::account_does_not_exist, "there is no account with this key");
    }
    CO_CHECK(co_await refuse_blocked(key));
    CO_CHECK(check_agreed(directory, request));
    CO_CHECK(check_contacts(request.contacts));

    Account account = new_account_with(key, clock_.now());
    account.directory = directory.name;
    account.contacts = request.contacts;
    account.terms_of_service_agreed = request.terms_of_service_agreed;
    if (request.terms_of_service_agreed) account.terms_of_service = directory.terms_of_service;
    Changes changes;
    CO_CHECK(co_await bind_external_account(directory, key, request, account, changes));
    account.unused = !account.external_account;  // which cannot be made again where its key was for one use
    changes.create(account);
    changes.expect_not_blocked(account.key_spki);
    const Requester made(account, request.address);
    changes.note(audit_event(audit_kind::kAccountCreated, account, made.actor(), account.created));
    CO_CHECK(co_await limits_.count_account(request.address, changes));
    const auto committed = co_await records_.commit(std::move(changes));
    if (committed) {
      base::log::info(
          "acme.account.created",
          {{"account", account.id},
           {"directory", account.directory},
           {"external_account_key", account.external_account ? account.external_account->key_id : ""}});
      co_return NewAccountResult{std::move(account), /*created=*/true};
    }
    if (!is_conflict(committed)) co_return tl::unexpected(committed.error());
  }
  co_return too_many_at_once();
}

Task<Result<Account>> Authority::account_for(std::string principal, std::string address) {
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    CO_TRY(auto id, co_await records_.account_of_principal(principal));
    if (id) {
      CO_TRY(auto stored, co_await records_.account(*std::move(id)));
      CO_CHECK(check_valid(stored.value));
      co_return std::move(stored.value);
    }
    CO_TRY(const AccountKey key, key_of_nobody());
    Account account = new_account_with(key, clock_.now());
    account.principal = principal;
    account.terms_of_service_agreed = true;  // an operator gave the credential
    Changes changes;
    changes.create(account);
    const Requester made(account, address);
    changes.note(audit_event(audit_kind::kAccountCreated, account, made.actor(), account.created));
    const auto committed = co_await records_.commit(std::move(changes));
    if (committed) {
      base::log::info("acme.account.created", {{"account", account.id}, {"principal", principal}});
      co_return account;
    }
    if (!is_conflict(committed)) co_return tl::unexpected(committed.error());
  }
  co_return too_many_at_once();
}

Task<Result<Account>> Authority::update_contacts(Requester account, std::vector<std::string> contacts) {
  CO_CHECK(check_contacts(contacts));
  auto set = [contacts = std::move(contacts)](Account& changed) { changed.contacts = contacts; };
  const Actor actor = account.actor();
  CO_TRY(auto stored, co_await change_account(account.id, set, audit_kind::kAccountUpdated, actor));
  co_return std::move(stored.value);
}

Task<Result<Account>> Authority::deactivate_account(Requester account) {
  auto set = [](Account& changed) {
    changed.status = AccountStatus::deactivated;
    changed.unused = false;  // or it would be removed, and its key be as good as new
  };
  const Actor actor = account.actor();
  CO_TRY(auto stored, co_await change_account(account.id, set, audit_kind::kAccountDeactivated, actor));
  base::log::info("acme.account.deactivated", {{"account", stored->id}});
  const auto ended = co_await end_waiting_orders(records_, stored.value, actor, clock_.now());
  if (!ended) {  // the account is deactivated all the same, and its key can ask for nothing more
    base::log::error("acme.order.still_waiting", {{"account", stored->id}, {"error", ended.error().detail}});
  }
  co_return std::move(stored.value);
}

Task<Result<KeyChangeResult>> Authority::change_key(Requester account, AccountKey key) {
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    CO_TRY(auto holder, co_await account_with(key, account.directory));
    if (holder) {
      const bool own = holder->id == account.id;
      co_return KeyChangeResult{*std::move(holder), /*changed=*/own};
    }
    CO_CHECK(co_await refuse_blocked(key));
    CO_TRY(auto stored, co_await records_.account(account.id));
    CO_CHECK(check_valid(stored.value));
    if (stored->key_spki != account.key_spki) {
      co_return fail(ErrorKind::conflict, "the account has changed since the request was signed");
    }
    stored->key_spki = key.spki_der();
    stored->key_thumbprint = key.thumbprint();
    Changes changes;
    changes.change_key(stored, account.key_spki);
    CO_CHECK(co_await limits_.count_account_change(account.id, changes));
    changes.expect_not_blocked(stored->key_spki);
    AuditEvent event =
        audit_event(audit_kind::kAccountKeyChanged, stored.value, account.actor(), clock_.now());
    event.add("key_thumbprint_before", account.key_thumbprint);
    changes.note(event);
    const auto committed = co_await records_.commit(std::move(changes));
    if (committed) {
      base::log::info("acme.account.key_changed", {{"account", account.id}});
      co_return KeyChangeResult{std::move(stored.value), /*changed=*/true};
    }
    if (!is_conflict(committed)) co_return tl::unexpected(committed.error());
  }
  co_return too_many_at_once();
}

Task<Result<std::optional<Account>>> Authority::account_with(const AccountKey& key,
                                                             const std::string& directory) {
  CO_TRY(auto id, co_await records_.account_with_key(base::sha256(key.spki_der()), directory));
  if (!id) co_return std::nullopt;
  CO_TRY(auto stored, co_await records_.account(*std::move(id)));
  co_return std::move(stored.value);
}

Task<Result<void>> Authority::refuse_blocked(const AccountKey& key) {
  CO_TRY(const bool blocked, co_await records_.is_blocked(base::sha256(key.spki_der())));
  if (blocked) co_return fail(ErrorKind::bad_public_key, "this key was reported as compromised");
  co_return Result<void>();
}

// Without a kind it is no event.
Task<Result<Stored<Account>>> Authority::change_account(std::string id, std::function<void(Account&)> change,
                                                        std::string_view kind, Actor actor) {
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    CO_TRY(auto stored, co_await records_.account(id));
    CO_CHECK(check_valid(stored.value));
    const Account before = stored.value;
    change(stored.value);
    if (stored.value == before) co_return stored;
    Changes changes;
    changes.update(stored);
    if (stored->contacts != before.contacts) CO_CHECK(co_await limits_.count_account_change(id, changes));
    if (stored->status != AccountStatus::valid) changes.use_reserve();
    if (!kind.empty()) changes.note(audit_event(kind, stored.value, actor, clock_.now()));
    const auto committed = co_await records_.commit(std::move(changes));
    if (committed) co_return Stored<Account>{std::move(stored.value), *committed};
    if (!is_conflict(committed)) co_return tl::unexpected(committed.error());
  }
  co_return too_many_at_once();
}

}  // namespace acmecore
