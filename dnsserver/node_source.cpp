#include "dnsserver/node_source.h"

#include "dnsserver/keys.h"
#include "dnsserver/node_key.h"

namespace dnsserver {

NodeSource::Found StoredNodes::find(const ServedZone& zone, const LoweredName& name, size_t labels) {
  return find(NodeKey(zone, name).ancestor(labels - zone.label_count));
}

NodeSource::Found StoredNodes::find_wildcard(const ServedZone& zone, const LoweredName& name, size_t labels) {
  return find(NodeKey(zone, name).wildcard_below(labels - zone.label_count));
}

std::optional<bool> StoredNodes::is_held(const LoweredName& name) {
  // Their keys are made as those of nodes of a zone at the root.
  static const ServedZone everywhere{.apex = Bytes(1, '\0'),
                                     .label_count = 0,
                                     .nodes_prefix = all_held_names_prefix(),
                                     .has_cuts = false,
                                     .has_wildcards = false};
  const Found found = find(NodeKey(everywhere, name).ancestor(name.label_count()));
  if (found.kind == Kind::broken) return std::nullopt;
  return found.kind != Kind::absent;
}

NodeSource::Found StoredNodes::find(BytesView key) {
  const auto next = reader_.lower_bound(key);
  if (!next) return {.kind = Kind::broken};
  if (!*next || !(*next)->key.starts_with(key)) return {.kind = Kind::absent};
  if ((*next)->key.size() > key.size()) return {.kind = Kind::empty_non_terminal};
  return {.kind = Kind::node, .blob = (*next)->value};
}

}  // namespace dnsserver
