#pragma once

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <optional>
#include <span>

#include "dnsserver/net/socket.h"

namespace dnsserver::net {

// Waits for many file descriptors at once, and for other threads to call it off.
class Epoll {
 public:
  // unavailable: the process has no file descriptors left.
  static Result<Epoll> open();

  // Level-triggered. `tag` comes back with each event of `fd`. REQUIRES: tag != nullptr.
  Result<void> add(int fd, uint32_t events, void* tag);
  void change(int fd, uint32_t events, void* tag);

  // What has happened; nothing if `timeout` went by. An event without a tag is stop(). Aliases this.
  std::span<const epoll_event> wait(std::optional<std::chrono::milliseconds> timeout);

  // For any thread: ends the wait under way, and each later one at once.
  void stop();

 private:
  static constexpr size_t kEventsMax = 128;

  Epoll(FileDescriptor epoll, FileDescriptor wake) : epoll_(std::move(epoll)), wake_(std::move(wake)) {}

  FileDescriptor epoll_;
  FileDescriptor wake_;
  std::array<epoll_event, kEventsMax> events_;
};

}  // namespace dnsserver::net
