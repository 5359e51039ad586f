#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/ip_network.h"
#include "dnsserver/response.h"

namespace dnsserver {

// Responses over UDP that one client prefix gets in a second, counted for each kind by itself and denials for
// each zone: a query with a forged source costs its victim no more than this.
struct RateLimits {
  unsigned answers_per_second = 500;
  unsigned denials_per_second = 500;
  unsigned errors_per_second = 100;
  // Each n-th response over the limit goes out as a short one that asks to come again, by TCP or with a cookie, so
  // that whoever is really there is not shut out. 0: none does. 1: every one.
  unsigned slip = 2;
  std::vector<base::IpNetwork> exempt;
  unsigned workers = 1;  // that share the limits, each its part
};

// Addresses that count as one: what one network can forge, and what one site has (RFC 6177).
inline constexpr size_t kRatePrefixSizeV4 = 3;
inline constexpr size_t kRatePrefixSizeV6 = 7;

// After a pause, this many seconds' worth go out at once.
inline constexpr unsigned kRateBurst = 5;

// Of the table: 1 MiB. Where more prefixes ask at once, those that were silent the longest are forgotten.
inline constexpr size_t kRateBuckets = 16 * 1024;
inline constexpr size_t kRateEntriesPerBucket = 4;

// Limits the responses of one thread: a token bucket for each prefix and kind, in a table of fixed size. Allocates
// nothing once it is made.
class RateLimiter {
 public:
  explicit RateLimiter(const RateLimits& limits);

  // The response to send in the place of this one over UDP: itself, a short one, or none. One to a query with a
  // valid cookie is never limited, since its source is not forged. `client` and `now` as in QueryContext.
  Response limit(const Response& response, std::span<char> buffer, BytesView client, Time now);

 private:
  enum class Verdict { send, slip, drop };

  struct Entry {
    uint32_t tag = 0;  // 0: free
    uint32_t second = 0;
    uint32_t tokens = 0;
    uint32_t limited = 0;
  };
  // One cache line: one look-up costs one miss.
  struct alignas(64) Bucket {
    std::array<Entry, kRateEntriesPerBucket> entries;
  };

  Verdict judge(const Response& response, BytesView client, uint32_t second);
  Entry& entry_of(uint64_t hash, ResponseKind kind, uint32_t second);
  bool is_exempt(BytesView client) const;
  uint32_t rate_of(ResponseKind kind) const { return rates_[size_t(kind)]; }

  const std::vector<base::IpNetwork> exempt_;
  const unsigned slip_;
  const uint64_t seed_;  // so that nobody knows whose entries meet
  std::array<uint32_t, 3> rates_;
  std::vector<Bucket> buckets_;
};

}  // namespace dnsserver
