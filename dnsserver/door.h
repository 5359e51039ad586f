#pragma once

#include <functional>
#include <optional>

#include "base/bytes.h"
#include "base/ip_network.h"
#include "dnsserver/responder.h"
#include "dnsserver/response.h"

namespace dnsserver {

// How a message came.
struct Arrival {
  Transport transport = Transport::udp;
  base::IpAddress source = {};
  bool for_updates = false;  // at a listener where every message goes to the door
};

// Sends a response that was not there at once. From any thread, at most once.
using LateReply = std::function<void(Bytes response)>;

// Answers what a worker does not by itself: UPDATE, and queries that are signed. Thread-safe.
class Door {
 public:
  virtual ~Door() = default;

  // The response; empty: there is none. Nothing: `later` is called with it, unless the server ends before. Does not
  // wait. `responder` is the worker's.
  virtual std::optional<Bytes> take(BytesView message, const Arrival& arrival, Responder& responder,
                                    LateReply later) = 0;
};

}  // namespace dnsserver
