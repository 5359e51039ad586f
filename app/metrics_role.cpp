#include "app/metrics_role.h"

#include "app/metrics.h"

namespace app {

using base::Result;
using base::Task;
namespace http = base::http;

namespace {

http::Response answer(const http::Request& request, const DnsRole* dns) {
  const std::string_view path = std::string_view(request.target).substr(0, request.target.find('?'));
  if (path != "/metrics" && path != "/health") {
    return http::plain_problem(404, "there are /metrics and /health");
  }
  if (request.method != "GET" && request.method != "HEAD") {
    http::Response refused = http::plain_problem(405, "it can be read, by GET");
    refused.headers.push_back({"Allow", "GET, HEAD"});
    return refused;
  }
  if (path == "/health") return {200, {}, ""};
  Metrics metrics;
  if (dns != nullptr) metrics.dns = dns->traffic();
  return {200, {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}}, metrics_text(metrics)};
}

}  // namespace

Result<std::unique_ptr<MetricsRole>> MetricsRole::open(const base::Config& config, const DnsRole* dns,
                                                       Runtime& runtime) {
  const auto handle = [dns](http::Request request) -> Task<http::Response> {
    co_return answer(request, dns);
  };
  TRY(auto listener,
      http::Listener::open_plain(runtime.executor(), config.metrics.listen, config.http, handle));
  return std::unique_ptr<MetricsRole>(new MetricsRole(std::move(listener)));
}

}  // namespace app
