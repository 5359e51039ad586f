#include "dnsserver/zone_diff.h"

#include <algorithm>
#include <utility>

#include "dnsserver/keys.h"
#include "dnsserver/stored.h"

namespace dnsserver {

using base::Task;
using storage::Entry;
using storage::Range;

namespace {

bool same_records(std::vector<Bytes> one, std::vector<Bytes> other) {
  std::ranges::sort(one);
  std::ranges::sort(other);
  return one == other;
}

// Merges two lists in the order of their keys.
class Differ {
 public:
  Differ(const Name& apex, const std::vector<RRset>& wanted) : apex_(apex), wanted_(wanted) {}

  void pass(const Bytes& key, const RRset& stored) {
    while (at_ < wanted_.size() && wanted_key() < key)
      put_next(&DiffCounts::added);
    if (at_ == wanted_.size() || wanted_key() != key) {
      begin(stored.owner);
      deletions_.push_back(DeleteRRset{stored.owner, stored.type});
      ++diff_.counts.removed;
    } else if (const RRset& wanted = wanted_[at_];
               wanted.ttl == stored.ttl && same_records(wanted.rdata, stored.rdata)) {
      ++diff_.counts.unchanged;
      ++at_;
    } else {
      put_next(&DiffCounts::changed);
    }
  }

  ZoneDiff finish() && {
    while (at_ < wanted_.size())
      put_next(&DiffCounts::added);
    flush();
    return std::move(diff_);
  }

 private:
  Bytes wanted_key() const { return static_rrset_key(apex_, wanted_[at_].owner, wanted_[at_].type); }

  void put_next(size_t DiffCounts::*count) {
    begin(wanted_[at_].owner);
    puts_.push_back(PutRRset{wanted_[at_++]});
    ++(diff_.counts.*count);
  }

  void begin(const Name& owner) {
    if (owner == owner_) return;
    flush();
    owner_ = owner;
  }

  void flush() {
    std::ranges::move(deletions_, std::back_inserter(diff_.changes));
    std::ranges::move(puts_, std::back_inserter(diff_.changes));
    deletions_.clear();
    puts_.clear();
  }

  const Name& apex_;
  const std::vector<RRset>& wanted_;
  size_t at_ = 0;
  Name owner_;  // of the two lists that follow
  std::vector<OwnerChange> deletions_;
  std::vector<OwnerChange> puts_;
  ZoneDiff diff_;
};

}  // namespace

Task<Result<ZoneDiff>> diff_zone(storage::Store& store, Name apex, const std::vector<RRset>& wanted) {
  Differ differ(apex, wanted);
  Range range{.prefix = static_rrsets_prefix(apex)};
  for (;;) {
    CO_TRY(const std::vector<Entry> entries, co_await store.list(range));
    for (const Entry& entry : entries) {
      CO_TRY(const RRset stored, decode_static_rrset(entry.value));
      differ.pass(entry.key, stored);
    }
    if (entries.size() < range.limit) break;
    range.after = entries.back().key;
  }
  co_return std::move(differ).finish();
}

}  // namespace dnsserver
