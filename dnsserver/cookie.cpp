#include "dnsserver/cookie.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "base/random.h"
#include "dnsserver/wire.h"

namespace dnsserver {

namespace {

constexpr size_t kOptionSizeMin = kClientCookieSize + 8;  // with any server cookie
constexpr size_t kOptionSizeMax = kClientCookieSize + 32;

// Offsets in a server cookie (RFC 9018 §4): version, three reserved octets, timestamp, hash.
constexpr char kVersion = 1;
constexpr size_t kTimestamp = 4;
constexpr size_t kHash = 8;
constexpr size_t kAddressSizeMax = 16;

using ServerCookie = std::array<char, kServerCookieSize>;

uint32_t seconds_of(Time time) {
  return uint32_t(std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count());
}

// Of what stands before the hash (RFC 9018 §4.4), the reserved octets as they are.
std::array<char, 8> hash_of(const QueryCookie& cookie, const ServerCookie& server, BytesView client,
                            const SipKey& secret) {
  std::array<char, kClientCookieSize + kHash + kAddressSizeMax> input;
  assert(client.size() <= kAddressSizeMax);
  std::memcpy(input.data(), cookie.client.data(), kClientCookieSize);
  std::memcpy(input.data() + kClientCookieSize, server.data(), kHash);
  std::memcpy(input.data() + kClientCookieSize + kHash, client.data(), client.size());
  const uint64_t hash = siphash(secret, {input.data(), kClientCookieSize + kHash + client.size()});
  std::array<char, 8> octets;
  for (size_t i = 0; i < octets.size(); ++i)
    octets[i] = char(hash >> (8 * i));
  return octets;
}

// Whoever could time how many octets are right would find the rest one by one.
bool equal_in_constant_time(const std::array<char, 8>& a, const char* b) {
  unsigned difference = 0;
  for (size_t i = 0; i < a.size(); ++i)
    difference |= uint8_t(a[i]) ^ uint8_t(b[i]);
  return difference == 0;
}

bool is_made_with(const SipKey& secret, const QueryCookie& cookie, BytesView client) {
  return equal_in_constant_time(hash_of(cookie, cookie.server, client, secret), cookie.server.data() + kHash);
}

// Of a cookie of version 1. Timestamps wrap around (RFC 1982).
int32_t age_of(const QueryCookie& cookie, Time now) {
  return int32_t(seconds_of(now) - u32_at({cookie.server.data(), kServerCookieSize}, kTimestamp));
}

bool is_valid(const QueryCookie& cookie, BytesView client, Time now, const CookieSecrets& secrets) {
  if (cookie.server_size != kServerCookieSize || cookie.server[0] != kVersion) return false;
  const int32_t age = age_of(cookie, now);
  if (age > kCookieLifetime.count() || age < -kCookieSkewMax.count()) return false;
  return is_made_with(secrets.current, cookie, client) ||
         (secrets.other && is_made_with(*secrets.other, cookie, client));
}

}  // namespace

std::optional<QueryCookie> read_cookie(BytesView option) {
  const bool has_server = option.size() >= kOptionSizeMin && option.size() <= kOptionSizeMax;
  if (option.size() != kClientCookieSize && !has_server) return std::nullopt;
  QueryCookie cookie;
  std::memcpy(cookie.client.data(), option.data(), kClientCookieSize);
  cookie.server_size = option.size() - kClientCookieSize;
  if (cookie.server_size == kServerCookieSize)
    std::memcpy(cookie.server.data(), option.data() + kClientCookieSize, kServerCookieSize);
  return cookie;
}

CookieSecrets random_cookie_secrets() {
  CookieSecrets secrets;
  const base::Bytes octets = base::random_bytes(secrets.current.size());
  std::copy(octets.begin(), octets.end(), secrets.current.begin());
  return secrets;
}

CookieReply answer_cookie(const QueryCookie& cookie, BytesView client, Time now,
                          const CookieSecrets& secrets) {
  CookieReply reply;
  ServerCookie server = cookie.server;
  if (cookie.server_size == 0) {
    reply.state = CookieState::client_only;
  } else {
    reply.state = is_valid(cookie, client, now, secrets) ? CookieState::valid : CookieState::invalid;
  }
  const bool keep = reply.state == CookieState::valid && age_of(cookie, now) <= kCookieRenewal.count() &&
                    is_made_with(secrets.current, cookie, client);
  if (!keep) {
    server = {kVersion};
    put_u32(server.data() + kTimestamp, seconds_of(now));
    const auto hash = hash_of(cookie, server, client, secrets.current);
    std::copy(hash.begin(), hash.end(), server.begin() + kHash);
  }
  std::copy(cookie.client.begin(), cookie.client.end(), reply.octets.begin());
  std::copy(server.begin(), server.end(), reply.octets.begin() + kClientCookieSize);
  return reply;
}

}  // namespace dnsserver
