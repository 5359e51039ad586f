#pragma once

#include <memory>
#include <vector>

#include "app/dns_role.h"
#include "app/runtime.h"
#include "base/config.h"
#include "base/http/listener.h"

namespace app {

// What monitoring reads, in plain HTTP: /metrics, and /health, which is 200 for as long as the server is up.
class MetricsRole {
 public:
  // Serves from now on. The errors of Listener::open_plain. `dns` is null where there is no such role; it and the
  // runtime outlive this role, and the role the work on the runtime.
  static base::Result<std::unique_ptr<MetricsRole>> open(const base::Config& config, const DnsRole* dns,
                                                         Runtime& runtime);

  const std::vector<base::Endpoint>& endpoints() const { return listener_->endpoints(); }

  // Answers what is under way, for as long as HttpLimits::drain_timeout. Nothing is served afterwards.
  base::Task<> drain() { return listener_->drain(); }

 private:
  explicit MetricsRole(std::unique_ptr<base::http::Listener> listener) : listener_(std::move(listener)) {}

  std::unique_ptr<base::http::Listener> listener_;
};

}  // namespace app
