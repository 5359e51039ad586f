#include <algorithm>
#include <utility>

#include "acmecore/certificate.h"
#include "acmecore/records.h"
#include "acmecore/table_key.h"
#include "base/openssl.h"
#include "storage/tables.h"

// Where certificates are found beside their serial numbers.
namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::Result;
using base::Task;
namespace table = storage::table;

namespace {

// There when the inventory knows all certificates, with the indexes that it knows them by. The first had no 'V'.
Bytes complete_key() { return Bytes(1, table::kInventory); }
constexpr BytesView kIndexes = "NAEV";

// Serials that follow `prefix` in its keys.
Task<Result<std::vector<Serial>>> serials_behind(storage::Store& store, Bytes prefix, Bytes after,
                                                 size_t limit) {
  const size_t prefix_size = prefix.size();
  storage::Range range;
  range.after = prefix + after;
  range.prefix = std::move(prefix);
  range.limit = limit;
  CO_TRY(const auto entries, co_await store.list(std::move(range)));
  std::vector<Serial> serials;
  for (const storage::Entry& entry : entries)
    serials.push_back({entry.key.substr(prefix_size)});
  co_return serials;
}

}  // namespace

void Changes::place(const IssuedCertificate& certificate) {
  batch_.puts.push_back({end_index_key(certificate.not_after, certificate.serial), {}});
  if (certificate.revocation)
    batch_.puts.push_back({revoked_index_key(certificate.not_after, certificate.serial), {}});
  if (certificate.account.empty()) return;  // our own
  batch_.puts.push_back(
      {account_index_key(certificate.account, certificate.serial), end_octets(certificate.not_after)});
}

void Changes::note_subject(const IssuedCertificate& certificate, const std::vector<std::string>& dns_names,
                           BytesView spki_der) {
  batch_.puts.push_back({key_index_key(base::sha256(spki_der), certificate.serial), {}});
  for (const std::string& name : dns_names) {
    batch_.puts.push_back({name_index_key(name, certificate.serial), end_octets(certificate.not_after)});
  }
}

void Changes::take_into_inventory(const IssuedCertificate& certificate) {
  place(certificate);
  const auto parsed = parse_certificate(certificate.der);
  if (parsed) note_subject(certificate, parsed->subject_alt_name.dns_names, parsed->spki_der);
}

void Changes::complete_inventory() { batch_.puts.push_back({complete_key(), Bytes(kIndexes)}); }

// What is in other places than the record.
void Changes::forget_places(const IssuedCertificate& certificate) {
  if (certificate.crl && certificate.revocation) drop_from_crl(*certificate.crl, certificate.serial);
  batch_.deletes.push_back(end_index_key(certificate.not_after, certificate.serial));
  if (certificate.revocation)
    batch_.deletes.push_back(revoked_index_key(certificate.not_after, certificate.serial));
  if (!certificate.account.empty())
    batch_.deletes.push_back(account_index_key(certificate.account, certificate.serial));
  const auto parsed = parse_certificate(certificate.der);
  if (!parsed) return;  // our own, that was never signed
  batch_.deletes.push_back(key_index_key(base::sha256(parsed->spki_der), certificate.serial));
  for (const std::string& name : parsed->subject_alt_name.dns_names)
    batch_.deletes.push_back(name_index_key(name, certificate.serial));
}

Task<Result<std::vector<Serial>>> Records::certificates(Bytes after, size_t limit) {
  return serials_behind(store_, Bytes(1, table::kCertificate), std::move(after), limit);
}

Task<Result<std::vector<Serial>>> Records::certificates_with_key(Bytes spki_digest, Bytes after,
                                                                 size_t limit) {
  return serials_behind(store_, key_in(table::kKeyCertificate, spki_digest), std::move(after), limit);
}

Task<Result<std::vector<Serial>>> Records::certificates_of(std::string account, Bytes after, size_t limit) {
  return serials_behind(store_, key_in(table::kAccountCertificate, account) + '\0', std::move(after), limit);
}

Task<Result<std::vector<IndexEntry>>> Records::indexed(IndexRange range, Bytes after, size_t limit) {
  storage::Range keys;
  keys.prefix = key_in(range.table, range.prefix);
  // Every key goes on behind the time that a range begins with.
  keys.after = keys.prefix + std::max(range.begin, after);
  keys.limit = limit;
  CO_TRY(const auto entries, co_await store_.list(std::move(keys)));
  std::vector<IndexEntry> found;
  for (const storage::Entry& entry : entries) {
    CO_TRY(IndexEntry one, parse_index_entry(range, entry.key, entry.value));
    if (!range.behind.empty() && one.position >= range.behind) break;
    found.push_back(std::move(one));
  }
  co_return found;
}

Task<Result<bool>> Records::is_inventory_complete() {
  CO_TRY(const auto entry, co_await store_.get(complete_key()));
  co_return entry && entry->value == kIndexes;
}

}  // namespace acmecore
