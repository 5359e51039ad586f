#include "dnsserver/node_key.h"

#include <cassert>
#include <cstring>

#include "storage/tables.h"

namespace dnsserver {

NodeKey::NodeKey(const ServedZone& zone, const LoweredName& owner)
    : depth_(owner.label_count() - zone.label_count) {
  size_t size = zone.nodes_prefix.size();
  std::memcpy(octets_.data(), zone.nodes_prefix.data(), size);
  ends_[0] = uint16_t(size);
  for (size_t i = 1; i <= depth_; ++i) {
    const size_t from = owner.label_at(depth_ - i);
    const size_t to = owner.label_at(depth_ - i + 1);
    std::memcpy(octets_.data() + size, owner.wire().data() + from, to - from);
    size += to - from;
    ends_[i] = uint16_t(size);
  }
}

BytesView NodeKey::wildcard_below(size_t depth) {
  assert(depth < depth_);
  const size_t end = ends_[depth];
  std::memcpy(octets_.data() + end, kWildcardLabel, sizeof kWildcardLabel);
  return {octets_.data(), end + sizeof kWildcardLabel};
}

// The labels stand there from the root down, with 00 behind those of the apex. So the wire form is filled from
// its end.
std::optional<size_t> read_node_key(BytesView key, LoweredName& owner) {
  if (key.empty() || key.front() != storage::table::kNode) return std::nullopt;
  std::array<char, base::kNameSizeMax> wire{};
  size_t start = wire.size() - 1;  // the root
  size_t labels = 0;
  std::optional<size_t> apex_labels;
  for (key.remove_prefix(1); !key.empty();) {
    const size_t size = uint8_t(key.front()) + size_t{1};
    if (size == 1) {
      if (apex_labels) return std::nullopt;
      apex_labels = labels;
      key.remove_prefix(1);
      continue;
    }
    if (size > key.size() || size > start) return std::nullopt;
    start -= size;
    std::memcpy(wire.data() + start, key.data(), size);
    key.remove_prefix(size);
    ++labels;
  }
  const BytesView name(wire.data() + start, wire.size() - start);
  if (owner.read(name, 0) != name.size() || owner.wire() != name) return std::nullopt;
  return apex_labels;
}

}  // namespace dnsserver
