#pragma once

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <functional>
#include <future>
#include <semaphore>
#include <thread>
#include <utility>
#include <vector>

#include "base/task.h"

namespace app {

// The threads that everything but DNS answers, gRPC's transport and the store's writer runs on.
class Runtime {
 public:
  using Executor = boost::asio::io_context::executor_type;

  explicit Runtime(unsigned threads);
  // REQUIRES: finish() returned true.
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  Executor executor() { return context_.get_executor(); }

  // Runs a task to its end and returns what it does. REQUIRES: not on one of the runtime's threads.
  template <class T>
  T wait(base::Task<T> task) {
    return start(std::move(task)).get();
  }
  template <class T>
  std::future<T> start(base::Task<T> task) {
    return boost::asio::co_spawn(context_, std::move(task), boost::asio::use_future);
  }

  // From now on `idle` is called whenever a thread has nothing left to do and no other one has, by that thread. Where
  // there are several it may be called too early, while another one is at the first thing it was woken for.
  // REQUIRES: once. It is thread-safe, neither blocks nor throws, and outlives the runtime's work.
  void when_idle(std::function<void()> idle);

  // Returns when no work is left, or false after `patience`. Work that begets work for ever must have been
  // stopped before.
  bool finish(std::chrono::milliseconds patience);

 private:
  void run();

  boost::asio::io_context context_;
  boost::asio::executor_work_guard<Executor> guard_;
  std::function<void()> idle_;
  std::atomic<bool> has_idle_ = false;  // idle_ is there
  std::atomic<unsigned> busy_ = 0;      // threads that may have something to do
  std::counting_semaphore<> ended_{0};
  size_t ended_count_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace app
