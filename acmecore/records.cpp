#include "acmecore/records.h"

#include <array>
#include <utility>

#include "acmecore/auto_renewal_order.h"
#include "acmecore/external_account_codec.h"
#include "acmecore/optimism.h"
#include "acmecore/record_codec.h"
#include "acmecore/table_key.h"
#include "base/openssl.h"
#include "storage/expiry.h"
#include "storage/tables.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;
using base::Task;
using base::Time;
namespace table = storage::table;

namespace {

Bytes account_order_key(BytesView account, BytesView order) {
  return key_in(table::kAccountOrder, account) + Bytes(order);
}

// The accounts of a key in all directories stand behind each other, that of the default one first: its name is left
// out, as in stores from before there were others.
Bytes account_key_key(BytesView spki_digest, std::string_view directory) {
  const Bytes key = key_in(table::kAccountKey, spki_digest);
  return directory == kDefaultDirectory ? key : key + Bytes(directory);
}

Bytes account_key_key(const Account& account) {
  return account_key_key(base::sha256(account.key_spki), account.directory);
}

// All account ids have one length, and no identifier has a NUL.
Bytes proved_prefix(BytesView account, BytesView identifier) {
  return key_in(table::kValid, account) + Bytes(identifier) + '\0';
}
Bytes proved_key(const Authorization& authorization) {
  return proved_prefix(authorization.account, authorization.identifier.text()) + authorization.id;
}

// Before anything else: no number of removals that wait comes before what somebody waits for.
constexpr Time kAtOnce{};

// When a record asks for attention: at once while something is to be done for it, later to be removed.
Time due_time(const Order& order) {
  if (is_waiting(order)) return order.approval->until;
  if (is_processing(order) || is_renewing(order)) return kAtOnce;
  return renewal_look(order).value_or(removal_time(order));
}

Time due_time(const Authorization& authorization) {
  const Challenge* challenge = processing_challenge(authorization);
  return challenge == nullptr ? removal_time(authorization) : challenge->next_look.value_or(kAtOnce);
}

std::optional<Time> due_time(const Account& account) {
  if (!account.unused) return std::nullopt;
  return removal_time(account);
}

Time due_time(const IssuedCertificate& certificate) { return removal_time(certificate); }

template <class T, class Id>
Task<Result<Stored<T>>> find(storage::Store& store, Bytes key, Id id, Result<T> (*decode)(Id, BytesView),
                             std::string_view what) {
  CO_TRY(const auto entry, co_await store.get(std::move(key)));
  if (!entry) co_return fail(ErrorKind::not_found, "there is no such " + std::string(what));
  CO_TRY(T value, decode(std::move(id), entry->value));
  co_return Stored<T>{std::move(value), entry->revision};
}

// The value at `key` as an account's id; nothing where there is no such key.
Task<Result<std::optional<std::string>>> account_at(storage::Store& store, Bytes key) {
  CO_TRY(auto entry, co_await store.get(std::move(key)));
  if (!entry) co_return std::nullopt;
  co_return std::move(entry->value);
}

Task<Result<bool>> has_any(storage::Store& store, Bytes prefix) {
  storage::Range range;
  range.prefix = std::move(prefix);
  range.limit = 1;
  CO_TRY(const auto entries, co_await store.list(std::move(range)));
  co_return !entries.empty();
}

// What follows `prefix` in its keys, at most `limit` behind the one that ends in `after`.
Task<Result<std::vector<std::string>>> ids_behind(storage::Store& store, Bytes prefix, std::string after,
                                                  size_t limit) {
  const size_t prefix_size = prefix.size();
  storage::Range range;
  range.after = prefix + after;
  range.prefix = std::move(prefix);
  range.limit = limit;
  CO_TRY(const auto entries, co_await store.list(std::move(range)));
  std::vector<std::string> ids;
  for (const storage::Entry& entry : entries)
    ids.push_back(entry.key.substr(prefix_size));
  co_return ids;
}

// What follows the table's octet in the keys that are due.
Task<Result<std::vector<Bytes>>> due_in(storage::Store& store, char table, Time now, size_t limit) {
  CO_TRY(const auto expired, co_await store.expired(Bytes(1, table), now, limit));
  std::vector<Bytes> ids;
  for (const storage::Expectation& one : expired)
    ids.push_back(one.key.substr(1));
  co_return ids;
}

}  // namespace

