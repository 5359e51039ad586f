#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <optional>
#include <semaphore>

#include "base/task.h"

namespace support {

// A place in a fake that calls wait at while a test has shut it. Open at first.
class Gate {
 public:
  // REQUIRES: who passes does so on `io`, which one thread runs, and nobody does yet.
  void shut(boost::asio::io_context& io) { shut_.emplace(io, TimePoint::max()); }

  // From any thread. Whoever waits goes on, and nobody waits from now on. REQUIRES: it was shut.
  void open() {
    boost::asio::post(shut_->get_executor(), [this] { shut_->expires_at(TimePoint::min()); });
  }

  // Blocks until so many more have come.
  void await(int count) {
    for (; count > 0; --count)
      came_.acquire();
  }

  base::Task<> pass() {
    if (!shut_) co_return;
    came_.release();
    boost::system::error_code opened;
    co_await shut_->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, opened));
  }

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  std::optional<boost::asio::steady_timer> shut_;
  std::counting_semaphore<> came_{0};
};

}  // namespace support
