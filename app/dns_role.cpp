#include "app/dns_role.h"

#include "dnsserver/clean_up.h"
#include "dnsserver/rdata.h"

namespace app {

using base::Name;
using base::Result;

namespace {

dnsserver::net::ServerOptions server_options(const base::Config::Dns& config) {
  dnsserver::net::ServerOptions options;
  options.listen = config.listen;
  options.udp_workers = config.workers;
  options.tcp.idle = config.tcp_idle;
  options.tcp.connections_max = config.tcp_connections_max;
  options.tcp.connections_per_address_max = config.tcp_connections_per_address_max;
  return options;
}

}  // namespace

Result<std::unique_ptr<DnsRole>> DnsRole::open(const base::Config& config, storage::Store& store,
                                               const base::Clock& clock, Runtime& runtime) {
  std::unique_ptr<DnsRole> role(new DnsRole(runtime));
  role->nodes_.emplace(store);
  TRY(role->publishing_,
      runtime.wait(dnsserver::Publishing::open(store, clock, role->zones_, runtime.executor())));
  role->publisher_.emplace(*role->publishing_);
  TRY(role->server_,
      dnsserver::net::Server::start(server_options(config.dns), role->nodes_->index(), role->zones_));
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
  const auto created = runtime_.wait(publishing_->create_zone(std::move(zone)));
  if (!created && created.error().kind == base::ErrorKind::conflict) return {};
  if (!created) return tl::unexpected(created.error());

  const base::Endpoint& endpoint = server_->endpoints().front();
  dnsserver::RRset address;
  address.owner = name_server;
  address.type = endpoint.address.find(':') == std::string::npos ? dnsserver::kTypeA : dnsserver::kTypeAaaa;
  address.ttl = uint32_t(dnsserver::kZoneTtlDefault.count());
  TRY(base::Bytes rdata, dnsserver::parse_rdata(address.type, endpoint.address));
  address.rdata.push_back(std::move(rdata));
  CHECK(runtime_.wait(publishing_->put_rrset(std::move(address))));
  return {};
}

}  // namespace app
