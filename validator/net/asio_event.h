#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace validator {

// "Call the handler when this descriptor is ready or that time has passed", as libevent and its kin mean it:
// an event is started and stopped any number of times, and its handler may do either, or destroy it.
//
// REQUIRES: `strand` runs one handler at a time, and the event is used on it alone.
class AsioEvent {
 public:
  enum class Due { read, write, timeout };
  using Handler = std::function<void(Due)>;

  explicit AsioEvent(boost::asio::any_io_executor strand) : strand_(std::move(strand)) {}
  ~AsioEvent() { stop(); }

  AsioEvent(const AsioEvent&) = delete;
  AsioEvent& operator=(const AsioEvent&) = delete;

  // What the next start() waits for.
  int descriptor = -1;  // stays its owner's; open from start() until stop(). -1: only time counts
  bool read = false;
  bool write = false;
  bool persistent = false;  // goes on after the handler was called, with its timeout begun anew
  Handler handler;

  // Starts anew if it was started. False: the descriptor cannot be waited for.
  bool start(std::optional<std::chrono::microseconds> timeout);
  // From here on the handler is not called, and the descriptor may be closed.
  void stop();

 private:
  class Wait;

  boost::asio::any_io_executor strand_;
  std::shared_ptr<Wait> wait_;  // shared with Asio's handlers, which come after stop() too
};

}  // namespace validator
