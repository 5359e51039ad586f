#include "validator/net/ask_all.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

namespace validator {

namespace asio = boost::asio;
using base::Task;

namespace {

// Belongs to one strand.
struct Asking {
  Prober& prober;
  std::vector<Question> questions;
  std::vector<Reply> replies;
  size_t next = 0;
};

// One of those that share the questions.
Task<> ask_in_turn(Asking& asking) {
  while (asking.next < asking.questions.size()) {
    const size_t index = asking.next++;
    const Question& question = asking.questions[index];
    Reply reply = co_await asking.prober.ask(question.server, question.query, Transport::udp);
    asking.replies[index] = std::move(reply);
  }
}

}  // namespace

Task<std::vector<Reply>> ask_all(Prober& prober, std::vector<Question> questions) {
  const size_t count = questions.size();
  if (count == 0) co_return std::vector<Reply>();
  Asking asking{prober, std::move(questions), std::vector<Reply>(count)};
  const asio::any_io_executor strand = asio::make_strand(co_await asio::this_coro::executor);
  std::vector<decltype(asio::co_spawn(strand, ask_in_turn(asking), asio::deferred))> workers;
  for (size_t i = 0; i < std::min(count, kAskedAtOnceMax); ++i)
    workers.push_back(asio::co_spawn(strand, ask_in_turn(asking), asio::deferred));
  auto all = asio::experimental::make_parallel_group(std::move(workers));
  const auto [order, failures] =
      co_await all.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
  co_return std::move(asking.replies);
}

}  // namespace validator
