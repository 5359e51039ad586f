#pragma once

#include <optional>

#include "base/error.h"

namespace acmecore {

// What the parts of a sweep came to. None that fails keeps another from removing what is over, which is how a full
// store gets room.
class SweepProgress {
 public:
  void note(const base::Result<void>& part) {
    if (!part && !failure_) failure_ = part.error();
  }
  // Whether the part has more to do at once.
  void note(const base::Result<bool>& part) {
    if (!part) return note(base::Result<void>(tl::unexpected(part.error())));
    more_ = more_ || *part;
  }

  bool has_failed() const { return failure_.has_value(); }

  // Whether more is due at once; else the first error. One that came while more is due comes again with the last of it.
  base::Result<bool> result() const {
    if (failure_ && !more_) return tl::unexpected(*failure_);
    return more_;
  }

 private:
  bool more_ = false;
  std::optional<base::Error> failure_;
};

}  // namespace acmecore
