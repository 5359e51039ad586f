#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "base/background.h"

namespace base {

// Runs the work as coroutines on one executor. Thread-safe. It may go before the work does; the executor's
// context destroys what has not come to its end.
class ExecutorBackground final : public Background {
 public:
  explicit ExecutorBackground(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

  Task<bool> run(Task<void> work, std::chrono::milliseconds patience) override;

 private:
  const boost::asio::any_io_executor executor_;
};

}  // namespace base
