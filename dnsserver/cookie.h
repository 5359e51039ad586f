#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>

#include "base/bytes.h"
#include "base/time.h"
#include "dnsserver/siphash.h"

namespace dnsserver {

using base::BytesView;
using base::Time;

// DNS Cookies (RFC 7873), with server cookies that every server of an anycast set can check which holds the same
// secret (RFC 9018).

inline constexpr size_t kClientCookieSize = 8;
inline constexpr size_t kServerCookieSize = 16;  // of version 1 (RFC 9018 §4)

// How long a server cookie is valid, how far ahead of ours the clock of the server may be that made it, and from
// what age on the client is given a new one (RFC 9018 §4.3).
inline constexpr std::chrono::seconds kCookieLifetime = std::chrono::hours(1);
inline constexpr std::chrono::seconds kCookieSkewMax = std::chrono::minutes(5);
inline constexpr std::chrono::seconds kCookieRenewal = std::chrono::minutes(30);

// A COOKIE option as a query has it.
struct QueryCookie {
  std::array<char, kClientCookieSize> client = {};
  std::array<char, kServerCookieSize> server =
      {};                  // where server_size is kServerCookieSize; others are not ours
  size_t server_size = 0;  // 0: the client has not learnt one yet
};

// nullopt: neither 8 nor 16 to 40 octets, which is FORMERR (RFC 7873 §5.2.2).
std::optional<QueryCookie> read_cookie(BytesView option);

// Server cookies are made with the first. The second is one that was used before, or will be next, and is
// accepted while servers are told the new one, each in its turn (RFC 9018 §5).
struct CookieSecrets {
  SipKey current;
  std::optional<SipKey> other;
};

CookieSecrets random_cookie_secrets();

enum class CookieState {
  absent,       // the query has none
  client_only,  // no server cookie in it
  invalid,      // of another server, another client, or another time
  valid,
};

// What the option says back: the client's cookie and a server cookie that is valid from now on. A valid one that
// is not old stays as it is.
struct CookieReply {
  CookieState state = CookieState::absent;
  std::array<char, kClientCookieSize + kServerCookieSize> octets = {};
};

// `client` is the IP address that the query came from, 4 or 16 octets in network order.
CookieReply answer_cookie(const QueryCookie& cookie, BytesView client, Time now,
                          const CookieSecrets& secrets);

}  // namespace dnsserver
