#include "storage/watch_list.h"

#include <optional>
#include <utility>

#include "storage/async/answer.h"

namespace storage {

using base::ErrorKind;
using base::fail;
using Changes = Result<std::vector<Change>>;

// What one watch has not read yet. The store's list and the watch share it, because either may go first.
class WatchQueue {
 public:
  explicit WatchQueue(Bytes prefix) : prefix_(std::move(prefix)) {}

  void publish(const Batch& batch, Revision revision);
  void close();
  Task<Changes> next();

 private:
  enum class State { open, lagged, closed };

  void append(const Bytes& key, const Bytes* value, Revision revision);
  std::optional<Changes> take();
  void wake(std::unique_lock<std::mutex> lock);

  const Bytes prefix_;
  // The writer's thread appends while the reader's takes. Held for a few moves at a time.
  std::mutex mutex_;
  State state_ = State::open;
  std::vector<Change> changes_;
  size_t size_ = 0;
  std::optional<Answer<Changes>> reader_;
};

void WatchQueue::publish(const Batch& batch, Revision revision) {
  std::unique_lock lock(mutex_);
  for (const Put& put : batch.puts)
    append(put.key, &put.value, revision);
  for (const Bytes& key : batch.deletes)
    append(key, nullptr, revision);
  wake(std::move(lock));
}

void WatchQueue::close() {
  std::unique_lock lock(mutex_);
  if (state_ == State::open) state_ = State::closed;
  wake(std::move(lock));
}

void WatchQueue::append(const Bytes& key, const Bytes* value, Revision revision) {
  if (state_ != State::open || !key.starts_with(prefix_)) return;
  size_ += kChangeOverhead + key.size() + (value ? value->size() : 0);
  if (size_ > kWatchSizeMax) {
    state_ = State::lagged;
    changes_ = {};
    return;
  }
  changes_.push_back({key, value ? std::optional(*value) : std::nullopt, revision});
}

// Nothing: there is nothing to report yet.
std::optional<Changes> WatchQueue::take() {
  if (!changes_.empty()) {
    size_ = 0;
    return std::exchange(changes_, {});
  }
  if (state_ == State::lagged) return fail(ErrorKind::conflict, "this watch has missed changes; list again");
  if (state_ == State::closed) return fail(ErrorKind::unavailable, "the store has closed");
  return std::nullopt;
}

void WatchQueue::wake(std::unique_lock<std::mutex> lock) {
  if (!reader_) return;
  auto changes = take();
  if (!changes) return;
  auto reader = std::exchange(reader_, std::nullopt);
  lock.unlock();
  std::move(*reader).give(*std::move(changes));
}

Task<Changes> WatchQueue::next() {
  auto start = [this](Answer<Changes> reader) {
    std::unique_lock lock(mutex_);
    reader_ = std::move(reader);
    wake(std::move(lock));
  };
  co_return co_await answered<Changes>(start);
}

namespace {

class QueuedWatch final : public Watch {
 public:
  explicit QueuedWatch(std::shared_ptr<WatchQueue> queue) : queue_(std::move(queue)) {}
  Task<Changes> next() override { return queue_->next(); }

 private:
  std::shared_ptr<WatchQueue> queue_;
};

}  // namespace

WatchList::WatchList() = default;

WatchList::~WatchList() { close(); }

std::unique_ptr<Watch> WatchList::add(Bytes prefix) {
  auto queue = std::make_shared<WatchQueue>(std::move(prefix));
  {
    std::lock_guard lock(mutex_);
    if (closed_) queue->close();
    std::erase_if(queues_, [](const auto& other) { return other.expired(); });
    queues_.push_back(queue);
  }
  return std::make_unique<QueuedWatch>(std::move(queue));
}

void WatchList::follow(Follower& follower) {
  std::lock_guard lock(mutex_);
  followers_.push_back(&follower);
}

void WatchList::unfollow(Follower& follower) {
  std::lock_guard lock(mutex_);
  std::erase(followers_, &follower);
}

void WatchList::publish(const Batch& batch, Revision revision) {
  std::lock_guard lock(mutex_);
  for (Follower* follower : followers_)
    follower->follow(batch);
  for (const auto& weak : queues_) {
    if (const auto queue = weak.lock()) queue->publish(batch, revision);
  }
}

void WatchList::close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  for (const auto& weak : queues_) {
    if (const auto queue = weak.lock()) queue->close();
  }
}

}  // namespace storage
