#pragma once

#include <sys/eventfd.h>

#include <atomic>
#include <cerrno>
#include <memory>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "dnsserver/net/socket.h"

namespace dnsserver::net {

// Brings responses that took time to the thread that owns the socket they go out by. `To` says to whom.
//
// post() is for any thread, the rest for the owner. Held by shared_ptr, so that who posts need not know whether the
// owner is still there: what nobody takes goes with the mailbox.
template <class To>
class Mailbox {
 public:
  struct Letter {
    To to;
    base::Bytes response;
  };

  // unavailable: the process has no file descriptors left.
  static Result<std::shared_ptr<Mailbox>> open() {
    FileDescriptor wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (wake.get() < 0) {
      return base::fail(base::ErrorKind::unavailable,
                        "cannot wait for responses: " + std::generic_category().message(errno));
    }
    return std::shared_ptr<Mailbox>(new Mailbox(std::move(wake)));
  }

  void post(To to, base::Bytes response) {
    const std::lock_guard lock(mutex_);
    letters_.push_back({std::move(to), std::move(response)});
    if (!has_letters_.exchange(true, std::memory_order_release)) eventfd_write(wake_.get(), 1);
  }

  // Costs one load.
  bool has_letters() const { return has_letters_.load(std::memory_order_acquire); }

  std::vector<Letter> take() {
    const std::lock_guard lock(mutex_);
    eventfd_t count = 0;
    eventfd_read(wake_.get(), &count);
    has_letters_.store(false, std::memory_order_relaxed);
    return std::exchange(letters_, {});
  }

  // Readable while there are letters.
  int fd() const { return wake_.get(); }

 private:
  explicit Mailbox(FileDescriptor wake) : wake_(std::move(wake)) {}

  const FileDescriptor wake_;
  std::atomic<bool> has_letters_ = false;
  // Taken for a few instructions, and only for responses that waited for a commit.
  std::mutex mutex_;
  std::vector<Letter> letters_;
};

}  // namespace dnsserver::net
