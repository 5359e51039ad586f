#include "tests/dnsserver/running_server.h"

#include <cstdio>
#include <cstdlib>

#include "dnsserver/keys.h"
#include "dnsserver/wire.h"
#include "tests/dnsserver/served_zones.h"
#include "tests/support/run_task.h"

namespace dnsserver::net {

namespace {

template <class T>
T or_stop(Result<T> result) {
  if (result) return *std::move(result);
  std::fprintf(stderr, "%s\n", result.error().detail.c_str());
  std::abort();
}

Name name(std::string_view text) { return Name::parse(text).value(); }

}  // namespace

RunningServer::RunningServer(ServerOptions options) {
  if (options.listen.empty()) options.listen = {{"127.0.0.1", 0}};
  if (options.udp_workers == 0) options.udp_workers = 1;
  add_zone("corp.test");
  put_txt("www.corp.test", "a");
  server_ = or_stop(Server::start(options, nodes_.index(), zones_));
}

void RunningServer::put_txt(std::string_view owner, std::string_view value, size_t count) {
  RRset txt{name(owner), kTypeTxt, 60, {}};
  for (size_t i = 0; i < count; ++i)
    txt.rdata.push_back(char(value.size()) + Bytes(value));
  storage::Batch batch;
  batch.puts.push_back({node_key(name("corp.test"), txt.owner), or_stop(render_node({&txt, 1}))});
  commit(std::move(batch));
}

void RunningServer::add_zone(std::string_view apex) {
  served_.push_back(
      {.apex = name(apex), .name_servers = {name("ns1.corp.test")}, .contact = name("hostmaster")});
  const RRset rrsets[] = {soa_rrset(served_.back()), ns_rrset(served_.back())};
  storage::Batch batch;
  batch.puts.push_back({node_key(name(apex), name(apex)), or_stop(render_node(rrsets))});
  commit(std::move(batch));
  zones_.publish(std::make_shared<ZoneTable>(served_));
}

void RunningServer::commit(storage::Batch batch) {
  or_stop(support::run_task(store_.commit(std::move(batch))));
}

Bytes txt_query(std::string_view name, uint16_t id) {
  Bytes query = make_query(name, kTypeTxt);
  put_u16(query.data(), id);
  return query;
}

}  // namespace dnsserver::net
