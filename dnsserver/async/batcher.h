#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cassert>
#include <deque>
#include <exception>
#include <functional>
#include <utility>
#include <vector>

#include "base/task.h"
#include "storage/async/answer.h"

namespace dnsserver {

// Gathers what many callers ask for while an earlier batch is carried out, and carries it out as the next
// one: an actor with one batch under way at a time. Thread-safe. Outlives its calls.
template <class Change, class Outcome>
class Batcher {
 public:
  using Executor = base::Task<>::executor_type;
  // Returns an outcome for each change, in their order. Runs on a strand of the executor, never twice at
  // once.
  using CarryOut = std::function<base::Task<std::vector<Outcome>>(std::vector<Change>)>;

  // At most `size_max` changes are one batch.
  Batcher(Executor executor, size_t size_max, CarryOut carry_out)
      : strand_(boost::asio::make_strand(std::move(executor))),
        size_max_(size_max),
        carry_out_(std::move(carry_out)) {}

  Batcher(const Batcher&) = delete;
  Batcher& operator=(const Batcher&) = delete;

  // Returns the outcome, on the caller's executor. The change is carried out even if the caller goes away.
  base::Task<Outcome> submit(Change change) {
    auto start = [&](storage::Answer<Outcome> answer) {
      auto enqueue = [this, waiting = Waiting{std::move(change), std::move(answer)}]() mutable {
        waiting_.push_back(std::move(waiting));
        if (!std::exchange(running_, true)) boost::asio::co_spawn(strand_, run(), &rethrow);
      };
      boost::asio::post(strand_, std::move(enqueue));
    };
    co_return co_await storage::answered<Outcome>(start);
  }

 private:
  struct Waiting {
    Change change;
    storage::Answer<Outcome> answer;
  };

  base::Task<> run() {
    while (!waiting_.empty()) {
      // What is on its way to the strand joins the batch.
      co_await boost::asio::post(strand_, boost::asio::use_awaitable);
      std::vector<Change> changes;
      std::vector<storage::Answer<Outcome>> answers;
      while (!waiting_.empty() && changes.size() < size_max_) {
        changes.push_back(std::move(waiting_.front().change));
        answers.push_back(std::move(waiting_.front().answer));
        waiting_.pop_front();
      }
      std::vector<Outcome> outcomes = co_await carry_out_(std::move(changes));
      assert(outcomes.size() == answers.size());
      for (size_t i = 0; i < answers.size(); ++i)
        std::move(answers[i]).give(std::move(outcomes[i]));
    }
    running_ = false;
  }

  static void rethrow(std::exception_ptr thrown) {
    if (thrown) std::rethrow_exception(thrown);  // nothing of ours throws: memory is exhausted
  }

  boost::asio::strand<Executor> strand_;
  size_t size_max_;
  CarryOut carry_out_;
  std::deque<Waiting> waiting_;  // this and the next belong to the strand
  bool running_ = false;
};

}  // namespace dnsserver
