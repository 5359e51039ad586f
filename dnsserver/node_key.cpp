#include "dnsserver/node_key.h"

#include <cassert>
#include <cstring>

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
  octets_[end] = 1;
  octets_[end + 1] = '*';
  return {octets_.data(), end + 2};
}

}  // namespace dnsserver