Time removal_time(const Account& account) { return account.created + kUnusedAccountRetention; }
Time removal_time(const Order& order) { return order.expires + kExpiredRetention; }
Time removal_time(const Authorization& authorization) { return authorization.expires + kExpiredRetention; }
Time removal_time(const IssuedCertificate& certificate) {
  return certificate.not_after + (certificate.publicly_trusted ? kPublicRetention : kCertificateRetention);
}

void Changes::create(const Account& account) {
  create(key_in(table::kAccount, account.id), encode(account), due_time(account));
  create(account_key_key(account), account.id);
  if (!account.principal.empty()) create(key_in(table::kPrincipal, account.principal), account.id);
}

void Changes::create(const Order& order) {
  create(key_in(table::kOrder, order.id), encode(order), due_time(order));
  create(account_order_key(order.account, order.id), {});
}

void Changes::create(const Authorization& authorization) {
  create(key_in(table::kAuthorization, authorization.id), encode(authorization), due_time(authorization));
}

void Changes::create(const IssuedCertificate& certificate) {
  create(key_in(table::kCertificate, certificate.serial.octets), encode(certificate), due_time(certificate));
  place(certificate);
}

void Changes::create(const ExternalAccountKey& key) {
  create(key_in(table::kExternalAccountKey, key.id), encode(key), removal_time(key));
}

void Changes::update(const Stored<Account>& account) {
  update(key_in(table::kAccount, account->id), account.revision, encode(account.value),
         due_time(account.value));
}

void Changes::update(const Stored<Order>& order) {
  update(key_in(table::kOrder, order->id), order.revision, encode(order.value), due_time(order.value));
  if (!order->approval) return;
  if (is_waiting(order.value)) {
    batch_.puts.push_back({key_in(table::kWaitingOrder, order->id), {}});
  } else {
    batch_.deletes.push_back(key_in(table::kWaitingOrder, order->id));
  }
}

void Changes::update(const Stored<Authorization>& authorization) {
  update(key_in(table::kAuthorization, authorization->id), authorization.revision,
         encode(authorization.value), due_time(authorization.value));
  if (is_proved(authorization.value)) {
    batch_.puts.push_back({proved_key(authorization.value), {}});
  } else {
    batch_.deletes.push_back(proved_key(authorization.value));
  }
}

void Changes::update(const Stored<IssuedCertificate>& certificate) {
  update(key_in(table::kCertificate, certificate->serial.octets), certificate.revision,
         encode(certificate.value), due_time(certificate.value));
}

void Changes::update(const Stored<ExternalAccountKey>& key) {
  update(key_in(table::kExternalAccountKey, key->id), key.revision, encode(key.value),
         removal_time(key.value));
}

void Changes::update(Bytes key, const Stored<RegainedAt>& regained) {
  update(key_in(table::kRateLimit, key), regained.revision, encode(regained.value),
         std::chrono::ceil<Time::duration>(regained.value));
}

void Changes::expect(const Stored<Account>& account) {
  batch_.expected.push_back({key_in(table::kAccount, account->id), account.revision});
}

void Changes::expect(const Stored<Authorization>& authorization) {
  batch_.expected.push_back({key_in(table::kAuthorization, authorization->id), authorization.revision});
}

void Changes::change_key(const Stored<Account>& account, BytesView old_spki_der) {
  update(account);
  create(account_key_key(account.value), account->id);
  batch_.deletes.push_back(account_key_key(base::sha256(old_spki_der), account->directory));
}

void Changes::block_key(BytesView spki_der) { block_key_of_digest(base::sha256(spki_der)); }

void Changes::block_key_of_digest(BytesView spki_digest) {
  use_reserve();
  batch_.puts.push_back({key_in(table::kBlockedKey, spki_digest), {}});
}

