#include "app/dns_role.h"

#include <algorithm>

#include "app/cookie_secrets.h"
#include "app/version.h"
#include "base/ip_network.h"
#include "dnsserver/clean_up.h"
#include "dnsserver/rdata.h"

namespace app {

using base::Name;
using base::Result;

namespace {

Result<dnsserver::RateLimits> rate_limits(const base::Config::Dns::RateLimit& config) {
  dnsserver::RateLimits limits;
  limits.answers_per_second = config.answers_per_second;
  limits.denials_per_second = config.denials_per_second;
  limits.errors_per_second = config.errors_per_second;
  limits.slip = config.slip;
  for (const std::string& network : config.exempt) {
    TRY(limits.exempt.emplace_back(), base::IpNetwork::parse(network));
  }
  return limits;
}

Result<dnsserver::net::ServerOptions> server_options(const base::Config::Dns& config) {
  dnsserver::net::ServerOptions options;
  options.listen = config.listen;
  options.udp_workers = config.workers;
  options.tcp.idle = config.tcp_idle;
  options.tcp.connections_max = config.tcp_connections_max;
  options.tcp.connections_per_address_max = config.tcp_connections_per_address_max;
  options.tcp.opening = config.tcp_opening;
  options.listen_tls = config.tls.listen;
  options.proxies = config.proxy.trusted;
  if (!config.query_log.file.empty()) {
    const bool json = config.query_log.format == base::log::Format::json;
    options.tap.query_log = dnsserver::net::QueryLogOptions{
        .file = config.query_log.file,
        .format = json ? dnsserver::QueryLineFormat::json : dnsserver::QueryLineFormat::text};
  }
  if (!config.dnstap.socket.empty() || !config.dnstap.file.empty()) {
    options.tap.dnstap = dnsserver::net::DnstapOptions{.socket = config.dnstap.socket,
                                                       .file = config.dnstap.file,
                                                       .identity = config.dnstap.identity,
                                                       .version = "assay " + std::string(kVersion),
                                                       .responses = config.dnstap.responses};
  }
  options.responder.edns.nsid = config.nsid;
  options.responder.edns.keepalive = config.tcp_idle;
  options.responder.edns.cookie_required = config.cookie_required;
  if (!config.cookie_secrets.empty()) {
    TRY(options.responder.edns.cookies, read_cookie_secrets(config.cookie_secrets));
  }
  if (config.rate_limit.enabled) {
    TRY(options.responder.rate_limits, rate_limits(config.rate_limit));
  }
  return options;
}

// Whether the zone has an address of this name server, or does not name it.
base::Task<Result<bool>> has_address_or_other(dnsserver::Publishing& publishing, Name apex,
                                              Name name_server) {
  constexpr size_t kPage = 1000;
  bool is_named = false;
  base::Bytes after;
  do {
    CO_TRY(auto page, co_await publishing.list_rrsets(apex, std::move(after), kPage));
    for (const dnsserver::RRset& rrset : page.items) {
      const bool is_ns = rrset.owner == apex && rrset.type == dnsserver::kTypeNs;
      if (is_ns) is_named = std::ranges::count(rrset.rdata, name_server.wire()) > 0;
      const bool is_address = rrset.type == dnsserver::kTypeA || rrset.type == dnsserver::kTypeAaaa;
      if (is_address && rrset.owner == name_server) co_return true;
    }
    after = std::move(page.next);
  } while (!after.empty());
  co_return !is_named;
}

dnsserver::UpdateOptions update_options(const base::Config::Update& config) {
  dnsserver::UpdateOptions options;
  options.lifetime = config.lifetime;
  for (const std::string& zone : config.alias_zones)
    options.alias_zones.push_back(*Name::parse(zone));  // the configuration holds nothing else
  return options;
}

}  // namespace

Result<std::unique_ptr<DnsRole>> DnsRole::open(const base::Config& config, storage::Store& store,
                                               const base::Clock& clock, Runtime& runtime,
                                               std::optional<base::TlsIdentity> tls) {
  std::unique_ptr<DnsRole> role(new DnsRole(clock, runtime));
  role->nodes_.emplace(store);
  TRY(role->publishing_, runtime.wait(dnsserver::Publishing::open(store, clock, role->zones_,
                                                                  runtime.executor(), &role->acts_)));
  TRY(role->credentials_,
      runtime.wait(dnsserver::Credentials::open(store, clock, runtime.executor(), &role->acts_)));
  role->publisher_.emplace(*role->publishing_);
  role->updates_ = std::make_unique<dnsserver::Updates>(*role->publishing_, &role->alias_targets_, clock,
                                                        update_options(config.update));
  const dnsserver::TsigOptions tsig{.allow_hmac_md5 = config.update.allow_hmac_md5,
                                    .allow_hmac_sha1 = config.update.allow_hmac_sha1};
  role->update_door_ = std::make_unique<dnsserver::UpdateDoor>(*role->updates_, *role->credentials_, tsig,
                                                               clock, runtime.executor());
  TRY(auto options, server_options(config.dns));
  options.tls = std::move(tls);
  options.update_listen = config.update.listen;
  TRY(role->server_,
      dnsserver::net::Server::start(options, role->nodes_->index(), role->zones_, role->update_door_.get()));
  const auto clean_up = [publishing = role->publishing_.get()](Loop::Pause pause) {
    return dnsserver::run_clean_up(*publishing, std::move(pause));
  };
  role->clean_up_ = std::make_unique<Loop>(runtime.executor(), clean_up);
  return role;
}

Result<void> DnsRole::ensure_zone(const Name& apex) {
  TRY(const Name name_server, apex.prepend("ns1"));
  TRY(const Name contact, apex.prepend("hostmaster"));
  dnsserver::Zone zone;
  zone.apex = apex;
  zone.name_servers = {name_server};
  zone.contact = contact;
  const dnsserver::Administrator by;  // this server
  const auto created = runtime_.wait(publishing_->create_zone(std::move(zone), by));
  const bool was_there = !created && created.error().kind == base::ErrorKind::conflict;
  if (!created && !was_there) return tl::unexpected(created.error());
  // Also of a zone that is there: who made it may have ended before this.
  TRY(const bool has_address, runtime_.wait(has_address_or_other(*publishing_, apex, name_server)));
  if (has_address) return {};

  const base::Endpoint& endpoint = server_->endpoints().front();
  dnsserver::RRset address;
  address.owner = name_server;
  address.type = endpoint.address.find(':') == std::string::npos ? dnsserver::kTypeA : dnsserver::kTypeAaaa;
  address.ttl = uint32_t(dnsserver::kZoneTtlDefault.count());
  TRY(base::Bytes rdata, dnsserver::parse_rdata(address.type, endpoint.address));
  address.rdata.push_back(std::move(rdata));
  CHECK(runtime_.wait(publishing_->put_rrset(std::move(address), by)));
  return {};
}

}  // namespace app
