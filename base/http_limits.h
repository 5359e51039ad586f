#pragma once

#include <chrono>
#include <cstddef>

namespace base {

// What one HTTPS listener bears from its peers. A limit that is passed is answered where the protocol has an
// answer for it, and ends the connection.
struct HttpLimits {
  size_t target_size_max = 2048;             // 414
  size_t header_size_max = 16 * 1024;        // request line and header section together: 431
  size_t body_size_max = 64 * 1024;          // 413
  size_t connections_max = 4096;             // closed without a word, as the next
  size_t connections_per_address_max = 256;  // an IPv6 address counts as its /64

  std::chrono::milliseconds handshake_timeout{10'000};
  std::chrono::milliseconds header_timeout{10'000};  // from the first octet of a request: 408
  std::chrono::milliseconds body_timeout{20'000};    // from the end of the header section: 408
  std::chrono::milliseconds write_timeout{20'000};   // for one whole response
  std::chrono::milliseconds idle_timeout{60'000};    // between two requests
  std::chrono::milliseconds drain_timeout{10'000};   // for what is in flight when the listener stops
};

}  // namespace base
