#pragma once

#include <chrono>
#include <cstddef>

#include "base/bytes.h"
#include "base/time.h"
#include "dnsserver/cookie.h"

namespace dnsserver {

enum class Transport { udp, tcp, tls };

// Of a name server's identifier, so that with every other option it leaves room for an answer.
inline constexpr size_t kNsidSizeMax = 128;

// What this server is set to say in EDNS options, and to ask of cookies. Immutable while it answers.
struct EdnsPolicy {
  CookieSecrets cookies = random_cookie_secrets();
  // Over UDP, a client that knows cookies and shows no valid one gets BADCOOKIE and a cookie, and nothing else
  // (RFC 7873 §5.2.3). Who knows no cookies is answered.
  bool cookie_required = false;
  base::Bytes nsid = {};  // RFC 5001; empty: none is told. REQUIRES: at most kNsidSizeMax octets.
  // How long a connection may be idle (RFC 7828). REQUIRES: whole tenths of a second, as far as they matter.
  std::chrono::milliseconds keepalive{10'000};
};

// What the answer to a query depends on beside its octets.
struct QueryContext {
  Transport transport = Transport::udp;
  base::BytesView client;  // its IP address, 4 or 16 octets in network order
  base::Time now;          // of the batch that the query came in
  const EdnsPolicy& policy;
};

}  // namespace dnsserver
