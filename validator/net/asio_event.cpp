#include "validator/net/asio_event.h"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

namespace validator {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Descriptor = asio::posix::stream_descriptor;

}  // namespace

// An event between start and stop. After stop, `event_` is null, and what Asio still calls does nothing.
class AsioEvent::Wait : public std::enable_shared_from_this<Wait> {
 public:
  Wait(AsioEvent& event, const asio::any_io_executor& strand)
      : event_(&event), descriptor_(strand), timer_(strand) {}

  bool start(std::optional<std::chrono::microseconds> timeout) {
    if (event_->descriptor >= 0 && (event_->read || event_->write)) {
      error_code failed;
      descriptor_.assign(event_->descriptor, failed);
      if (failed) return false;
      if (event_->read) await_descriptor(Due::read);
      if (event_->write) await_descriptor(Due::write);
    }
    timeout_ = timeout;
    if (timeout_) await_timer();
    return true;
  }

  void stop() {
    event_ = nullptr;
    timer_.cancel();
    if (descriptor_.is_open()) descriptor_.release();  // taken out of the reactor, and not closed
  }

 private:
  void await_descriptor(Due due) {
    descriptor_.async_wait(due == Due::read ? Descriptor::wait_read : Descriptor::wait_write,
                           [self = shared_from_this(), due](error_code) {
                             if (self->event_ == nullptr) return;
                             self->fire(due);
                             if (self->event_ != nullptr) self->await_descriptor(due);
                           });
  }

  void await_timer() {
    if (*timeout_ <= std::chrono::microseconds(0)) return fire_soon();
    timer_.expires_after(*timeout_);
    timer_.async_wait([self = shared_from_this()](error_code) {
      if (self->event_ == nullptr || self->timer_.expiry() > asio::steady_timer::clock_type::now()) return;
      self->fire(Due::timeout);
    });
  }

  // libunbound begins each question so, to begin it under nobody's feet. Through the kernel's timer it would be four
  // system calls.
  void fire_soon() {
    if (std::exchange(fires_soon_, true)) return;
    asio::post(timer_.get_executor(), [self = shared_from_this()] {
      self->fires_soon_ = false;
      if (self->event_ != nullptr) self->fire(Due::timeout);
    });
  }

  void fire(Due due) {
    AsioEvent& event = *event_;
    if (!event.persistent) {
      event.stop();
    } else if (timeout_) {
      await_timer();
    }
    const auto handler = event.handler;  // it may destroy the event, and itself with it
    handler(due);
  }

  AsioEvent* event_;
  Descriptor descriptor_;
  asio::steady_timer timer_;
  std::optional<std::chrono::microseconds> timeout_;
  bool fires_soon_ = false;
};

bool AsioEvent::start(std::optional<std::chrono::microseconds> timeout) {
  stop();
  wait_ = std::make_shared<Wait>(*this, strand_);
  return wait_->start(timeout);
}

void AsioEvent::stop() {
  if (wait_) std::exchange(wait_, nullptr)->stop();
}

}  // namespace validator
