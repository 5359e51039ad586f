#pragma once

#include <cstddef>
#include <cstdint>

#include "storage/store.h"

// A ledger is a part of the store to whose end commits append (Batch::appends). Its entries are numbered from 1, and
// each is linked to all before it:
//
//   link = SHA-256(link of the entry before, sequence, payload)
//
// where the first is linked to 32 zero octets. So none can be changed, left out or put between others without a change
// of every link behind it. Its key is the ledger's prefix and the sequence, 8 octets in network order; its value is the
// link and the payload (docs/storage-format.md).
//
// Old entries may be removed from the front: the last of them is cut down to its link, from which the rest goes on.
namespace storage {

inline constexpr size_t kLinkSize = 32;
inline constexpr size_t kSequenceSize = 8;

// Where a ledger ends, and all that is to be kept elsewhere to see later that nothing before it was changed.
struct LedgerHead {
  uint64_t sequence = 0;  // 0: it never had an entry
  Bytes link = Bytes(kLinkSize, '\0');

  bool operator==(const LedgerHead&) const = default;
};

struct LedgerEntry {
  LedgerHead head;  // of the ledger as long as it was the last
  Bytes payload;    // empty: it was cut down to its link

  bool operator==(const LedgerEntry&) const = default;
};

Bytes ledger_key(BytesView ledger, uint64_t sequence);
// No entry's key is behind it.
Bytes last_ledger_key(BytesView ledger);

// internal: it is no entry of this ledger.
Result<LedgerEntry> parse_ledger_entry(BytesView ledger, BytesView key, BytesView value);

// Of a ledger whose last entry this is; where the key is not the ledger's, it has none.
Result<LedgerHead> ledger_head_at(BytesView ledger, BytesView key, BytesView value);

// The head once a payload was appended.
LedgerHead with_one_more(const LedgerHead& head, BytesView payload);

// The entry that is appended to a ledger with this head.
Put next_entry(const Append& append, const LedgerHead& head);

// Whether the entry was appended to a ledger with this head, and neither of them has been changed since.
bool follows(const LedgerEntry& entry, const LedgerHead& head);

// Removes the payloads up to this entry, which stays as its link, and the entries before it, whose keys are given. A
// commit of it is a conflict if the entry has changed.
Batch cut_ledger(std::vector<Bytes> before, const Entry& last);

}  // namespace storage
