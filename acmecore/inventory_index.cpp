#include "acmecore/inventory_index.h"

#include <algorithm>
#include <cassert>
#include <chrono>

#include "acmecore/table_key.h"
#include "base/name.h"
#include "storage/tables.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::Result;
using base::Time;
namespace table = storage::table;

namespace {

// Seconds since 1970, the most significant octet first: enough for the year 9999, and 3 octets less than the store's
// own times.
constexpr size_t kEndSize = 5;

Time time_of(BytesView octets) {
  int64_t seconds = 0;
  for (const char octet : octets)
    seconds = seconds << 8 | uint8_t(octet);
  return Time(std::chrono::seconds(seconds));
}

IndexRange range_between(char table, std::optional<Time> from, std::optional<Time> before) {
  IndexRange range{table, {}};
  if (from) range.begin = end_octets(*from);
  if (before) range.behind = end_octets(std::chrono::ceil<std::chrono::seconds>(*before));
  return range;
}

// How many octets of `labels` the labels take, up to the 0 that ends them. Nothing: there is none.
std::optional<size_t> size_of_labels(BytesView labels) {
  for (size_t at = 0; at < labels.size(); at += 1 + uint8_t(labels[at])) {
    if (labels[at] == 0) return at;
  }
  return std::nullopt;
}

// Of a position. Nothing: it is not of such an index.
std::optional<IndexEntry> entry_at(const IndexRange& range, BytesView position) {
  IndexEntry entry;
  entry.position = Bytes(position);
  switch (range.table) {
    case table::kNameCertificate: {
      // A range of one name ends with its 0, one of a domain goes on with labels.
      const bool is_one_name = range.prefix.ends_with('\0');
      const auto size = is_one_name ? size_t{0} : size_of_labels(position);
      if (!size) return std::nullopt;
      if (!is_one_name) {
        entry.labels = range.prefix + Bytes(position.substr(0, *size));
        position.remove_prefix(*size + 1);
      }
      break;
    }
    case table::kCertificateEnd:
    case table::kRevokedCertificate:
      if (position.size() < kEndSize) return std::nullopt;
      entry.not_after = time_of(position.substr(0, kEndSize));
      position.remove_prefix(kEndSize);
      break;
    default: break;
  }
  if (position.empty() || position.size() > kSerialSizeMax) return std::nullopt;
  entry.serial.octets = Bytes(position);
  return entry;
}

}  // namespace

Bytes labels_from_the_root(std::string_view dns_name) {
  const auto name = base::Name::parse(dns_name);
  assert(name);  // of a certificate, or looked at before
  return name->sort_key();
}

Bytes end_octets(Time not_after) {
  const auto since = std::chrono::floor<std::chrono::seconds>(not_after).time_since_epoch().count();
  const auto seconds = uint64_t(std::max<int64_t>(since, 0));
  Bytes octets;
  for (size_t left = kEndSize; left-- > 0;)
    octets.push_back(char(seconds >> (8 * left) & 0xff));
  return octets;
}

Bytes name_index_key(std::string_view dns_name, const Serial& serial) {
  return key_in(table::kNameCertificate, labels_from_the_root(dns_name)) + '\0' + serial.octets;
}

Bytes account_index_key(std::string_view account, const Serial& serial) {
  return key_in(table::kAccountCertificate, account) + '\0' + serial.octets;
}

Bytes end_index_key(Time not_after, const Serial& serial) {
  return key_in(table::kCertificateEnd, end_octets(not_after)) + serial.octets;
}

Bytes revoked_index_key(Time not_after, const Serial& serial) {
  return key_in(table::kRevokedCertificate, end_octets(not_after)) + serial.octets;
}

Bytes key_index_key(BytesView spki_digest, const Serial& serial) {
  return key_in(table::kKeyCertificate, spki_digest) + serial.octets;
}

IndexRange range_of_key(BytesView spki_digest) { return {table::kKeyCertificate, Bytes(spki_digest)}; }

IndexRange range_of_name(std::string_view dns_name) {
  return {table::kNameCertificate, labels_from_the_root(dns_name) + '\0'};
}

IndexRange range_of_domain(std::string_view domain) {
  return {table::kNameCertificate, labels_from_the_root(domain)};
}

IndexRange range_of_account(std::string_view account) {
  return {table::kAccountCertificate, Bytes(account) + '\0'};
}

IndexRange range_of_ends(std::optional<Time> from, std::optional<Time> before) {
  return range_between(table::kCertificateEnd, from, before);
}

IndexRange range_of_revoked(std::optional<Time> from, std::optional<Time> before) {
  return range_between(table::kRevokedCertificate, from, before);
}

Result<IndexEntry> parse_index_entry(const IndexRange& range, BytesView key, BytesView value) {
  assert(key.size() >= 1 + range.prefix.size());
  auto entry = entry_at(range, key.substr(1 + range.prefix.size()));
  if (!entry) return base::fail(base::ErrorKind::internal, "a key of the inventory cannot be read");
  if (value.size() == kEndSize) entry->not_after = time_of(value);
  return *std::move(entry);
}

}  // namespace acmecore
