#include "dnsserver/http/client_address.h"

#include <algorithm>
#include <string>

#include "base/ascii.h"
#include "base/endpoint.h"

namespace dnsserver::http {

namespace {

using base::IpAddress;

// Several fields are one list (RFC 9110 §5.3).
std::vector<std::string_view> hops(const base::http::Request& request) {
  std::vector<std::string_view> hops;
  for (const auto& header : request.headers) {
    if (!base::equal_without_case(header.name, "X-Forwarded-For")) continue;
    std::string_view rest = header.value;
    for (;;) {
      const size_t comma = rest.find(',');
      hops.push_back(base::trimmed(rest.substr(0, comma)));
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return hops;
}

// Some proxies write the port, too.
std::optional<IpAddress> address_of(std::string_view hop) {
  if (auto address = IpAddress::parse(hop)) return *address;
  const auto endpoint = base::parse_endpoint(hop);
  if (!endpoint) return std::nullopt;
  auto address = IpAddress::parse(endpoint->address);
  return address ? std::optional(*address) : std::nullopt;
}

}  // namespace

std::optional<IpAddress> client_address(const base::http::Request& request,
                                        const std::vector<base::IpNetwork>& trusted_proxies) {
  const auto is_trusted = [&](const IpAddress& address) {
    return std::ranges::any_of(trusted_proxies,
                               [&](const base::IpNetwork& network) { return network.contains(address); });
  };
  const auto peer = IpAddress::parse(request.peer);
  if (!peer) return std::nullopt;
  if (!is_trusted(*peer)) return *peer;
  const auto forwarded = hops(request);
  if (forwarded.empty()) return *peer;  // the proxy asks for itself
  std::optional<IpAddress> client;
  for (auto hop = forwarded.rbegin(); hop != forwarded.rend(); ++hop) {
    client = address_of(*hop);
    if (!client || !is_trusted(*client)) break;
  }
  return client;
}

}  // namespace dnsserver::http
