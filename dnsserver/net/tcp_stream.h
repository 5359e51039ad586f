#pragma once

#include <span>

#include "dnsserver/client.h"
#include "dnsserver/net/counters.h"
#include "dnsserver/net/hand_over.h"
#include "dnsserver/tap.h"

namespace dnsserver::net {

// In front of each message: its size, in two octets (RFC 1035 §4.2.2).
inline constexpr size_t kTcpLengthSize = 2;
inline constexpr size_t kTcpFrameSizeMax = kTcpLengthSize + kTcpSizeMax;

// Whose queries a stream brings, and in what.
struct StreamClient {
  Transport transport = Transport::tcp;
  Client client;
};

// What answer_stream() did.
struct StreamProgress {
  size_t read = 0;      // octets of `in`, in whole messages
  size_t written = 0;   // octets of `out`, in whole responses
  size_t awaited = 0;   // responses that come later
  bool full = false;    // it stopped because another response may have no room
  bool broken = false;  // it stopped at a message shorter than a header: this is not DNS
};

// Answers the messages of a TCP stream that are whole, in their order; what the door answers later comes by the way
// that leads back from there. Notes them at `tap`, unless it is null.
StreamProgress answer_stream(BytesView in, std::span<char> out, const StreamClient& client,
                             Responder& responder, TrafficCounters& counters, const Doorway& doorway,
                             Tap* tap = nullptr);

}  // namespace dnsserver::net
