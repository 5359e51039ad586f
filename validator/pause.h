#pragma once

#include <chrono>

#include "base/task.h"

namespace validator {

// Lets time pass between two attempts. An interface so that tests do not wait.
class Pause {
 public:
  virtual ~Pause() = default;
  virtual base::Task<> wait(std::chrono::milliseconds duration) = 0;
};

}  // namespace validator
