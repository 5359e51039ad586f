#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "storage/store.h"
#include "tests/support/run_task.h"

namespace storage {

// What every Store must do. A store of one's own passes it by
//
//   INSTANTIATE_TEST_SUITE_P(My, StoreContract, testing::Values(StoreKind{"My", open_my_store}), kind_name);
//
// The cases are in store_contract_*_test.cpp.
struct StoreKind {
  std::string name;
  std::function<std::unique_ptr<Store>()> open;  // an empty store
};

class StoreContract : public testing::TestWithParam<StoreKind> {
 protected:
  std::unique_ptr<Store> store_ = GetParam().open();

  std::optional<Entry> get(Bytes key) { return support::run_task(store_->get(std::move(key))).value(); }
  Result<Revision> commit(Batch batch) { return support::run_task(store_->commit(std::move(batch))); }
  Revision put(Bytes key, Bytes value, std::optional<Time> expires = std::nullopt) {
    return commit({.puts = {{std::move(key), std::move(value), expires}}}).value();
  }
  Revision remove(Bytes key) { return commit({.deletes = {std::move(key)}}).value(); }

  std::vector<Bytes> keys(Range range) {
    const auto entries = support::run_task(store_->list(std::move(range))).value();
    std::vector<Bytes> keys;
    for (const Entry& entry : entries)
      keys.push_back(entry.key);
    return keys;
  }
  std::vector<Bytes> expired(Bytes prefix, Time now, size_t limit = 1000) {
    const auto entries = support::run_task(store_->expired(std::move(prefix), now, limit)).value();
    std::vector<Bytes> keys;
    for (const Expectation& entry : entries)
      keys.push_back(entry.key);
    return keys;
  }
  static base::ErrorKind kind(const auto& result) { return result.error().kind; }
};

// Some second of 2026; `after` it.
inline Time at(int after) { return Time(std::chrono::seconds(1'790'000'000 + after)); }

inline std::string kind_name(const testing::TestParamInfo<StoreKind>& info) { return info.param.name; }

}  // namespace storage
