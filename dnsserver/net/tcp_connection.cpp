#include "dnsserver/net/tcp_connection.h"

#include <algorithm>
#include <cerrno>

#include "dnsserver/wire.h"

namespace dnsserver::net {

using Step = TcpConnection::Step;

Step TcpConnection::read(TcpBuffers& buffers, Responder& responder, TrafficCounters& counters,
                         const Doorway& doorway) {
  char* const end = std::copy(unanswered_.begin(), unanswered_.end(), buffers.in.data());
  const ssize_t count = recv(socket_.get(), end, kTcpReadSize, MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return {};
  if (count <= 0) return {.wants = Wants::close};
  return answer({buffers.in.data(), unanswered_.size() + size_t(count)}, buffers, responder, counters,
                doorway);
}

Step TcpConnection::write(TcpBuffers& buffers, Responder& responder, TrafficCounters& counters,
                          const Doorway& doorway) {
  const Bytes waiting = std::move(unsent_);
  if (!send(waiting)) return {.wants = Wants::close};
  if (!unsent_.empty()) return {.wants = Wants::write};
  const Bytes in = std::move(unanswered_);
  Step step = answer(in, buffers, responder, counters, doorway);
  step.progress = true;
  return step;
}

Step TcpConnection::deliver(BytesView response) {
  Bytes frame;
  append_u16(frame, uint16_t(response.size()));
  frame += response;
  Step step{.progress = true};
  if (unsent_.empty()) {
    if (!send(frame)) return {.wants = Wants::close};
  } else {
    unsent_ += frame;
  }
  step.wants = unsent_.empty() ? Wants::read : Wants::write;
  return step;
}

// All of `in` is answered, or kept.
Step TcpConnection::answer(BytesView in, TcpBuffers& buffers, Responder& responder, TrafficCounters& counters,
                           const Doorway& doorway) {
  Step step;
  StreamProgress progress;
  do {
    progress = answer_stream(in, buffers.out, client_, responder, counters, doorway);
    in.remove_prefix(progress.read);
    step.progress |= progress.read > 0;
    if (!send({buffers.out.data(), progress.written}) || progress.broken) return {.wants = Wants::close};
  } while (progress.full && unsent_.empty());
  step.wants = unsent_.empty() ? Wants::read : Wants::write;
  unanswered_ = Bytes(in);
  return step;
}

// False: the peer is gone. What it does not take now is kept.
bool TcpConnection::send(BytesView octets) {
  if (octets.empty()) return true;
  const ssize_t count = ::send(socket_.get(), octets.data(), octets.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (count < 0 && errno != EAGAIN && errno != EINTR) return false;
  unsent_ = Bytes(octets.substr(size_t(std::max<ssize_t>(count, 0))));
  return true;
}

}  // namespace dnsserver::net
