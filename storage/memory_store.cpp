#include "storage/memory_store.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <tuple>

#include "storage/batch.h"

namespace storage {

using base::ErrorKind;
using base::fail;

Task<Result<std::optional<Entry>>> MemoryStore::get(Bytes key) {
  std::lock_guard lock(mutex_);
  const auto found = state_->entries.find(key);
  if (found == state_->entries.end()) co_return std::nullopt;
  co_return Entry{found->first, found->second.value, found->second.revision};
}

Task<Result<std::vector<Entry>>> MemoryStore::list(Range range) {
  std::lock_guard lock(mutex_);
  std::vector<Entry> entries;
  const auto& all = state_->entries;
  auto at = range.after < range.prefix ? all.lower_bound(range.prefix) : all.upper_bound(range.after);
  for (; at != all.end() && entries.size() < range.limit; ++at) {
    if (!at->first.starts_with(range.prefix)) break;
    entries.push_back({at->first, at->second.value, at->second.revision});
  }
  co_return entries;
}

Task<Result<Revision>> MemoryStore::commit(Batch batch) {
  CO_CHECK(validate(batch));
  co_return apply(std::move(batch));
}

Result<Revision> MemoryStore::apply(Batch batch) {
  std::lock_guard lock(mutex_);
  if (full_) return fail(ErrorKind::unavailable, "the store is full; nothing was changed");
  for (const auto& [key, revision] : batch.expected) {
    const auto found = state_->entries.find(key);
    if (revision != (found == state_->entries.end() ? kAbsent : found->second.revision)) {
      return fail(ErrorKind::conflict, "another change came first; read again");
    }
  }
  if (state_.use_count() > 1) state_ = std::make_shared<State>(*state_);
  const Revision revision = ++state_->revision;
  for (const Put& put : batch.puts)
    state_->entries.insert_or_assign(put.key, Record{put.value, revision, put.expires});
  for (const Bytes& key : batch.deletes)
    state_->entries.erase(key);
  for (const Append& append : batch.appends) {
    Put entry = next_entry(append, head_of(append.ledger));
    state_->entries.insert_or_assign(entry.key, Record{entry.value, revision, std::nullopt});
    batch.puts.push_back(std::move(entry));
  }
  watches_.publish(batch, revision);
  return revision;
}

LedgerHead MemoryStore::head_of(const Bytes& ledger) const {
  const auto behind = state_->entries.upper_bound(last_ledger_key(ledger));
  if (behind == state_->entries.begin()) return {};
  const auto& [key, record] = *std::prev(behind);
  return ledger_head_at(ledger, key, record.value).value();
}

std::unique_ptr<Watch> MemoryStore::watch(Bytes prefix) { return watches_.add(std::move(prefix)); }

Task<Result<std::vector<Expectation>>> MemoryStore::expired(Bytes prefix, Time now, size_t limit) {
  std::vector<std::tuple<Time, Bytes, Revision>> found;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [key, record] : state_->entries) {
      if (key.starts_with(prefix) && record.expires && *record.expires <= now) {
        found.emplace_back(*record.expires, key, record.revision);
      }
    }
  }
  std::ranges::sort(found);
  std::vector<Expectation> expired;
  for (auto& [time, key, revision] : found) {
    if (expired.size() == limit) break;
    expired.push_back({std::move(key), revision});
  }
  co_return expired;
}

void MemoryStore::set_full(bool full) {
  std::lock_guard lock(mutex_);
  full_ = full;
}

class MemoryReader final : public Reader {
 public:
  explicit MemoryReader(MemoryStore& store) : store_(store) {}
  ~MemoryReader() override { park(); }

  Result<bool> refresh() override {
    std::lock_guard lock(store_.mutex_);
    state_ = store_.state_;
    return std::exchange(revision_, state_->revision) != state_->revision;
  }

  void park() override {
    std::lock_guard lock(store_.mutex_);
    state_ = nullptr;
  }

  Result<std::optional<BytesView>> get(BytesView key) override {
    if (!state_) CHECK(refresh());
    const auto found = state_->entries.find(key);
    if (found == state_->entries.end()) return std::nullopt;
    return found->second.value;
  }

  Result<std::optional<EntryView>> lower_bound(BytesView key) override {
    if (!state_) CHECK(refresh());
    const auto found = state_->entries.lower_bound(key);
    if (found == state_->entries.end()) return std::nullopt;
    return EntryView{found->first, found->second.value};
  }

 private:
  MemoryStore& store_;
  std::shared_ptr<const MemoryStore::State> state_;
  Revision revision_ = kAbsent;
};

std::unique_ptr<Reader> MemoryStore::reader() { return std::make_unique<MemoryReader>(*this); }

}  // namespace storage
