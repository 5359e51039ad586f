#include "dnsserver/async/batcher.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <string>

namespace dnsserver {
namespace {

using Ints = std::vector<int>;

class BatcherTest : public testing::Test {
 protected:
  std::vector<std::future<std::string>> submit(Batcher<int, std::string>& batcher, int from, int to) {
    std::vector<std::future<std::string>> outcomes;
    for (int i = from; i < to; ++i) {
      outcomes.push_back(boost::asio::co_spawn(io_, batcher.submit(i), boost::asio::use_future));
    }
    return outcomes;
  }

  boost::asio::io_context io_;
  std::vector<Ints> batches_;
};

TEST_F(BatcherTest, CarriesOutWhatComesAtOnceTogetherUpToItsSize) {
  Batcher<int, std::string> batcher(io_.get_executor(), {4, 100}, "refused",
                                    [&](Ints changes) -> base::Task<std::vector<std::string>> {
                                      batches_.push_back(changes);
                                      std::vector<std::string> outcomes;
                                      for (const int change : changes)
                                        outcomes.push_back(std::to_string(change));
                                      co_return outcomes;
                                    });
  auto outcomes = submit(batcher, 0, 10);
  io_.run();
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(outcomes[size_t(i)].get(), std::to_string(i));
  EXPECT_EQ(batches_, (std::vector<Ints>{{0, 1, 2, 3}, {4, 5, 6, 7}, {8, 9}}));

  auto later = submit(batcher, 10, 11);
  io_.restart();
  io_.run();
  EXPECT_EQ(later[0].get(), "10") << "it starts again after it had nothing to do";
}

TEST_F(BatcherTest, RefusesWhatIsTooMuchToWait) {
  Batcher<int, std::string> batcher(io_.get_executor(), {4, 3}, "refused",
                                    [&](Ints changes) -> base::Task<std::vector<std::string>> {
                                      co_return std::vector<std::string>(changes.size(), "done");
                                    });
  auto outcomes = submit(batcher, 0, 5);
  io_.run();
  for (size_t i = 0; i < 5; ++i)
    EXPECT_EQ(outcomes[i].get(), i < 3 ? "done" : "refused");
}

TEST_F(BatcherTest, HasOneBatchUnderWayAtATime) {
  int under_way = 0;
  Batcher<int, std::string>* self = nullptr;
  std::vector<std::future<std::string>> inner;
  Batcher<int, std::string> batcher(io_.get_executor(), {100, 100}, "refused",
                                    [&](Ints changes) -> base::Task<std::vector<std::string>> {
                                      EXPECT_EQ(++under_way, 1);
                                      batches_.push_back(changes);
                                      if (changes[0] == 0) inner = submit(*self, 1, 3);
                                      for (int i = 0; i < 5; ++i)
                                        co_await boost::asio::post(boost::asio::use_awaitable);
                                      --under_way;
                                      co_return std::vector<std::string>(changes.size(), "done");
                                    });
  self = &batcher;
  submit(batcher, 0, 1);
  io_.run();
  EXPECT_EQ(batches_, (std::vector<Ints>{{0}, {1, 2}}));
}

}  // namespace
}  // namespace dnsserver
