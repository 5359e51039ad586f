#include "app/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <utility>
#include <vector>

#include "app/version.h"
#include "dnsserver/rcode_text.h"

namespace app {

namespace {

using dnsserver::net::ServerTraffic;
using dnsserver::net::Traffic;
using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Families = std::vector<MetricFamily>;
using Labels = std::vector<ClientMetric::Label>;

MetricFamily& add(Families& families, std::string name, std::string help,
                  MetricType type = MetricType::Counter) {
  families.push_back({std::move(name), std::move(help), type, {}});
  return families.back();
}

// The library keeps numbers as double: 2^53 queries are more than a server lives to see.
void add_value(MetricFamily& family, Labels labels, uint64_t value) {
  ClientMetric metric;
  metric.label = std::move(labels);
  (family.type == MetricType::Gauge ? metric.gauge.value : metric.counter.value) = double(value);
  family.metric.push_back(std::move(metric));
}

using Transports = std::vector<std::pair<std::string, const Traffic*>>;

// One number of each transport.
void add_each(Families& families, std::string name, std::string help, const Transports& transports,
              uint64_t Traffic::*number, MetricType type = MetricType::Counter) {
  MetricFamily& family = add(families, std::move(name), std::move(help), type);
  for (const auto& [transport, traffic] : transports)
    add_value(family, {{"transport", transport}}, traffic->*number);
}

void add_responses(Families& families, const Transports& transports) {
  MetricFamily& family = add(families, "assay_dns_responses_total", "Responses, by RCODE.");
  for (const auto& [transport, traffic] : transports) {
    for (const dnsserver::Rcode rcode : dnsserver::all_rcodes()) {
      add_value(family, {{"transport", transport}, {"rcode", dnsserver::rcode_text(rcode)}},
                traffic->responses[size_t(rcode)]);
    }
  }
}

void add_messages(Families& families, const Transports& all) {
  add_responses(families, all);
  add_each(families, "assay_dns_unanswered_total",
           "Messages that get no response, because they are no requests.", all, &Traffic::unanswered);
  add_each(families, "assay_dns_rate_limit_slipped_total",
           "Of the responses: short ones, because the client was over the rate limit.", all,
           &Traffic::rate_slipped);
  add_each(families, "assay_dns_rate_limit_dropped_total",
           "Requests without a response, because the client was over the rate limit.", all,
           &Traffic::rate_dropped);
  add_each(families, "assay_dns_unsent_total", "Responses that the kernel or the connection did not take.",
           all, &Traffic::unsent);
  add_each(families, "assay_dns_proxy_headers_refused_total",
           "PROXY headers that were malformed, missing, or of whom nobody trusts.", all,
           &Traffic::proxy_headers_refused);
}

void add_connections(Families& families, const Transports& streams) {
  add_each(families, "assay_dns_connections_open", "Connections.", streams, &Traffic::connections_open,
           MetricType::Gauge);
  add_each(families, "assay_dns_connections_accepted_total", "Connections that were accepted.", streams,
           &Traffic::connections_accepted);
  add_each(families, "assay_dns_connections_refused_total", "Connections over the limit of their address.",
           streams, &Traffic::connections_refused);
  add_each(families, "assay_dns_connections_evicted_total",
           "Connections that were closed to make room for others.", streams, &Traffic::connections_evicted);
  add_each(families, "assay_dns_connections_expired_total", "Connections that were idle for too long.",
           streams, &Traffic::connections_expired);
  add_each(families, "assay_dns_connections_unopened_total",
           "Connections that were not through their PROXY header or handshake in time.", streams,
           &Traffic::connections_unopened);
}

void add_handshakes(Families& families, const Transports& tls) {
  add_each(families, "assay_dns_tls_handshakes_total", "TLS handshakes that succeeded.", tls,
           &Traffic::handshakes);
  add_each(families, "assay_dns_tls_handshakes_resumed_total", "Of those: of a session that there was.", tls,
           &Traffic::handshakes_resumed);
  add_each(families, "assay_dns_tls_handshakes_failed_total", "TLS handshakes that failed.", tls,
           &Traffic::handshakes_failed);
}

void add_tap(Families& families, const dnsserver::net::TapLosses& losses) {
  add_value(add(families, "assay_dns_tap_dropped_total",
                "Records of query log and dnstap that were dropped, because their writer did not keep up."),
            {}, losses.dropped);
  add_value(
      add(families, "assay_dns_tap_unwritten_total", "Records that the file or the collector did not take."),
      {}, losses.unwritten);
}

}  // namespace

std::string metrics_text(const Metrics& metrics) {
  Families families;
  add_value(add(families, "assay_build_info", "1, and which program it is.", MetricType::Gauge),
            {{"version", std::string(kVersion)}}, 1);
  if (metrics.dns) {
    const ServerTraffic& dns = *metrics.dns;
    const Transports all{{"udp", &dns.udp}, {"tcp", &dns.tcp}, {"tls", &dns.tls}};
    add_messages(families, all);
    add_connections(families, {{"tcp", &dns.tcp}, {"tls", &dns.tls}});
    add_handshakes(families, {{"tls", &dns.tls}});
    add_tap(families, dns.tap);
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace app
