#pragma once

#include <mutex>
#include <optional>
#include <vector>

#include "dnsserver/node_index.h"
#include "storage/store.h"

namespace dnsserver {

// Keeps an index of a store's nodes and held names: reads all of them at its start, and then follows each commit,
// whoever makes it. So what is acknowledged is what the next query finds, and a commit of many owners shows one
// after the other.
class NodeFeed final : public storage::Follower {
 public:
  // Blocks the thread until everything is read. What cannot be read is logged, and makes the index incomplete.
  // The store outlives the feed.
  explicit NodeFeed(storage::Store& store);
  ~NodeFeed() override;

  // Lives as long as the feed. For others than IndexedNodes to read, while nothing is committed.
  NodeIndex& index() { return index_; }

  void follow(const storage::Batch& batch) override;

 private:
  struct Change {
    Bytes key;
    std::optional<Bytes> node;
  };

  void load();
  void load(storage::Reader& reader, const Bytes& prefix);
  void change(BytesView key, std::optional<BytesView> node);
  void apply(BytesView key, std::optional<BytesView> node);

  storage::Store& store_;
  NodeIndex index_;

  // The store's writer comes while the first thread still loads. It leaves its changes here, because what is
  // loaded may be older than they are; afterwards nobody else takes this.
  std::mutex mutex_;
  bool loading_ = true;
  std::vector<Change> waiting_;
};

}  // namespace dnsserver
