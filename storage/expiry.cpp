#include "storage/expiry.h"

#include <utility>

namespace storage {

namespace {

Task<Result<size_t>> sweep_prefix(Store& store, const Bytes& prefix, Time now) {
  size_t removed = 0;
  for (int conflicts = 0; conflicts < kSweepConflictsMax;) {
    const auto count = co_await sweep_batch(store, prefix, now);
    if (count && *count == 0) break;
    if (count) {
      removed += *count;
    } else if (count.error().kind == base::ErrorKind::conflict) {
      ++conflicts;
    } else {
      co_return tl::unexpected(count.error());
    }
  }
  co_return removed;
}

}  // namespace

Task<Result<size_t>> sweep_batch(Store& store, Bytes prefix, Time now) {
  CO_TRY(auto expired, co_await store.expired(std::move(prefix), now, kSweepBatchMax));
  if (expired.empty()) co_return 0;
  Batch batch;
  for (const Expectation& entry : expired)
    batch.deletes.push_back(entry.key);
  batch.expected = std::move(expired);
  const size_t count = batch.deletes.size();
  CO_CHECK(co_await store.commit(std::move(batch)));
  co_return count;
}

Task<Result<size_t>> sweep(Store& store, std::vector<Bytes> prefixes, Time now) {
  size_t removed = 0;
  for (const Bytes& prefix : prefixes) {
    CO_TRY(const size_t count, co_await sweep_prefix(store, prefix, now));
    removed += count;
  }
  co_return removed;
}

Task<> sweep_repeatedly(Store& store, std::vector<Bytes> prefixes, const base::Clock& clock,
                        BetweenSweeps between) {
  for (bool go_on = true; go_on;) {
    const Result<size_t> removed = co_await sweep(store, prefixes, clock.now());
    go_on = co_await between(removed);
  }
}

}  // namespace storage
