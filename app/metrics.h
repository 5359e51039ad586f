#pragma once

#include <optional>
#include <string>

#include "dnsserver/net/server.h"

namespace app {

// What a server tells of itself in numbers.
struct Metrics {
  std::optional<dnsserver::net::ServerTraffic> dns = std::nullopt;  // if it has that role
};

// Prometheus's text format, version 0.0.4. Every number is there from the start, also those that are 0. What the
// names mean is in docs/operating.md.
std::string metrics_text(const Metrics& metrics);

}  // namespace app
