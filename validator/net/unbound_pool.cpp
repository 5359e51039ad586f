#include "validator/net/unbound_pool.h"

#include <algorithm>
#include <utility>

namespace validator {

namespace {

using Clock = std::chrono::steady_clock;

bool is_worn(const PooledContext& pooled) {
  return Clock::now() - pooled.born > kContextAgeMax || pooled.met.size() >= kNamesMetMax;
}

}  // namespace

UnboundPool::UnboundPool(UnboundLibrary& library, UnboundSettings settings)
    : library_(library), settings_(std::move(settings)) {}

base::Result<PooledContext> UnboundPool::take(const base::Name& name) {
  std::erase_if(idle_, is_worn);
  const auto fits =
      std::ranges::find_if(idle_, [&](const auto& pooled) { return !pooled.met.contains(name); });
  if (fits == idle_.end()) return take_new();
  PooledContext taken = std::move(*fits);
  idle_.erase(fits);
  return taken;
}

base::Result<PooledContext> UnboundPool::take_new() {
  TRY(auto context, UnboundContext::open(library_, settings_));
  return PooledContext{std::move(context), {}, Clock::now()};
}

void UnboundPool::put_back(PooledContext pooled) {
  if (idle_.size() == kIdleContextsMax) idle_.erase(idle_.begin());  // of about the oldest
  idle_.push_back(std::move(pooled));
}

}  // namespace validator
