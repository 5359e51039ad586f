#include "dnsserver/node_key.h"

#include <cassert>
#include <cstring>

#include "storage/tables.h"

namespace dnsserver {

namespace {

// The labels stand there from the root down, with 00 behind those of an apex. So the wire form is filled from its
// end. False: they are those of no name.
bool read_labels(BytesView key, LoweredName& name, std::optional<size_t>& apex_labels) {
  std::array<char, base::kNameSizeMax> wire{};
  size_t start = wire.size() - 1;  // the root
  size_t labels = 0;
  while (!key.empty()) {
    const size_t size = uint8_t(key.front()) + size_t{1};
    if (size == 1) {
      if (apex_labels) return false;
      apex_labels = labels;
      key.remove_prefix(1);
      continue;
    }
    if (size > key.size() || size > start) return false;
    start -= size;
    std::memcpy(wire.data() + start, key.data(), size);
    key.remove_prefix(size);
    ++labels;
  }
  const BytesView octets(wire.data() + start, wire.size() - start);
  return name.read(octets, 0) == octets.size() && name.wire() == octets;
}

}  // namespace

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

std::optional<size_t> read_node_key(BytesView key, LoweredName& owner) {
  if (!key.starts_with(storage::table::kNode)) return std::nullopt;
  std::optional<size_t> apex_labels;
  if (!read_labels(key.substr(1), owner, apex_labels)) return std::nullopt;
  return apex_labels;
}

bool read_held_name_key(BytesView key, LoweredName& name) {
  std::optional<size_t> apex_labels;
  return key.starts_with(storage::table::kHeldName) && read_labels(key.substr(1), name, apex_labels) &&
         !apex_labels;
}

}  // namespace dnsserver
