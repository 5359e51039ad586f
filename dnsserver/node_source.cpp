#include "dnsserver/node_source.h"

namespace dnsserver {

NodeSource::Found StoredNodes::find(BytesView key) {
  const auto next = reader_.lower_bound(key);
  if (!next) return {.kind = Kind::broken, .blob = {}};
  if (!*next || !(*next)->key.starts_with(key)) return {.kind = Kind::absent, .blob = {}};
  if ((*next)->key.size() > key.size()) return {.kind = Kind::empty_non_terminal, .blob = {}};
  return {.kind = Kind::node, .blob = (*next)->value};
}

}  // namespace dnsserver
