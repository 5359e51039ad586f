#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string_view>

#include "base/error.h"
#include "base/http/message.h"

namespace acmecore::http {

// In all that a fault answers, so that it is known for one; and in no program but those of tests.
inline constexpr std::string_view kFaultMark = "a fault that a test asked for";

// How often a test server does what others do rarely, each in percent, and how slow it is.
struct FaultRates {
  unsigned bad_nonce = 0;     // of POSTs
  unsigned rate_limited = 0;  // of all requests, as the next
  unsigned unavailable = 0;
  unsigned authorization_reuse = 0;             // of orders, which may rely on what was proved before
  std::chrono::milliseconds validation_max{0};  // a validation takes at most

  bool operator==(const FaultRates&) const = default;
};

// Decides by chance, again in the same way from the same seed, what goes wrong in a test server, so that clients show
// what they make of it. It is wrapped around the server's handler: the server itself knows nothing of it. Thread-safe,
// for requests are served by several threads.
class Faults {
 public:
  explicit Faults(uint32_t seed) : chance_(seed) {}

  void set(const FaultRates& rates);

  // What the request is answered with instead of going on: bad_nonce (RFC 8555 §6.5), rate_limited (§6.6) or
  // unavailable.
  std::optional<base::Error> of(const base::http::Request& request);

  // Whether this order may rely on authorizations that are there.
  bool reuses();

  // How long this validation takes.
  std::chrono::milliseconds validation_time();

  // How many answers of each kind there were.
  std::map<base::ErrorKind, unsigned> told() const;

 private:
  bool happens(unsigned percent);  // REQUIRES: mutex_ is held

  mutable std::mutex mutex_;
  FaultRates rates_;
  std::mt19937 chance_;
  std::map<base::ErrorKind, unsigned> told_;
};

}  // namespace acmecore::http
