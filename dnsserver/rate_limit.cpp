#include "dnsserver/rate_limit.h"

#include <algorithm>
#include <cstring>
#include <functional>

#include "base/random.h"
#include "dnsserver/zone_table.h"

namespace dnsserver {

namespace {

uint64_t random_seed() {
  uint64_t seed = 0;
  std::memcpy(&seed, base::random_bytes(sizeof seed).data(), sizeof seed);
  return seed;
}

// At least one: a limit of nothing would be no service.
uint32_t share_of(unsigned per_second, unsigned workers) {
  return std::max(1u, (per_second + workers - 1) / std::max(1u, workers));
}

uint64_t mixed(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15;
  return hash ^ hash >> 32;
}

// The family and the prefix, in one number.
uint64_t prefix_of(BytesView client) {
  const bool is_v4 = client.size() == 4;
  const BytesView prefix = client.substr(0, is_v4 ? kRatePrefixSizeV4 : kRatePrefixSizeV6);
  uint64_t number = is_v4 ? 4 : 6;
  for (const char octet : prefix)
    number = number << 8 | uint8_t(octet);
  return number;
}

// RFC 4291 §2.5.5.2.
std::array<uint8_t, 16> mapped(BytesView client) {
  std::array<uint8_t, 16> octets = {};
  if (client.size() == 4) octets[10] = octets[11] = 0xff;
  std::copy(client.begin(), client.end(), octets.end() - long(client.size()));
  return octets;
}

uint64_t hash_of(uint64_t seed, const Response& response, BytesView client) {
  const uint64_t hash = mixed(seed, prefix_of(client));
  // Random names of one zone meet in one entry, and those of another zone do not suffer for it.
  const bool by_zone = response.kind == ResponseKind::denial && response.zone != nullptr;
  const uint64_t zone = by_zone ? std::hash<BytesView>()(response.zone->apex) : 0;
  return mixed(mixed(hash, uint64_t(response.kind)), zone);
}

}  // namespace

RateLimiter::RateLimiter(const RateLimits& limits)
    : exempt_(limits.exempt),
      slip_(limits.slip),
      seed_(random_seed()),
      rates_{share_of(limits.answers_per_second, limits.workers),
             share_of(limits.denials_per_second, limits.workers),
             share_of(limits.errors_per_second, limits.workers)},
      buckets_(kRateBuckets) {
  static_assert(size_t(ResponseKind::answer) == 0 && size_t(ResponseKind::denial) == 1 &&
                size_t(ResponseKind::error) == 2);
}

Response RateLimiter::limit(const Response& response, std::span<char> buffer, BytesView client, Time now) {
  if (response.size == 0 || response.cookie == CookieState::valid) return response;
  const auto second = uint32_t(std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count());
  switch (judge(response, client, second)) {
    case Verdict::send: return response;
    case Verdict::drop: {
      Response none;
      none.limited = Limited::dropped;
      return none;
    }
    case Verdict::slip: break;
  }
  // An error is short as it is, and says nothing else over TCP.
  Response short_one = response;
  if (response.cookie != CookieState::absent) {
    short_one = badcookie(response, buffer);
  } else if (response.kind != ResponseKind::error) {
    short_one = truncated(response, buffer);
  }
  short_one.limited = Limited::slipped;
  return short_one;
}

RateLimiter::Verdict RateLimiter::judge(const Response& response, BytesView client, uint32_t second) {
  Entry& entry = entry_of(hash_of(seed_, response, client), response.kind, second);
  if (entry.tokens > 0) {
    --entry.tokens;
    return Verdict::send;
  }
  if (is_exempt(client)) return Verdict::send;
  ++entry.limited;
  return slip_ != 0 && entry.limited % slip_ == 0 ? Verdict::slip : Verdict::drop;
}

// With the tokens that it has by now.
RateLimiter::Entry& RateLimiter::entry_of(uint64_t hash, ResponseKind kind, uint32_t second) {
  Bucket& bucket = buckets_[hash % kRateBuckets];
  const auto tag = uint32_t(hash >> 32) | 1;
  const uint32_t rate = rate_of(kind);
  // Seconds that passed; those of a clock that was set back are none. Free entries are the oldest.
  const auto age = [&](const Entry& entry) { return int32_t(second - entry.second); };
  Entry* oldest = &bucket.entries[0];
  for (Entry& entry : bucket.entries) {
    if (entry.tag == tag) {
      const auto passed = uint64_t(std::max(age(entry), 0));
      entry.tokens = uint32_t(std::min(uint64_t(rate) * kRateBurst, entry.tokens + passed * rate));
      entry.second = second;
      return entry;
    }
    if (oldest->tag != 0 && (entry.tag == 0 || age(entry) > age(*oldest))) oldest = &entry;
  }
  *oldest = {.tag = tag, .second = second, .tokens = rate * kRateBurst, .limited = 0};
  return *oldest;
}

bool RateLimiter::is_exempt(BytesView client) const {
  const auto address = base::IpAddress::of(mapped(client));
  return std::ranges::any_of(exempt_, [&](const auto& network) { return network.contains(address); });
}

}  // namespace dnsserver
