#pragma once

#include "validator/pause.h"

namespace validator {

// Waits on the executor of the coroutine that awaits it; returns early if that is cancelled.
class AsioPause final : public Pause {
 public:
  base::Task<> wait(std::chrono::milliseconds duration) override;
};

}  // namespace validator
