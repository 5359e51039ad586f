#include "dnsserver/net/epoll.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace dnsserver::net {

namespace {

tl::unexpected<base::Error> no_epoll() {
  return base::fail(base::ErrorKind::unavailable,
                    "cannot wait for sockets: " + std::generic_category().message(errno));
}

}  // namespace

Result<Epoll> Epoll::open() {
  Epoll epoll(FileDescriptor(epoll_create1(EPOLL_CLOEXEC)),
              FileDescriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)));
  if (epoll.epoll_.get() < 0 || epoll.wake_.get() < 0) return no_epoll();
  CHECK(epoll.add(epoll.wake_.get(), EPOLLIN, nullptr));
  return epoll;
}

Result<void> Epoll::add(int fd, uint32_t events, void* tag) {
  epoll_event event{.events = events, .data = {.ptr = tag}};
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) return no_epoll();
  return {};
}

void Epoll::change(int fd, uint32_t events, void* tag) {
  epoll_event event{.events = events, .data = {.ptr = tag}};
  epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
}

std::span<const epoll_event> Epoll::wait(std::optional<std::chrono::milliseconds> timeout) {
  const int count =
      epoll_wait(epoll_.get(), events_.data(), int(kEventsMax), timeout ? int(timeout->count()) : -1);
  return {events_.data(), size_t(std::max(count, 0))};
}

void Epoll::stop() { eventfd_write(wake_.get(), 1); }

}  // namespace dnsserver::net
