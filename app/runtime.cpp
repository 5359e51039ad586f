#include "app/runtime.h"

#include <cassert>

namespace app {

Runtime::Runtime(unsigned threads) : context_(int(threads)), guard_(context_.get_executor()) {
  for (unsigned i = 0; i < threads; ++i) {
    threads_.emplace_back([this] {
      run();
      ended_.release();
    });
  }
}

void Runtime::when_idle(std::function<void()> idle) {
  assert(!has_idle_);
  idle_ = std::move(idle);
  has_idle_.store(true, std::memory_order_release);
}

// What is ready, until nothing is; then whatever comes next. That one does not count as something to do: Asio tells of
// it afterwards.
void Runtime::run() {
  do {
    ++busy_;
    context_.poll();
    if (--busy_ == 0 && has_idle_.load(std::memory_order_acquire)) idle_();
  } while (context_.run_one() > 0);
}

Runtime::~Runtime() { assert(threads_.empty()); }

bool Runtime::finish(std::chrono::milliseconds patience) {
  guard_.reset();
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (; ended_count_ < threads_.size(); ++ended_count_) {
    if (!ended_.try_acquire_until(deadline)) return false;
  }
  for (std::thread& thread : threads_)
    thread.join();
  threads_.clear();
  return true;
}

}  // namespace app
