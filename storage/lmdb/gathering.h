#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <utility>

namespace storage::lmdb {

// The longest that a commit waits for others to share its sync.
inline constexpr std::chrono::milliseconds kGatherTimeMax{5};

// What one transaction takes at most: beyond, a batch waits for the next. A larger batch goes alone.
inline constexpr size_t kGroupBatchesMax = 1024;
inline constexpr size_t kGroupSizeMax = 32 * 1024 * 1024;

// For whom the next commit waits, and how long. Whoever was answered last, or had to wait meanwhile, is likely to bring
// the next batch soon, and each sync that is shared is one less: two syncs are most of what a commit costs. So it waits
// for as many, until it hears that nobody is about to bring more, and no longer than a commit takes. A caller who is
// alone waits for nobody.
//
// Of one commit after the other: begin(), are_enough() and hasten() while it waits, note().
class Gathering {
 public:
  using Duration = std::chrono::steady_clock::duration;

  // Somebody has brought a batch. How long the commit waits for the others that are expected.
  Duration begin() {
    wanted_ = expected_;
    return std::min<Duration>(took_, kGatherTimeMax);
  }

  // Whether the commit need not wait if so many wait for it.
  bool are_enough(size_t waiting) const { return waiting >= (is_hastened_ ? 1 : wanted_); }

  // Nobody is about to bring more. True: whoever waits for a commit to begin looks at are_enough() again.
  bool hasten() { return !std::exchange(is_hastened_, true) && wanted_ > 1; }

  // A commit of `batches` took `took`, and `waiting` others came meanwhile. Those of before bring more once they are
  // answered, whatever was heard in between.
  void note(size_t batches, size_t waiting, Duration took) {
    expected_ = std::clamp<size_t>(batches + waiting, 1, kGroupBatchesMax);
    took_ = took;
    wanted_ = 1;
    is_hastened_ = false;
  }

 private:
  size_t expected_ = 1;
  Duration took_{0};
  size_t wanted_ = 1;  // more than one: a commit waits for so many
  bool is_hastened_ = false;
};

}  // namespace storage::lmdb
