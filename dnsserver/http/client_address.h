#pragma once

#include <optional>
#include <vector>

#include "base/http/message.h"
#include "base/ip_network.h"

namespace dnsserver::http {

// Where a request came from: the peer, or if that is a trusted proxy, what the proxies say in X-Forwarded-For. Each
// appends whom it heard it from, so the hop that counts is the last one that is no trusted proxy; what stands before
// it was written by whoever that is. Nothing: the proxy named no address.
std::optional<base::IpAddress> client_address(const base::http::Request& request,
                                              const std::vector<base::IpNetwork>& trusted_proxies);

}  // namespace dnsserver::http
