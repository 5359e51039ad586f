#include "acmecore/secret_key.h"

#include <utility>

#include "acmecore/optimism.h"
#include "base/random.h"
#include "storage/tables.h"

namespace acmecore {

using base::Bytes;
using base::ErrorKind;
using base::fail;
using base::Result;
using base::Task;

Task<Result<Bytes>> secret_key(storage::Store& store, std::string name) {
  const Bytes at = Bytes(1, storage::table::kSecret) + name;
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    CO_TRY(const auto stored, co_await store.get(at));
    if (stored && stored->value.size() == kSecretKeySize) co_return stored->value;
    if (stored) {
      co_return fail(ErrorKind::internal,
                     "the stored " + name + " does not have " + std::to_string(kSecretKeySize) + " octets");
    }
    const Bytes key = base::random_bytes(kSecretKeySize);
    storage::Batch batch;
    batch.expected.push_back({at, storage::kAbsent});
    batch.puts.push_back({at, key});
    const auto committed = co_await store.commit(std::move(batch));
    if (committed) co_return key;
    if (!is_conflict(committed)) co_return tl::unexpected(committed.error());
  }
  co_return too_many_at_once();
}

}  // namespace acmecore
