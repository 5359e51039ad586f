#include "app/loop.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/async/serial_executor.h"

namespace app {

// All of it is touched on one strand.
class Loop::State {
 public:
  State(const boost::asio::any_io_executor& executor, Body body)
      : strand_(base::serial_executor(executor)), timer_(strand_), body_(std::move(body)) {}

  static base::Task<> run(std::shared_ptr<State> self) {
    const Pause pause = [state = self.get()](std::chrono::milliseconds duration) {
      return state->pause(duration);
    };
    co_await self->body_(pause);
  }

  static void stop(std::shared_ptr<State> self) {
    const auto strand = self->strand_;
    boost::asio::post(strand, [self = std::move(self)] {
      self->stopped_ = true;
      self->timer_.cancel();
    });
  }

  const boost::asio::any_io_executor& strand() const { return strand_; }

 private:
  base::Task<bool> pause(std::chrono::milliseconds duration) {
    if (stopped_) co_return false;
    timer_.expires_after(duration);
    co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    co_return !stopped_;
  }

  const boost::asio::any_io_executor strand_;
  boost::asio::steady_timer timer_;
  const Body body_;
  bool stopped_ = false;
};

Loop::Loop(boost::asio::any_io_executor executor, Body body)
    : state_(std::make_shared<State>(std::move(executor), std::move(body))) {
  boost::asio::co_spawn(state_->strand(), State::run(state_), boost::asio::detached);
}

Loop::~Loop() { stop(); }

void Loop::stop() { State::stop(state_); }

std::chrono::milliseconds rest_after(std::chrono::nanoseconds took, int times) {
  return std::chrono::ceil<std::chrono::milliseconds>(
      std::min<std::chrono::nanoseconds>(times * took, kRestMax));
}

}  // namespace app
