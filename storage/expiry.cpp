#include "storage/expiry.h"

#include <utility>

namespace storage {

namespace {

Task<Result<size_t>> sweep_prefix(Store& store, const Bytes& prefix, Time now) {
  size_t removed = 0;
  for (int conflicts = 0; conflicts < kSweepConflictsMax;) {
    CO_TRY(auto expired, co_await store.expired(prefix, now, kSweepBatchMax));
    if (expired.empty()) break;
    Batch batch;
    for (const Expectation& entry : expired)
      batch.deletes.push_back(entry.key);
    batch.expected = std::move(expired);
    const size_t count = batch.deletes.size();
    const auto committed = co_await store.commit(std::move(batch));
    if (committed) {
      removed += count;
    } else if (committed.error().kind == base::ErrorKind::conflict) {
      ++conflicts;
    } else {
      co_return tl::unexpected(committed.error());
    }
  }
  co_return removed;
}

}  // namespace

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
