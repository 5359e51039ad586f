#pragma once

#include <map>

#include "storage/store.h"

namespace dnsserver {

// A Reader over a map that the test holds, which can be told to fail.
class MapReader final : public storage::Reader {
 public:
  std::map<storage::Bytes, storage::Bytes> entries;
  bool broken = false;

  storage::Result<bool> refresh() override { return true; }
  void park() override {}

  storage::Result<std::optional<storage::BytesView>> get(storage::BytesView key) override {
    if (broken) return base::fail(base::ErrorKind::internal, "told to fail");
    const auto found = entries.find(storage::Bytes(key));
    if (found == entries.end()) return std::nullopt;
    return found->second;
  }

  storage::Result<std::optional<storage::EntryView>> lower_bound(storage::BytesView key) override {
    if (broken) return base::fail(base::ErrorKind::internal, "told to fail");
    const auto found = entries.lower_bound(storage::Bytes(key));
    if (found == entries.end()) return std::nullopt;
    return storage::EntryView{found->first, found->second};
  }
};

}  // namespace dnsserver
