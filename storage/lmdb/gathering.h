#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace storage::lmdb {

// The longest that a commit waits for others to share its sync.
inline constexpr std::chrono::milliseconds kGatherTimeMax{5};

// For whom the next commit waits, and how long. Whoever was answered last, or had to wait meanwhile, is likely to bring
// the next batch soon, and each sync that is shared is one less: two syncs are most of what a commit costs. So it waits
// for as many, for half the time that a commit takes. A caller who is alone waits for nobody.
class Gathering {
 public:
  using Duration = std::chrono::steady_clock::duration;

  // A commit of `batches` took `took`, and `waiting` others came meanwhile.
  void note(size_t batches, size_t waiting, Duration took) {
    expected_ = std::max<size_t>(batches + waiting, 1);
    took_ = took;
  }

  // Batches with which the next commit begins at once.
  size_t expected() const { return expected_; }

  // How long it waits for them.
  Duration patience() const { return std::min<Duration>(took_ / 2, kGatherTimeMax); }

 private:
  size_t expected_ = 1;
  Duration took_{0};
};

}  // namespace storage::lmdb
