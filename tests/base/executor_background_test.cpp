#include "base/async/executor_background.h"

#include <gtest/gtest.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>

#include "tests/support/run_task.h"

namespace base {
namespace {

namespace asio = boost::asio;
using std::chrono::hours;
using std::chrono::milliseconds;

Task<void> count(int& counted) {
  ++counted;
  co_return;
}

// Is suspended until `gate` is destroyed or cancelled.
Task<void> wait_at(asio::steady_timer& gate, int& counted) {
  boost::system::error_code ignored;
  co_await gate.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  ++counted;
}

Task<void> throws() {
  throw std::runtime_error("thrown by a test");
  co_return;
}

TEST(ExecutorBackground, WaitsForWorkThatIsFasterThanItsPatience) {
  asio::io_context io;
  ExecutorBackground background(io.get_executor());
  int counted = 0;
  EXPECT_TRUE(support::run_task(io, background.run(count(counted), hours(1))));
  EXPECT_EQ(counted, 1);
}

TEST(ExecutorBackground, LetsWorkGoOnThatIsSlower) {
  asio::io_context io;
  asio::steady_timer gate(io, hours(1));
  ExecutorBackground background(io.get_executor());
  int counted = 0;
  EXPECT_FALSE(support::run_task(io, background.run(wait_at(gate, counted), milliseconds(1))));
  EXPECT_EQ(counted, 0);
  gate.cancel();
  io.run();
  EXPECT_EQ(counted, 1);
}

TEST(ExecutorBackground, DoesNotWaitWithoutPatience) {
  asio::io_context io;
  ExecutorBackground background(io.get_executor());
  int counted = 0;
  EXPECT_FALSE(support::run_task(io, background.run(count(counted), milliseconds(0))));
  io.run();
  EXPECT_EQ(counted, 1);
}

TEST(ExecutorBackground, SurvivesWorkThatThrows) {
  asio::io_context io;
  ExecutorBackground background(io.get_executor());
  EXPECT_TRUE(support::run_task(io, background.run(throws(), hours(1))));
}

TEST(ExecutorBackground, WakesItsCallerFromAnotherThread) {
  asio::thread_pool workers(2);
  ExecutorBackground background(workers.get_executor());
  for (int i = 0; i < 200; ++i) {
    int counted = 0;
    EXPECT_TRUE(support::run_task(background.run(count(counted), hours(1))));
    EXPECT_EQ(counted, 1);
  }
}

TEST(ExecutorBackground, LeavesUnfinishedWorkToTheExecutor) {
  int counted = 0;
  {
    asio::io_context io;
    asio::steady_timer gate(io, hours(1));
    ExecutorBackground background(io.get_executor());
    EXPECT_FALSE(support::run_task(io, background.run(wait_at(gate, counted), milliseconds(1))));
  }
  EXPECT_EQ(counted, 0);
}

}  // namespace
}  // namespace base
