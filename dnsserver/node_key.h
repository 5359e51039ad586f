#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "dnsserver/lowered_name.h"
#include "dnsserver/zone_table.h"

namespace dnsserver {

// The node key of an owner and, because ancestors have prefixes of it, of each of its ancestors in the zone.
// In a buffer of its own, so that a look-up allocates nothing.
class NodeKey {
 public:
  // REQUIRES: `owner` is under the zone's apex.
  NodeKey(const ServedZone& zone, const LoweredName& owner);

  // How many labels below the apex the owner is.
  size_t depth() const { return depth_; }
  // The ancestor that is `depth` labels below the apex; at 0 the apex itself. REQUIRES: depth <= depth().
  BytesView ancestor(size_t depth) const { return {octets_.data(), ends_[depth]}; }

  // The key of the name "*" right below that ancestor. Overwrites what is deeper.
  // REQUIRES: depth < depth().
  BytesView wildcard_below(size_t depth);

 private:
  // The table's octet, the sort key of a name without its root, and the octet that ends the apex. A wildcard
  // takes the place of a label at least as long.
  std::array<char, base::kNameSizeMax + 1> octets_;
  std::array<uint16_t, base::kLabelsMax + 1> ends_;
  size_t depth_;
};

// Reads the owner that a node key names, and returns how many labels the apex of its zone has. Nothing: this is
// no node key.
std::optional<size_t> read_node_key(BytesView key, LoweredName& owner);

// The same of the key of a held name. False: this is none.
bool read_held_name_key(BytesView key, LoweredName& name);

}  // namespace dnsserver
