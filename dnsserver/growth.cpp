#include "dnsserver/growth.h"

#include "storage/batch.h"

namespace dnsserver {

base::Task<base::Result<bool>> grows(storage::Store& store, const storage::Batch& batch) {
  for (const storage::Put& put : batch.puts) {
    CO_TRY(const auto stored, co_await store.get(put.key));
    if (!stored || put.value.size() > stored->value.size() + storage::kRewriteGrowthMax) co_return true;
  }
  co_return false;
}

}  // namespace dnsserver
