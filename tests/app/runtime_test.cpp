#include "app/runtime.h"

#include <gtest/gtest.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace app {
namespace {

using std::chrono::milliseconds;

base::Task<int> answer() { co_return 42; }

TEST(Runtime, WaitsForATask) {
  Runtime runtime(2);
  EXPECT_EQ(runtime.wait(answer()), 42);
  EXPECT_TRUE(runtime.finish(milliseconds(10'000)));
}

TEST(Runtime, FinishesOnlyWhenNoWorkIsLeft) {
  Runtime runtime(2);
  boost::asio::steady_timer timer(runtime.executor(), std::chrono::hours(1));
  timer.async_wait([](boost::system::error_code) {});
  EXPECT_FALSE(runtime.finish(milliseconds(1)));
  boost::asio::post(runtime.executor(), [&timer] { timer.cancel(); });
  EXPECT_TRUE(runtime.finish(milliseconds(10'000)));
}

}  // namespace
}  // namespace app
