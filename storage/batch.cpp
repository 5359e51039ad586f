#include "storage/batch.h"

#include <algorithm>

namespace storage {

using base::ErrorKind;
using base::fail;

namespace {

Result<void> validate_key(const Bytes& key) {
  if (key.empty()) return fail(ErrorKind::malformed, "a key to be stored is empty");
  if (key.size() > kKeySizeMax) {
    return fail(ErrorKind::malformed, "a key of " + std::to_string(key.size()) +
                                          " octets cannot be stored; the limit is " +
                                          std::to_string(kKeySizeMax));
  }
  return {};
}

bool changes_a_key_twice(const Batch& batch) {
  std::vector<BytesView> keys(batch.deletes.begin(), batch.deletes.end());
  for (const Put& put : batch.puts)
    keys.push_back(put.key);
  std::ranges::sort(keys);
  return std::ranges::adjacent_find(keys) != keys.end();
}

}  // namespace

Result<void> validate(const Batch& batch) {
  for (const Expectation& expectation : batch.expected)
    CHECK(validate_key(expectation.key));
  for (const Bytes& key : batch.deletes)
    CHECK(validate_key(key));
  for (const Put& put : batch.puts) {
    CHECK(validate_key(put.key));
    if (put.value.size() > kValueSizeMax) {
      return fail(ErrorKind::malformed, "a value of " + std::to_string(put.value.size()) +
                                            " octets cannot be stored; the limit is " +
                                            std::to_string(kValueSizeMax));
    }
  }
  if (changes_a_key_twice(batch)) return fail(ErrorKind::internal, "a batch changes one key twice");
  return {};
}

size_t put_size(const Batch& batch) {
  size_t size = 0;
  for (const Put& put : batch.puts)
    size += put.key.size() + put.value.size();
  return size;
}

std::vector<Change> changes_of(const Batch& batch, Revision revision) {
  std::vector<Change> changes;
  changes.reserve(batch.puts.size() + batch.deletes.size());
  for (const Put& put : batch.puts)
    changes.push_back({put.key, put.value, revision});
  for (const Bytes& key : batch.deletes)
    changes.push_back({key, std::nullopt, revision});
  return changes;
}

}  // namespace storage
