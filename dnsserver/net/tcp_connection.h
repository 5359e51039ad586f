#pragma once

#include <vector>

#include "dnsserver/net/counters.h"
#include "dnsserver/net/socket.h"
#include "dnsserver/net/tcp_stream.h"
#include "dnsserver/responder.h"

namespace dnsserver::net {

// Octets of one receive, and of the responses that go out in one send. The latter is the most that waits for
// a peer that does not take its responses; until it has, nothing more is read from it.
inline constexpr size_t kTcpReadSize = 64 * 1024;
inline constexpr size_t kTcpWriteSize = 256 * 1024;

// What the connections of one thread share: of a connection itself, only what is left over is kept.
struct TcpBuffers {
  std::vector<char> in = std::vector<char>(kTcpFrameSizeMax + kTcpReadSize);
  std::vector<char> out = std::vector<char>(kTcpWriteSize);
};

// A connection that queries come over, one behind the other or many at once (RFC 7766 §6.2.1).
class TcpConnection {
 public:
  enum class Wants { read, write, close };
  struct Step {
    Wants wants = Wants::read;
    // A whole message came, or the peer took all that waited for it. Single octets are no progress: who sends
    // or takes one now and then is idle.
    bool progress = false;
  };

  // REQUIRES: `socket` is connected and non-blocking.
  TcpConnection(FileDescriptor socket, StreamClient client)
      : socket_(std::move(socket)), client_(std::move(client)) {}

  int fd() const { return socket_.get(); }

  // Receives once, answers every whole message, and sends all responses at once.
  Step read(TcpBuffers& buffers, Responder& responder, TrafficCounters& counters, const Doorway& doorway);
  // Sends what waits, and goes on with what was received and not yet answered.
  Step write(TcpBuffers& buffers, Responder& responder, TrafficCounters& counters, const Doorway& doorway);
  // Sends one response that came late, behind what waits.
  Step deliver(BytesView response);

 private:
  Step answer(BytesView in, TcpBuffers& buffers, Responder& responder, TrafficCounters& counters,
              const Doorway& doorway);
  bool send(BytesView octets);

  FileDescriptor socket_;
  StreamClient client_;
  Bytes unanswered_;  // received: the beginning of a message, or messages that wait for unsent_ to go
  Bytes unsent_;
};

}  // namespace dnsserver::net