void Changes::expect_not_blocked(BytesView spki_der) {
  batch_.expected.push_back({key_in(table::kBlockedKey, base::sha256(spki_der)), storage::kAbsent});
}

void Changes::erase(const Stored<Account>& account) {
  erase(key_in(table::kAccount, account->id), account.revision);
  batch_.deletes.push_back(account_key_key(account.value));
  if (!account->principal.empty()) batch_.deletes.push_back(key_in(table::kPrincipal, account->principal));
}

void Changes::erase(const Stored<Order>& order) {
  erase(key_in(table::kOrder, order->id), order.revision);
  batch_.deletes.push_back(account_order_key(order->account, order->id));
  if (order->approval) batch_.deletes.push_back(key_in(table::kWaitingOrder, order->id));
}

void Changes::erase(const Stored<Authorization>& authorization) {
  erase(key_in(table::kAuthorization, authorization->id), authorization.revision);
  batch_.deletes.push_back(proved_key(authorization.value));
}

void Changes::erase(const Stored<IssuedCertificate>& certificate) {
  erase(key_in(table::kCertificate, certificate->serial.octets), certificate.revision);
  forget_places(certificate.value);
}

void Changes::erase(const Stored<ExternalAccountKey>& key) {
  erase(key_in(table::kExternalAccountKey, key->id), key.revision);
}

void Changes::note(const AuditEvent& event) { batch_.appends.push_back({kAuditLedger, encode(event)}); }

void Changes::keep(const AuditEvent& event) {
  batch_.puts.push_back({key_in(table::kLastEvent, event.kind), encode(event)});
}

void Changes::create(Bytes key, Bytes value, std::optional<Time> due) {
  update(std::move(key), storage::kAbsent, std::move(value), due);
}

void Changes::update(Bytes key, storage::Revision revision, Bytes value, std::optional<Time> due) {
  batch_.expected.push_back({key, revision});
  batch_.puts.push_back({std::move(key), std::move(value), due});
}

void Changes::erase(Bytes key, storage::Revision revision) {
  use_reserve();
  batch_.expected.push_back({key, revision});
  batch_.deletes.push_back(std::move(key));
}

Task<Result<Stored<Account>>> Records::account(std::string id) {
  return find(store_, key_in(table::kAccount, id), id, decode_account, "account");
}

Task<Result<Stored<Order>>> Records::order(std::string id) {
  return find(store_, key_in(table::kOrder, id), id, decode_order, "order");
}

Task<Result<Stored<Authorization>>> Records::authorization(std::string id) {
  return find(store_, key_in(table::kAuthorization, id), id, decode_authorization, "authorization");
}

Task<Result<Stored<IssuedCertificate>>> Records::certificate(Serial serial) {
  return find(store_, key_in(table::kCertificate, serial.octets), serial, decode_certificate, "certificate");
}

Task<Result<Stored<ExternalAccountKey>>> Records::external_account_key(std::string id) {
  return find(store_, key_in(table::kExternalAccountKey, id), id, decode_external_account_key,
              "external account key");
}

Task<Result<std::vector<ExternalAccountKey>>> Records::external_account_keys(std::string after,
                                                                             size_t limit) {
  storage::Range range;
  range.prefix = Bytes(1, table::kExternalAccountKey);
  range.after = key_in(table::kExternalAccountKey, after);
  range.limit = limit;
  CO_TRY(const auto entries, co_await store_.list(std::move(range)));
  std::vector<ExternalAccountKey> keys;
  for (const storage::Entry& entry : entries) {
    CO_TRY(auto key, decode_external_account_key(entry.key.substr(1), entry.value));
    keys.push_back(std::move(key));
  }
  co_return keys;
}

Task<Result<bool>> Records::has_certificates() { return has_any(store_, Bytes(1, table::kCertificate)); }

Task<Result<bool>> Records::is_account_key(Bytes spki_digest) {
  return has_any(store_, key_in(table::kAccountKey, spki_digest));
}

Task<Result<std::optional<std::string>>> Records::account_with_key(Bytes spki_digest, std::string directory) {
  return account_at(store_, account_key_key(spki_digest, directory));
}

