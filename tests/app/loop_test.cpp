#include "app/loop.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>

namespace app {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

TEST(Loop, GoesOnUntilItIsStopped) {
  boost::asio::io_context io;
  int rounds = 0;
  std::unique_ptr<Loop> loop;
  const auto body = [&](Loop::Pause pause) -> base::Task<> {
    do {
      if (++rounds == 3) loop->stop();
    } while (co_await pause(milliseconds(0)));
  };
  loop = std::make_unique<Loop>(io.get_executor(), body);
  io.run();  // returns, because nothing goes on
  EXPECT_GE(rounds, 3);
  EXPECT_LE(rounds, 4);  // one pause may have been over already
}

TEST(Loop, RestsAsLongAsItIsTold) {
  EXPECT_EQ(rest_after(milliseconds(20), 4), milliseconds(80));
  EXPECT_EQ(rest_after(std::chrono::microseconds(1), 1), milliseconds(1)) << "but never not at all";
  EXPECT_EQ(rest_after(std::chrono::nanoseconds(0), 4), milliseconds(0));
  EXPECT_EQ(rest_after(milliseconds(250), 4), kRestMax);
  EXPECT_EQ(rest_after(hours(1), 4), kRestMax);
}

TEST(Loop, EndsAPauseThatIsUnderWay) {
  boost::asio::io_context io;
  bool ended = false;
  Loop loop(io.get_executor(), [&](Loop::Pause pause) -> base::Task<> {
    EXPECT_FALSE(co_await pause(hours(1)));
    ended = true;
  });
  io.poll();
  EXPECT_FALSE(ended);
  loop.stop();
  io.run();
  EXPECT_TRUE(ended);
}

TEST(Loop, IsStoppedWhenItGoes) {
  boost::asio::io_context io;
  bool ended = false;
  {
    const Loop loop(io.get_executor(), [&](Loop::Pause pause) -> base::Task<> {
      co_await pause(hours(1));
      ended = true;
    });
    io.poll();
  }
  io.run();
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace app
