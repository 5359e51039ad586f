#include "app/runtime.h"

#include <cassert>

namespace app {

Runtime::Runtime(unsigned threads) : context_(int(threads)), guard_(context_.get_executor()) {
  for (unsigned i = 0; i < threads; ++i) {
    threads_.emplace_back([this] {
      context_.run();
      ended_.release();
    });
  }
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
