#pragma once

#include <signal.h>

#include <chrono>
#include <optional>

namespace app {

// SIGHUP, SIGINT and SIGTERM, held back from all threads and taken one by one; SIGPIPE is ignored.
class Signals {
 public:
  // REQUIRES: before the process starts threads, which inherit what is held back.
  Signals();

  // The next one, or nothing after `patience`.
  std::optional<int> wait(std::chrono::seconds patience);

  // From now on they do what they do by default: end the process.
  void release();

 private:
  sigset_t set_;
};

}  // namespace app
