#include "storage/ledger.h"

#include <cassert>
#include <utility>

#include "base/openssl.h"

namespace storage {

using base::ErrorKind;
using base::fail;

namespace {

Bytes octets_of(uint64_t number) {
  Bytes octets;
  for (int shift = 56; shift >= 0; shift -= 8)
    octets += char(number >> shift & 0xff);
  return octets;
}

// REQUIRES: kSequenceSize octets.
uint64_t number_in(BytesView octets) {
  uint64_t number = 0;
  for (const char octet : octets)
    number = number << 8 | uint8_t(octet);
  return number;
}

}  // namespace

Bytes ledger_key(BytesView ledger, uint64_t sequence) { return Bytes(ledger) + octets_of(sequence); }

Bytes last_ledger_key(BytesView ledger) { return Bytes(ledger) + Bytes(kSequenceSize, '\xff'); }

Result<LedgerEntry> parse_ledger_entry(BytesView ledger, BytesView key, BytesView value) {
  if (!key.starts_with(ledger) || key.size() != ledger.size() + kSequenceSize || value.size() < kLinkSize) {
    return fail(ErrorKind::internal, "what is stored is no entry of a ledger");
  }
  return LedgerEntry{{number_in(key.substr(ledger.size())), Bytes(value.substr(0, kLinkSize))},
                     Bytes(value.substr(kLinkSize))};
}

Result<LedgerHead> ledger_head_at(BytesView ledger, BytesView key, BytesView value) {
  if (!key.starts_with(ledger)) return LedgerHead{};
  TRY(LedgerEntry entry, parse_ledger_entry(ledger, key, value));
  return std::move(entry.head);
}

LedgerHead with_one_more(const LedgerHead& head, BytesView payload) {
  assert(head.link.size() == kLinkSize);
  const uint64_t sequence = head.sequence + 1;
  return {sequence, base::sha256(head.link + octets_of(sequence) + Bytes(payload))};
}

Put next_entry(const Append& append, const LedgerHead& head) {
  LedgerHead next = with_one_more(head, append.payload);
  return {ledger_key(append.ledger, next.sequence), std::move(next.link) + append.payload, std::nullopt};
}

bool follows(const LedgerEntry& entry, const LedgerHead& head) {
  return !entry.payload.empty() && entry.head == with_one_more(head, entry.payload);
}

Batch cut_ledger(std::vector<Bytes> before, const Entry& last) {
  Batch batch;
  batch.expected.push_back({last.key, last.revision});
  batch.puts.push_back({last.key, last.value.substr(0, kLinkSize), std::nullopt});
  batch.deletes = std::move(before);
  return batch;
}

}  // namespace storage
