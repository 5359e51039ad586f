#pragma once

#include <chrono>
#include <vector>

#include "base/endpoint.h"
#include "base/task.h"
#include "validator/prober.h"

namespace validator {

struct AsioProberOptions {
  std::chrono::milliseconds timeout = std::chrono::seconds(2);  // for one attempt, with connecting
  unsigned udp_attempts = 2;                                    // a datagram may get lost
  // As UnboundOptions has it: `configured` may be asked in any case.
  bool allow_private_addresses = true;
  std::vector<base::Endpoint> configured = {};
};

// Asks with a socket of its own for each question, from a port and with an ID that the kernel and OpenSSL choose,
// and with the name in a random case. Holds no thread. Thread-safe: each call is on its own.
class AsioProber final : public Prober {
 public:
  explicit AsioProber(AsioProberOptions options) : options_(std::move(options)) {}

  base::Task<Reply> ask(base::Endpoint server, Query query, Transport transport) override;

 private:
  const AsioProberOptions options_;
};

}  // namespace validator
