#pragma once

#include <optional>
#include <string_view>

#include "acmecore/serial.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

// By what certificates are found beside their serial numbers: keys and ranges of the indexes (docs/storage-format.md;
// why these: docs/decisions/inventory.md). Pure; records.h reads and writes them.
namespace acmecore {

// Keys of kNameCertificate, kAccountCertificate, kCertificateEnd, kRevokedCertificate and kKeyCertificate.
base::Bytes name_index_key(std::string_view dns_name, const Serial& serial);
base::Bytes account_index_key(std::string_view account, const Serial& serial);
base::Bytes end_index_key(base::Time not_after, const Serial& serial);
base::Bytes revoked_index_key(base::Time not_after, const Serial& serial);
base::Bytes key_index_key(base::BytesView spki_digest, const Serial& serial);

// A value of the first two: notAfter, so that what has ended is passed over without a look at the certificate.
base::Bytes end_octets(base::Time not_after);

// A DNS name, also "*.corp.test", from the root down: what is at and below a domain begins with the domain's.
base::Bytes labels_from_the_root(std::string_view dns_name);

// A part of one index.
struct IndexRange {
  char table;               // of storage::table
  base::Bytes prefix;       // of its keys, behind the table
  base::Bytes begin = {};   // of what is behind the prefix, the least
  base::Bytes behind = {};  // where it ends, this not included; empty: with the prefix

  bool operator==(const IndexRange&) const = default;
};

IndexRange range_of_key(base::BytesView spki_digest);
// All certificates for this very name.
IndexRange range_of_name(std::string_view dns_name);
// Those for names at and below it, name by name: a certificate is there once for each of its names.
IndexRange range_of_domain(std::string_view domain);
IndexRange range_of_account(std::string_view account);
// By notAfter, from `from` on and before `before`; nothing: any.
IndexRange range_of_ends(std::optional<base::Time> from, std::optional<base::Time> before);
// Those of them that were revoked.
IndexRange range_of_revoked(std::optional<base::Time> from, std::optional<base::Time> before);

// What an index says of a certificate.
struct IndexEntry {
  base::Bytes position;  // of its key, behind the prefix of the range
  Serial serial;
  std::optional<base::Time> not_after;  // rounded down to seconds; nothing: this index does not say
  base::Bytes labels;                   // of a range_of_domain: labels_from_the_root of the name

  bool operator==(const IndexEntry&) const = default;
};

// Reads an entry that stands in the range. internal: it is none that these indexes have.
base::Result<IndexEntry> parse_index_entry(const IndexRange& range, base::BytesView key,
                                           base::BytesView value);

}  // namespace acmecore
