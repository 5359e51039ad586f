#pragma once

#include <chrono>
#include <memory>
#include <unordered_set>
#include <vector>

#include "base/error.h"
#include "base/name.h"
#include "validator/net/unbound_context.h"
#include "validator/net/unbound_options.h"

namespace validator {

// How long a context serves, so how old may be what it remembers of parents: their NS, DS and DNSKEY, and
// which servers are slow.
inline constexpr std::chrono::seconds kContextAgeMax{10};
// Names that a context meets before it is replaced; bounds the memory of one.
inline constexpr size_t kNamesMetMax = 1000;
// Contexts kept for the next look-up. Making one costs about a millisecond of CPU.
inline constexpr size_t kIdleContextsMax = 32;

// A context and the names of which its caches hold RRsets.
struct PooledContext {
  std::unique_ptr<UnboundContext> context;
  std::unordered_set<base::Name> met;
  std::chrono::steady_clock::time_point born;

  bool is_new() const { return met.empty(); }
};

// libunbound's contexts, kept so that no answer comes from their caches. libunbound cannot be told to leave
// out its caches: even with a TTL of 0 it answers from them within the same second, and it joins equal
// questions that are under way. So a name is asked of a context that has never met it, and a context is used
// for one look-up at a time. Whoever finds that the answer led to a name that the context had met before,
// asks a new one.
class UnboundPool {
 public:
  UnboundPool(UnboundLibrary& library, UnboundSettings settings);

  // A context of its own for a look-up of `name`: one that is idle and has not met it, or a new one.
  base::Result<PooledContext> take(const base::Name& name);

  // A context that has met no name.
  base::Result<PooledContext> take_new();

  // Takes back a context whose look-up has ended well. `met` has the names of that look-up.
  void put_back(PooledContext pooled);

  void clear() { idle_.clear(); }

 private:
  UnboundLibrary& library_;
  UnboundSettings settings_;
  std::vector<PooledContext> idle_;
};

}  // namespace validator
