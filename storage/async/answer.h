#pragma once

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "base/task.h"

namespace storage {

// The right to wake one suspended coroutine, once, from any thread. The coroutine resumes on its own
// executor, which has work until then. Destroyed without give(), the coroutine is destroyed, too.
template <class T>
class Answer {
 public:
  template <class Handler>
  explicit Answer(Handler handler)
      : executor_(
            boost::asio::prefer(boost::asio::any_io_executor(boost::asio::get_associated_executor(handler)),
                                boost::asio::execution::outstanding_work.tracked)),
        handler_(std::move(handler)) {}

  const boost::asio::any_io_executor& executor() const { return executor_; }
  // Whether the same threads resume both, be it on strands of their own.
  bool is_beside(const Answer& other) const {
    const auto context = [](const Answer& answer) {
      return &boost::asio::query(answer.executor_, boost::asio::execution::context);
    };
    return context(*this) == context(other);
  }

  // Asio's handler does not say that it cannot be copied, and would copy itself for ever.
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;
  Answer(Answer&&) = default;
  Answer& operator=(Answer&&) = default;

  // After this, nothing here refers to the executor.
  void give(T value) && {
    const auto executor = std::move(executor_);
    auto wake = [handler = std::move(handler_), value = std::move(value)]() mutable {
      std::move(handler)(std::move(value));
    };
    boost::asio::post(executor, std::move(wake));
  }

 private:
  boost::asio::any_io_executor executor_;
  boost::asio::any_completion_handler<void(T)> handler_;
};

// Suspends the coroutine that awaits, calls start(Answer<T>), and returns what the answer was given.
template <class T, class Start>
base::Task<T> answered(Start& start) {
  auto initiate = [&start](auto handler) { start(Answer<T>(std::move(handler))); };
  co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void(T)>(
      initiate, boost::asio::use_awaitable);
}

}  // namespace storage