Task<Result<std::optional<std::string>>> Records::account_of_principal(std::string principal) {
  return account_at(store_, key_in(table::kPrincipal, principal));
}

Task<Result<bool>> Records::is_blocked(Bytes spki_digest) {
  CO_TRY(const auto entry, co_await store_.get(key_in(table::kBlockedKey, spki_digest)));
  co_return entry.has_value();
}

Task<Result<std::vector<std::string>>> Records::orders_of(std::string account, std::string after,
                                                          size_t limit) {
  return ids_behind(store_, key_in(table::kAccountOrder, account), std::move(after), limit);
}

Task<Result<std::vector<std::string>>> Records::account_ids(std::string after, size_t limit) {
  return ids_behind(store_, Bytes(1, table::kAccount), std::move(after), limit);
}

Task<Result<std::vector<std::string>>> Records::order_ids(std::string after, size_t limit) {
  return ids_behind(store_, Bytes(1, table::kOrder), std::move(after), limit);
}

Task<Result<std::vector<std::string>>> Records::waiting_order_ids(std::string after, size_t limit) {
  return ids_behind(store_, Bytes(1, table::kWaitingOrder), std::move(after), limit);
}

Task<Result<std::vector<std::string>>> Records::authorization_ids(std::string after, size_t limit) {
  return ids_behind(store_, Bytes(1, table::kAuthorization), std::move(after), limit);
}

Task<Result<std::vector<std::string>>> Records::proved_authorizations(std::string account,
                                                                      std::string identifier,
                                                                      std::string after, size_t limit) {
  return ids_behind(store_, proved_prefix(account, identifier), std::move(after), limit);
}

Task<Result<std::vector<std::string>>> Records::due_accounts(Time now, size_t limit) {
  return due_in(store_, table::kAccount, now, limit);
}

Task<Result<std::vector<std::string>>> Records::due_orders(Time now, size_t limit) {
  return due_in(store_, table::kOrder, now, limit);
}

Task<Result<std::vector<std::string>>> Records::due_authorizations(Time now, size_t limit) {
  return due_in(store_, table::kAuthorization, now, limit);
}

Task<Result<std::vector<Serial>>> Records::due_certificates(Time now, size_t limit) {
  CO_TRY(auto ids, co_await due_in(store_, table::kCertificate, now, limit));
  std::vector<Serial> serials;
  for (Bytes& octets : ids)
    serials.push_back({std::move(octets)});
  co_return serials;
}

Task<Result<std::vector<std::string>>> Records::due_external_account_keys(Time now, size_t limit) {
  return due_in(store_, table::kExternalAccountKey, now, limit);
}

Task<Result<Stored<RegainedAt>>> Records::regained_at(Bytes key) {
  CO_TRY(const auto entry, co_await store_.get(key_in(table::kRateLimit, key)));
  if (!entry) co_return Stored<RegainedAt>{{}, storage::kAbsent};
  CO_TRY(const RegainedAt regained, decode_regained_at(entry->value));
  co_return Stored<RegainedAt>{regained, entry->revision};
}

Task<Result<bool>> Records::sweep_limits(Time now) {
  static constexpr std::array kTables{table::kRateLimit, table::kFailingName};
  bool more = false;
  for (const char table : kTables) {
    const auto count = co_await storage::sweep_batch(store_, Bytes(1, table), now);
    if (!count && !is_conflict(count)) co_return tl::unexpected(count.error());
    more = more || (count && *count == storage::kSweepBatchMax);
  }
  co_return more;
}

Task<Result<std::optional<AuditEvent>>> Records::last_event(std::string kind) {
  CO_TRY(const auto entry, co_await store_.get(key_in(table::kLastEvent, kind)));
  if (!entry) co_return std::nullopt;
  CO_TRY(auto event, decode_audit_event(entry->value));
  co_return event;
}

Task<Result<storage::Revision>> Records::commit(Changes changes) {
  return store_.commit(std::move(changes).take());
}

}  // namespace acmecore
