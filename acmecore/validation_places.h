#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "acmecore/identifier.h"

namespace acmecore {

// Of one account, those that wait for a resolver included. As many as an order has identifiers, because clients
// respond to all challenges of an order at once; no more, because all accounts share the resolvers, and names
// whose servers are silent hold them for long.
inline constexpr size_t kValidationsMax = kIdentifiersMax;

// Whose validations are under way in this process, by account id.
//
// Thread-safe; the lock is held for one look-up. A place shares the state for the reason that WorkInHand's holds
// do.
class ValidationPlaces {
  struct State {
    std::mutex mutex;
    std::map<std::string, size_t> taken;
  };

 public:
  // Free again when it is destroyed.
  class Place {
   public:
    Place(std::shared_ptr<State> state, std::string account)
        : state_(std::move(state)), account_(std::move(account)) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() {
      const std::lock_guard lock(state_->mutex);
      const auto taken = state_->taken.find(account_);
      if (--taken->second == 0) state_->taken.erase(taken);
    }

   private:
    const std::shared_ptr<State> state_;
    const std::string account_;
  };

  // Null: the account has kValidationsMax.
  std::unique_ptr<Place> take(const std::string& account) {
    const std::lock_guard lock(state_->mutex);
    size_t& taken = state_->taken[account];
    if (taken == kValidationsMax) return nullptr;
    ++taken;
    return std::make_unique<Place>(state_, account);
  }

 private:
  const std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace acmecore
