#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "storage/store.h"

namespace storage {

class WatchQueue;

// The watches and followers of one store. Thread-safe.
class WatchList {
 public:
  WatchList();
  ~WatchList();  // closes
  WatchList(const WatchList&) = delete;
  WatchList& operator=(const WatchList&) = delete;

  std::unique_ptr<Watch> add(Bytes prefix);

  void follow(Follower& follower);
  void unfollow(Follower& follower);

  // Tells every follower of a batch that has been committed, and every watch its part of it. REQUIRES: calls in
  // the order of revisions, each before the commit is answered.
  void publish(const Batch& batch, Revision revision);

  // From now on every watch is unavailable, once it has reported what it has seen.
  void close();

 private:
  // Watches are added on their users' threads and told on the writer's, so a mutex guards the lists; it is
  // held while queues are appended to and followers follow, never while anyone waits.
  std::mutex mutex_;
  bool closed_ = false;
  std::vector<std::weak_ptr<WatchQueue>> queues_;
  std::vector<Follower*> followers_;
};

}  // namespace storage
