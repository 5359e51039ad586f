#include "dnsserver/net/tcp_connection.h"

#include <algorithm>
#include <cassert>

#include "dnsserver/wire.h"

namespace dnsserver::net {

using Step = TcpConnection::Step;

Step TcpConnection::read(TcpBuffers& buffers, Responder& responder, TrafficCounters& counters,
                         const Doorway& doorway) {
  std::copy(unanswered_.begin(), unanswered_.end(), buffers.in.data());
  const size_t count = channel_.receive(buffers, unanswered_.size());
  if (count == 0) return {.wants = next()};
  const BytesView in(buffers.in.data(), unanswered_.size() + count);
  if (begins_as_proxy_header(in)) {
    counters.proxy_headers_refused.add(1);
    return {.wants = Wants::close};
  }
  return answer(in, buffers, responder, counters, doorway);
}

Step TcpConnection::write(TcpBuffers& buffers, Responder& responder, TrafficCounters& counters,
                          const Doorway& doorway) {
  if (!channel_.flush()) return {.wants = Wants::close};
  if (channel_.has_unsent()) return {.wants = Wants::write};
  const Bytes in = std::move(unanswered_);
  Step step = answer(in, buffers, responder, counters, doorway);
  step.progress = true;
  return step;
}

Step TcpConnection::deliver(BytesView response, TcpBuffers& buffers) {
  assert(awaited_ > 0);
  --awaited_;
  Bytes frame;
  append_u16(frame, uint16_t(response.size()));
  frame += response;
  if (!channel_.send(frame, buffers)) return {.wants = Wants::close};
  return {.wants = next(), .progress = true};
}

// All of `in` is answered, or kept.
Step TcpConnection::answer(BytesView in, TcpBuffers& buffers, Responder& responder, TrafficCounters& counters,
                           const Doorway& doorway) {
  Step step;
  StreamProgress progress;
  do {
    progress = answer_stream(in, buffers.out, client_, responder, counters, doorway, buffers.tap);
    in.remove_prefix(progress.read);
    awaited_ += progress.awaited;
    step.progress |= progress.read > 0;
    if (!channel_.send({buffers.out.data(), progress.written}, buffers) || progress.broken)
      return {.wants = Wants::close};
  } while (progress.full && !channel_.has_unsent());
  step.wants = next();
  unanswered_ = Bytes(in);
  return step;
}

TcpConnection::Wants TcpConnection::next() const {
  if (channel_.has_unsent()) return Wants::write;
  if (!channel_.has_ended()) return Wants::read;
  return awaited_ > 0 ? Wants::wait : Wants::close;
}

}  // namespace dnsserver::net
