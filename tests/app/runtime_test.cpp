#include "app/runtime.h"

#include <gmock/gmock.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <semaphore>
#include <vector>

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

TEST(Runtime, IsIdleWhenNothingIsReady) {
  Runtime runtime(1);
  int done = 0;
  std::vector<int> done_when_idle;  // of the runtime's thread, as is `done`
  std::counting_semaphore<> all_were_done{0};
  runtime.when_idle([&] {
    done_when_idle.push_back(done);
    if (done == 10) all_were_done.release();
  });
  boost::asio::post(runtime.executor(), [&] {
    for (int i = 0; i < 10; ++i)
      boost::asio::post(runtime.executor(), [&] { ++done; });
  });
  all_were_done.acquire();
  EXPECT_TRUE(runtime.finish(milliseconds(10'000)));
  EXPECT_THAT(done_when_idle, testing::Each(testing::AnyOf(0, 10)));
}

TEST(Runtime, IsIdleInTheEndWithSeveralThreads) {
  Runtime runtime(4);
  std::atomic<int> done = 0;
  std::counting_semaphore<> all_were_done{0};
  runtime.when_idle([&] {
    if (done == 100) all_were_done.release();
  });
  for (int i = 0; i < 100; ++i)
    boost::asio::post(runtime.executor(), [&] { ++done; });
  all_were_done.acquire();
  EXPECT_TRUE(runtime.finish(milliseconds(10'000)));
}

}  // namespace
}  // namespace app
