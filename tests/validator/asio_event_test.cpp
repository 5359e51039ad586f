#include "validator/net/asio_event.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "base/file_descriptor.h"

namespace validator {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using Due = AsioEvent::Due;

class AsioEventTest : public ::testing::Test {
 protected:
  AsioEventTest() {
    event_->handler = [this](Due due) { due_.push_back(due); };
  }

  boost::asio::io_context io_;
  std::unique_ptr<AsioEvent> event_ = std::make_unique<AsioEvent>(boost::asio::make_strand(io_));
  std::vector<Due> due_;
};

TEST_F(AsioEventTest, IsDueAtOnceAfterNoTimeAndNotBeforeItReturns) {
  EXPECT_TRUE(event_->start(microseconds(0)));
  EXPECT_TRUE(due_.empty());
  io_.run();
  EXPECT_EQ(due_, std::vector{Due::timeout});
}

TEST_F(AsioEventTest, IsDueWhenItsTimeHasPassed) {
  EXPECT_TRUE(event_->start(microseconds(1)));
  io_.run();
  EXPECT_EQ(due_, std::vector{Due::timeout});
}

TEST_F(AsioEventTest, IsNotDueOnceItWasStopped) {
  for (const microseconds after : {microseconds(0), microseconds(1)}) {
    EXPECT_TRUE(event_->start(after));
    event_->stop();
    io_.run();
    io_.restart();
    EXPECT_TRUE(due_.empty());
  }
}

TEST_F(AsioEventTest, IsDueOnceWhenItWasStartedAnew) {
  for (const microseconds after : {microseconds(0), microseconds(1)}) {
    EXPECT_TRUE(event_->start(after));
    EXPECT_TRUE(event_->start(after));
    io_.run();
    io_.restart();
    EXPECT_EQ(due_, std::vector{Due::timeout});
    due_.clear();
  }
}

TEST_F(AsioEventTest, GoesOnIfItIsPersistentUntilItsHandlerStopsIt) {
  for (const microseconds after : {microseconds(0), microseconds(1)}) {
    event_->persistent = true;
    event_->handler = [this](Due due) {
      due_.push_back(due);
      if (due_.size() == 3) event_->stop();
    };
    EXPECT_TRUE(event_->start(after));
    io_.run();
    io_.restart();
    EXPECT_EQ(due_, (std::vector{Due::timeout, Due::timeout, Due::timeout}));
    due_.clear();
  }
}

TEST_F(AsioEventTest, MayBeDestroyedByItsHandlerAndBeforeIt) {
  event_->handler = [this](Due due) {
    due_.push_back(due);
    event_.reset();
  };
  EXPECT_TRUE(event_->start(microseconds(0)));
  io_.run();
  io_.restart();
  EXPECT_EQ(due_.size(), 1u);

  event_ = std::make_unique<AsioEvent>(boost::asio::make_strand(io_));
  event_->handler = [this](Due due) { due_.push_back(due); };
  EXPECT_TRUE(event_->start(microseconds(0)));
  event_.reset();
  io_.run();
  EXPECT_EQ(due_.size(), 1u);
}

TEST_F(AsioEventTest, IsDueWhenItsDescriptorIsReady) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const base::FileDescriptor out(ends[0]);
  const base::FileDescriptor in(ends[1]);
  event_->descriptor = out.get();
  event_->read = true;
  EXPECT_TRUE(event_->start(hours(1)));
  ASSERT_EQ(write(in.get(), "x", 1), 1);
  io_.run();
  EXPECT_EQ(due_, std::vector{Due::read});
}

// The handler reads nothing, so that the descriptor stays ready.
TEST_F(AsioEventTest, IsDueOnceForEachTimeThatIsNoneThoughItsDescriptorIsReady) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const base::FileDescriptor out(ends[0]);
  const base::FileDescriptor in(ends[1]);
  ASSERT_EQ(write(in.get(), "x", 1), 1);
  event_->descriptor = out.get();
  event_->read = true;
  event_->persistent = true;
  event_->handler = [this](Due due) {
    due_.push_back(due);
    if (due_.size() == 200) event_->stop();
  };
  EXPECT_TRUE(event_->start(microseconds(0)));
  io_.run();
  const auto timeouts = std::ranges::count(due_, Due::timeout);
  const auto reads = std::ranges::count(due_, Due::read);
  EXPECT_GT(timeouts, 0);
  EXPECT_LE(timeouts, 5 * reads) << "each read began another row of them";
}

TEST_F(AsioEventTest, CannotWaitForWhatIsNoDescriptor) {
  event_->descriptor = 1'000'000;
  event_->read = true;
  EXPECT_FALSE(event_->start(std::nullopt));
}

}  // namespace
}  // namespace validator
