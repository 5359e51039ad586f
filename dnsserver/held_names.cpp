#include "dnsserver/held_names.h"

#include <set>

#include "dnsserver/keys.h"
#include "dnsserver/wire.h"

namespace dnsserver {

namespace {

using base::Task;

constexpr size_t kCountSize = 4;

std::set<Bytes> keys_of(const Credential* credential) {
  std::set<Bytes> keys;
  if (credential == nullptr) return keys;
  for (const Scope& scope : credential->scopes) {
    if (scope.reach == Scope::Reach::name && !scope.excluded) keys.insert(held_name_key(scope.name));
  }
  return keys;
}

// One more or one less. A credential that was made before the store counted may have none to take away.
Task<Result<void>> change_count(storage::Store& store, Bytes key, bool one_more, storage::Batch& batch) {
  CO_TRY(const auto entry, co_await store.get(key));
  if (entry && entry->value.size() != kCountSize) {
    co_return base::fail(base::ErrorKind::internal, "the store holds a count of credentials that is none");
  }
  uint32_t count = entry ? u32_at(entry->value, 0) : 0;
  if (count == 0 && !one_more) co_return Result<void>();
  count = one_more ? count + 1 : count - 1;
  batch.expected.push_back({key, entry ? entry->revision : storage::kAbsent});
  if (count == 0) {
    batch.deletes.push_back(std::move(key));
  } else {
    Bytes value;
    append_u32(value, count);
    batch.puts.push_back({std::move(key), std::move(value)});
  }
  co_return Result<void>();
}

}  // namespace

Task<Result<void>> count_held_names(storage::Store& store, const Credential* before, const Credential* after,
                                    storage::Batch& batch) {
  const std::set<Bytes> was = keys_of(before);
  const std::set<Bytes> is = keys_of(after);
  for (const Bytes& key : was) {
    if (!is.contains(key)) CO_CHECK(co_await change_count(store, key, false, batch));
  }
  for (const Bytes& key : is) {
    if (!was.contains(key)) CO_CHECK(co_await change_count(store, key, true, batch));
  }
  co_return Result<void>();
}

}  // namespace dnsserver
