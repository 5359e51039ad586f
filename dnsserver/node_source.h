#pragma once

#include "dnsserver/node.h"
#include "storage/store.h"

namespace dnsserver {

// Where the answer path finds nodes: one snapshot of all zones, for one thread.
class NodeSource {
 public:
  enum class Kind {
    absent,              // neither the name nor anything below it
    empty_non_terminal,  // only something below it (RFC 8020 §2)
    node,
    broken,  // the store could not be read
  };

  struct Found {
    Kind kind = Kind::absent;
    BytesView blob;  // of a node. Dies with the snapshot.
  };

  virtual ~NodeSource() = default;
  // REQUIRES: `key` is a node key (dnsserver/keys.h).
  virtual Found find(BytesView key) = 0;
};

// Reads the store itself, one look-up in its order of keys each.
class StoredNodes final : public NodeSource {
 public:
  explicit StoredNodes(storage::Reader& reader) : reader_(reader) {}
  Found find(BytesView key) override;

 private:
  storage::Reader& reader_;
};

}  // namespace dnsserver
