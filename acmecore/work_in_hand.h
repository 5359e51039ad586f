#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace acmecore {

// What this process is working on, by id, so that a sweep leaves alone what a request has begun.
//
// Thread-safe, because requests and sweeps run on several threads; the lock is held for one look-up. A hold
// shares the state, because a coroutine that never came to its end is destroyed with its executor, and that
// is after us.
class WorkInHand {
  struct State {
    std::mutex mutex;
    std::set<std::string> ids;
  };

 public:
  // Lets go when it is destroyed.
  class Hold {
   public:
    Hold(std::shared_ptr<State> state, std::string id) : state_(std::move(state)), id_(std::move(id)) {}
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    ~Hold() {
      const std::lock_guard lock(state_->mutex);
      state_->ids.erase(id_);
    }

   private:
    const std::shared_ptr<State> state_;
    const std::string id_;
  };

  // Null: somebody has it in hand.
  std::unique_ptr<Hold> take(const std::string& id) {
    const std::lock_guard lock(state_->mutex);
    if (!state_->ids.insert(id).second) return nullptr;
    return std::make_unique<Hold>(state_, id);
  }

 private:
  const std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace acmecore
