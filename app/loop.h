#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <memory>

#include "base/task.h"

namespace app {

// A coroutine in the background that goes on until it is stopped.
class Loop {
 public:
  // Returns after so long, or sooner and false when the loop is to end.
  using Pause = std::function<base::Task<bool>(std::chrono::milliseconds)>;
  using Body = std::function<base::Task<>(Pause)>;

  // Runs `body` on a strand of `executor`. What it refers to outlives the executor's work.
  Loop(boost::asio::any_io_executor executor, Body body);
  ~Loop();  // as stop()
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // From now on every pause says that it is time to end. Returns at once, from any thread.
  void stop();

 private:
  class State;

  std::shared_ptr<State> state_;  // shared with the coroutine, which ends later
};

// Longer than this no piece of work that is done in pieces rests.
inline constexpr std::chrono::seconds kRestMax{1};

// How long it rests after a piece that took so long: so many times as long, so that what clients wait for goes on.
std::chrono::milliseconds rest_after(std::chrono::nanoseconds took, int times);

}  // namespace app
