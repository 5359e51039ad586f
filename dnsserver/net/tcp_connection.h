#pragma once

#include "dnsserver/net/counters.h"
#include "dnsserver/net/tcp_channel.h"
#include "dnsserver/responder.h"

namespace dnsserver::net {

// A connection that queries come over, one behind the other or many at once (RFC 7766 §6.2.1).
class TcpConnection {
 public:
  // To wait: nothing more comes, and responses are on their way (RFC 7766 §6.2.4).
  enum class Wants { read, write, wait, close };
  struct Step {
    Wants wants = Wants::read;
    // A whole message came, or the peer took all that waited for it. Single octets are no progress: who sends
    // or takes one now and then is idle.
    bool progress = false;
  };

  TcpConnection(TcpChannel channel, const StreamClient& client)
      : channel_(std::move(channel)), client_(client) {}

  const TcpChannel& channel() const { return channel_; }

  // Who it is from. Behind a proxy that is told later than the connection begins.
  const Client& client() const { return client_.client; }
  Transport transport() const { return client_.transport; }
  void set_client(const Client& client) { client_.client = client; }

  // Receives once, answers every whole message, and sends all responses at once.
  Step read(TcpBuffers& buffers, Responder& responder, TrafficCounters& counters, const Doorway& doorway);
  // Sends what waits, and goes on with what was received and not yet answered.
  Step write(TcpBuffers& buffers, Responder& responder, TrafficCounters& counters, const Doorway& doorway);
  // Sends one response that came late, behind what waits. REQUIRES: it was awaited.
  Step deliver(BytesView response, TcpBuffers& buffers);

 private:
  Step answer(BytesView in, TcpBuffers& buffers, Responder& responder, TrafficCounters& counters,
              const Doorway& doorway);
  Wants next() const;

  TcpChannel channel_;
  StreamClient client_;
  size_t awaited_ = 0;  // responses that come late
  Bytes unanswered_;    // received: the beginning of a message, or messages that wait for responses to go
};

}  // namespace dnsserver::net
