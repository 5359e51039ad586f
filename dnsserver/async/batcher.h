#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cassert>
#include <deque>
#include <exception>
#include <functional>
#include <utility>
#include <vector>

#include "base/async/serial_executor.h"
#include "base/task.h"
#include "storage/async/answer.h"

namespace dnsserver {

// Gathers what many callers ask for while an earlier batch is carried out, and carries it out as the next
// one: an actor with one batch under way at a time. Thread-safe. Outlives its calls.
template <class Change, class Outcome>
class Batcher {
 public:
  using Executor = base::Task<>::executor_type;
  // Returns an outcome for each change, in their order. Runs on a strand of the executor, never twice at once.
  using CarryOut = std::function<base::Task<std::vector<Outcome>>(std::vector<Change>)>;

  struct Limits {
    size_t size_max;     // changes in one batch
    size_t waiting_max;  // changes that wait for the next; one more gets the outcome `refused`
  };

  Batcher(Executor executor, Limits limits, Outcome refused, CarryOut carry_out)
      : strand_(base::serial_executor(executor)),
        limits_(limits),
        refused_(std::move(refused)),
        carry_out_(std::move(carry_out)) {}

  Batcher(const Batcher&) = delete;
  Batcher& operator=(const Batcher&) = delete;

  // Returns the outcome, on the caller's executor. The change is carried out even if the caller goes away.
  base::Task<Outcome> submit(Change change) {
    auto start = [&](storage::Answer<Outcome> answer) {
      auto arrive = [this, waiting = Waiting{std::move(change), std::move(answer)}]() mutable {
        enqueue(std::move(waiting));
      };
      boost::asio::post(strand_, std::move(arrive));
    };
    co_return co_await storage::answered<Outcome>(start);
  }

 private:
  struct Waiting {
    Change change;
    storage::Answer<Outcome> answer;
  };

  void enqueue(Waiting waiting) {
    if (waiting_.size() >= limits_.waiting_max) {
      std::move(waiting.answer).give(refused_);
      return;
    }
    waiting_.push_back(std::move(waiting));
    if (!std::exchange(running_, true)) boost::asio::co_spawn(strand_, run(), &rethrow);
  }

  base::Task<> run() {
    while (!waiting_.empty()) {
      // What is on its way to the strand joins the batch.
      co_await boost::asio::post(strand_, boost::asio::use_awaitable);
      std::vector<Change> changes;
      std::vector<storage::Answer<Outcome>> answers;
      while (!waiting_.empty() && changes.size() < limits_.size_max) {
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

  const Executor strand_;
  const Limits limits_;
  const Outcome refused_;
  CarryOut carry_out_;
  std::deque<Waiting> waiting_;  // this and the next belong to the strand
  bool running_ = false;
};

}  // namespace dnsserver
