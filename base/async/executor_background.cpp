#include "base/async/executor_background.h"

#include <atomic>
#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <memory>
#include <utility>

#include "base/log.h"

namespace base {

namespace asio = boost::asio;

namespace {

// Wakes who waits, once: when the work is done or when the time is up.
class Waiter {
 public:
  using Handler = asio::any_completion_handler<void(bool)>;

  Waiter(asio::any_io_executor executor, Handler handler, std::chrono::milliseconds patience)
      : executor_(std::move(executor)), handler_(std::move(handler)), timer_(executor_, patience) {}

  // Before the work starts, so that after this only finish() touches the timer.
  static void start(const std::shared_ptr<Waiter>& waiter) {
    waiter->timer_.async_wait([waiter](boost::system::error_code) { waiter->wake(false); });
  }

  void finish() {
    wake(true);
    timer_.cancel();
  }

 private:
  void wake(bool done) {
    if (woken_.exchange(true)) return;
    auto resume = [handler = std::move(handler_), done]() mutable { std::move(handler)(done); };
    asio::post(executor_, std::move(resume));
  }

  const asio::any_io_executor executor_;
  Handler handler_;
  asio::steady_timer timer_;
  std::atomic<bool> woken_ = false;
};

// Our code throws nothing, but what it calls may run out of memory.
void report(std::exception_ptr thrown) {
  if (!thrown) return;
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& exception) {
    log::error("background.threw", {{"what", exception.what()}});
  }
}

}  // namespace

Task<bool> ExecutorBackground::run(Task<void> work, std::chrono::milliseconds patience) {
  if (patience <= std::chrono::milliseconds(0)) {
    asio::co_spawn(executor_, std::move(work), report);
    co_return false;
  }
  auto initiate = [this, &work, patience](auto handler) {
    asio::any_io_executor executor = asio::get_associated_executor(handler);
    auto waiter = std::make_shared<Waiter>(std::move(executor), std::move(handler), patience);
    Waiter::start(waiter);
    auto finished = [waiter](std::exception_ptr thrown) {
      report(thrown);
      waiter->finish();
    };
    asio::co_spawn(executor_, std::move(work), std::move(finished));
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(bool)>(initiate,
                                                                                      asio::use_awaitable);
}

}  // namespace base
