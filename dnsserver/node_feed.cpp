#include "dnsserver/node_feed.h"

#include <utility>

#include "base/log.h"
#include "dnsserver/keys.h"
#include "dnsserver/node_key.h"

namespace dnsserver {

NodeFeed::NodeFeed(storage::Store& store) : store_(store) {
  store_.follow(*this);
  load();
  const std::lock_guard lock(mutex_);
  loading_ = false;
  for (const Change& change : std::exchange(waiting_, {}))
    apply(change.key, change.node);
  index_.reclaim();
}

NodeFeed::~NodeFeed() { store_.unfollow(*this); }

void NodeFeed::load() {
  const auto reader = store_.reader();
  for (const Bytes& prefix : {all_nodes_prefix(), all_held_names_prefix()})
    load(*reader, prefix);
}

// In the order of keys, so that the reader's cursor moves on from entry to entry.
void NodeFeed::load(storage::Reader& reader, const Bytes& prefix) {
  for (Bytes from = prefix;;) {
    const auto next = reader.lower_bound(from);
    if (!next) {
      base::log::error("dns.index.incomplete", {{"detail", next.error().detail}});
      return index_.set_incomplete();
    }
    if (!*next || !(*next)->key.starts_with(prefix)) return;
    apply((*next)->key, (*next)->value);
    from.assign((*next)->key);
    from += '\0';
  }
}

void NodeFeed::follow(const storage::Batch& batch) {
  const std::lock_guard lock(mutex_);
  for (const storage::Put& put : batch.puts)
    change(put.key, put.value);
  for (const Bytes& key : batch.deletes)
    change(key, std::nullopt);
  if (!loading_) index_.reclaim();
}

void NodeFeed::change(BytesView key, std::optional<BytesView> node) {
  if (!key.starts_with(all_nodes_prefix()) && !key.starts_with(all_held_names_prefix())) return;
  if (!loading_) return apply(key, node);
  waiting_.push_back({Bytes(key), node ? std::optional(Bytes(*node)) : std::nullopt});
}

void NodeFeed::apply(BytesView key, std::optional<BytesView> node) {
  LoweredName owner;
  if (read_held_name_key(key, owner)) return node ? index_.hold(owner) : index_.release(owner);
  const auto apex_labels = read_node_key(key, owner);
  if (apex_labels && node) {
    index_.put(owner, *apex_labels, *node);
  } else if (apex_labels) {
    index_.erase(owner, *apex_labels);
  } else if (node) {
    base::log::error("dns.index.incomplete",
                     {{"detail", "the store holds a node or a held name whose key cannot be read"}});
    index_.set_incomplete();
  }
}

}  // namespace dnsserver
