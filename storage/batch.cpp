#include "storage/batch.h"

#include <algorithm>

#include "storage/ledger.h"

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

Result<void> validate_value(size_t size) {
  if (size <= kValueSizeMax) return {};
  return fail(ErrorKind::malformed, "a value of " + std::to_string(size) +
                                        " octets cannot be stored; the limit is " +
                                        std::to_string(kValueSizeMax));
}

Result<void> validate_append(const Append& append) {
  if (append.ledger.empty() || append.payload.empty()) {
    return fail(ErrorKind::malformed, "an entry without a payload, or of no ledger, is to be appended");
  }
  CHECK(validate_key(ledger_key(append.ledger, 1)));
  return validate_value(kLinkSize + append.payload.size());
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
    CHECK(validate_value(put.value.size()));
  }
  for (const Append& append : batch.appends)
    CHECK(validate_append(append));
  if (changes_a_key_twice(batch)) return fail(ErrorKind::internal, "a batch changes one key twice");
  return {};
}

size_t put_size(const Batch& batch) {
  size_t size = 0;
  for (const Put& put : batch.puts)
    size += put.key.size() + put.value.size();
  for (const Append& append : batch.appends)
    size += append.ledger.size() + kSequenceSize + kLinkSize + append.payload.size();
  return size;
}

}  // namespace storage
