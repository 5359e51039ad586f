#include "validator/net/ask_all.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "base/async/serial_executor.h"

namespace validator {

namespace asio = boost::asio;
using base::Task;

namespace {

// Belongs to one strand.
struct Asking {
  Prober& prober;
  std::vector<Question> questions;
  std::vector<Reply> replies;
  asio::steady_timer ended;  // cancelled when nobody asks any more
  size_t next = 0;
  size_t asking = 0;
  std::exception_ptr failure = nullptr;
};

// One of those that share the questions.
Task<> ask_in_turn(Asking& asking) try {
  while (asking.next < asking.questions.size()) {
    const size_t index = asking.next++;
    const Question& question = asking.questions[index];
    Reply reply = co_await asking.prober.ask(question.server, question.query, Transport::udp);
    asking.replies[index] = std::move(reply);
  }
  if (--asking.asking == 0) asking.ended.cancel();
} catch (...) {
  asking.failure = std::current_exception();
  if (--asking.asking == 0) asking.ended.cancel();
}

// On the strand, so that nobody ends while others are still begun. (Asio 1.81's parallel_group looks at its
// operations after the last may have ended elsewhere.)
Task<> ask_on_strand(Asking& asking) {
  const auto strand = co_await asio::this_coro::executor;
  asking.asking = std::min(asking.questions.size(), kAskedAtOnceMax);
  for (size_t i = asking.asking; i > 0; --i)
    asio::co_spawn(strand, ask_in_turn(asking), asio::detached);
  boost::system::error_code cancelled;
  while (asking.asking > 0)
    co_await asking.ended.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

}  // namespace

Task<std::vector<Reply>> ask_all(Prober& prober, std::vector<Question> questions) {
  const size_t count = questions.size();
  if (count == 0) co_return std::vector<Reply>();
  const asio::any_io_executor strand = base::serial_executor(co_await asio::this_coro::executor);
  asio::steady_timer ended(strand, asio::steady_timer::time_point::max());
  Asking asking{prober, std::move(questions), std::vector<Reply>(count), std::move(ended)};
  co_await asio::co_spawn(strand, ask_on_strand(asking), asio::use_awaitable);
  if (asking.failure) std::rethrow_exception(asking.failure);
  co_return std::move(asking.replies);
}

}  // namespace validator
