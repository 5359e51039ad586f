#include "base/async/serial_executor.h"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

namespace base {
namespace {

namespace asio = boost::asio;

constexpr int kTimes = 2000;

// Counts that often, and fails if two count at a time.
struct Counter {
  std::atomic<bool> is_inside = false;
  int counted = 0;

  void count_on(const asio::any_io_executor& serial) {
    for (int i = 0; i < kTimes; ++i) {
      asio::post(serial, [this] {
        EXPECT_FALSE(is_inside.exchange(true));
        ++counted;
        is_inside = false;
      });
    }
  }
};

TEST(SerialExecutor, RunsOneThingAfterTheOther) {
  asio::thread_pool pool(4);
  Counter counter;
  counter.count_on(serial_executor(pool.get_executor()));
  pool.join();
  EXPECT_EQ(counter.counted, kTimes);
}

TEST(SerialExecutor, IsOnAnIoContextItself) {
  asio::io_context io;
  asio::thread_pool threads(2);
  const asio::any_io_executor serial = serial_executor(io.get_executor());
  Counter counter;
  counter.count_on(serial);
  for (int i = 0; i < 2; ++i)
    asio::post(threads, [&io] { io.run(); });
  threads.join();
  EXPECT_EQ(counter.counted, kTimes);
  using Small = asio::strand<asio::io_context::executor_type>;
  EXPECT_NE(serial.target<Small>(), nullptr) << "an any_io_executor has room for this one";
}

TEST(SerialExecutor, IsAnotherOneEachTime) {
  asio::io_context io;
  const asio::any_io_executor one = serial_executor(io.get_executor());
  const asio::any_io_executor copy = one;
  EXPECT_EQ(copy, one);
  EXPECT_NE(serial_executor(io.get_executor()), one);
}

TEST(SerialExecutor, CanBeOnAnotherOne) {
  asio::io_context io;
  const asio::any_io_executor inner = serial_executor(serial_executor(io.get_executor()));
  bool done = false;
  asio::post(inner, [&done] { done = true; });
  io.run();
  EXPECT_TRUE(done);
}

}  // namespace
}  // namespace base
