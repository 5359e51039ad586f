#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace base {

// How much of something goes on at once: at most so much for each key, such as an account's id.
//
// Thread-safe, because what goes on begins and ends on any thread; the lock is held for one look-up. A place shares the
// state, because a coroutine that never came to its end is destroyed with its executor, and that may be after us.
class Places {
  struct State {
    explicit State(size_t max_) : max(max_) {}

    const size_t max;
    std::mutex mutex;
    std::map<std::string, size_t> taken;
  };

 public:
  // Free again when it is destroyed.
  class Place {
   public:
    Place(std::shared_ptr<State> state, std::string key) : state_(std::move(state)), key_(std::move(key)) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() {
      const std::lock_guard lock(state_->mutex);
      const auto taken = state_->taken.find(key_);
      if (--taken->second == 0) state_->taken.erase(taken);
    }

   private:
    const std::shared_ptr<State> state_;
    const std::string key_;
  };

  // REQUIRES: max > 0.
  explicit Places(size_t max) : state_(std::make_shared<State>(max)) {}

  // Null: the key has `max`.
  std::unique_ptr<Place> take(const std::string& key = "") {
    const std::lock_guard lock(state_->mutex);
    size_t& taken = state_->taken[key];
    if (taken == state_->max) return nullptr;
    ++taken;
    return std::make_unique<Place>(state_, key);
  }

 private:
  const std::shared_ptr<State> state_;
};

}  // namespace base
