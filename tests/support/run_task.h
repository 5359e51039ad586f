#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include "base/task.h"

namespace support {

// Runs `io` until `task` is done, and returns what it returned. Other work of `io` goes on meanwhile.
template <class T>
T run_task(boost::asio::io_context& io, base::Task<T> task) {
  std::optional<T> result;
  std::exception_ptr thrown;
  boost::asio::co_spawn(io, std::move(task), [&](std::exception_ptr exception, T value) {
    thrown = exception;
    result = std::move(value);
  });
  io.restart();
  while (!result) {
    if (io.run_one() == 0) throw std::logic_error("the task waits for nothing");
  }
  if (thrown) std::rethrow_exception(thrown);
  return *std::move(result);
}

// The same on an executor of its own. It returns once that has no work left: whoever woke the task from
// another thread has let go of it by then.
template <class T>
T run_task(base::Task<T> task) {
  boost::asio::io_context io;
  T result = run_task(io, std::move(task));
  io.run();
  return result;
}

}  // namespace support
