#pragma once

#include <optional>

#include "dnsserver/node.h"
#include "dnsserver/zone_table.h"
#include "storage/store.h"

namespace dnsserver {

// Where the answer path finds nodes, for one thread.
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
    BytesView blob = {};  // of a node. Lives for as long as the source says.
  };

  virtual ~NodeSource() = default;

  // The last `labels` labels of `name`, in `zone`. REQUIRES: the zone's apex is a suffix of them.
  virtual Found find(const ServedZone& zone, const LoweredName& name, size_t labels) = 0;
  // "*" right below them. REQUIRES: labels < name.label_count().
  virtual Found find_wildcard(const ServedZone& zone, const LoweredName& name, size_t labels) = 0;

  // Whether a credential holds `name` or a name below it (dnsserver/held_names.h). Nothing: the store could not be
  // read.
  virtual std::optional<bool> is_held(const LoweredName& name) = 0;
};

// Reads the store itself, one look-up in its order of keys each: what NodeIndex must find, in the plainest
// words. What it finds dies with the reader's snapshot.
class StoredNodes final : public NodeSource {
 public:
  explicit StoredNodes(storage::Reader& reader) : reader_(reader) {}

  Found find(const ServedZone& zone, const LoweredName& name, size_t labels) override;
  Found find_wildcard(const ServedZone& zone, const LoweredName& name, size_t labels) override;
  std::optional<bool> is_held(const LoweredName& name) override;

 private:
  Found find(BytesView key);

  storage::Reader& reader_;
};

}  // namespace dnsserver
