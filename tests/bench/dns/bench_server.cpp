// Serves the benchmark's zone from an LMDB store that it fills first, as fast as it can and in no order of names:
//   dns_bench_server NAMES DIRECTORY PORT
// Prints "ready" once it answers, and stops at the end of its input.
#include <cstdio>
#include <cstdlib>

#include "dnsserver/keys.h"
#include "dnsserver/net/server.h"
#include "storage/lmdb/lmdb_store.h"
#include "tests/bench/dns/workload.h"
#include "tests/support/run_task.h"

namespace {

using namespace dnsserver;

constexpr size_t kNamesPerCommit = 5000;

template <class T>
T or_exit(base::Result<T> result) {
  if (result) return *std::move(result);
  std::fprintf(stderr, "dns_bench_server: %s\n", result.error().detail.c_str());
  std::exit(1);
}

Name name(std::string_view text) { return Name::parse(text).value(); }

Zone make_zone() {
  return {.apex = name(bench::kApex),
          .name_servers = {name("ns1.acme.test")},
          .contact = name("hostmaster.acme.test"),
          .ttl = std::chrono::seconds(bench::kTtl),
          .negative_ttl = std::chrono::seconds(bench::kTtl)};
}

storage::Put node(const Zone& zone, std::span<const RRset> rrsets) {
  return {node_key(zone.apex, rrsets.front().owner), or_exit(render_node(rrsets))};
}

RRset txt_rrset(const Zone& zone, uint64_t index) {
  RRset txt{or_exit(zone.apex.prepend(bench::label(index))), kTypeTxt, bench::kTtl, {}};
  for (const std::string& value : bench::values(index))
    txt.rdata.push_back(char(value.size()) + value);
  return txt;
}

void fill(storage::Store& store, const Zone& zone, uint64_t names) {
  const RRset apex[] = {soa_rrset(zone), ns_rrset(zone)};
  const RRset address{name("ns1.acme.test"), kTypeA, bench::kTtl, {Bytes("\x7f\0\0\1", 4)}};
  storage::Batch batch;
  batch.puts = {node(zone, apex), node(zone, {&address, 1})};
  for (uint64_t i = 0; i < names; ++i) {
    const RRset txt = txt_rrset(zone, i);
    batch.puts.push_back(node(zone, {&txt, 1}));
    if (batch.puts.size() < kNamesPerCommit && i + 1 < names) continue;
    or_exit(support::run_task(store.commit(std::exchange(batch, {}))));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return std::fprintf(stderr, "usage: dns_bench_server NAMES DIRECTORY PORT\n"), 2;
  const auto store = or_exit(storage::LmdbStore::open({.directory = argv[2]}));
  const Zone zone = make_zone();
  fill(*store, zone, std::strtoull(argv[1], nullptr, 10));
  ZoneTableHolder zones;
  zones.publish(std::make_shared<ZoneTable>(std::vector{zone}));
  const auto server = or_exit(net::Server::start(
      {.listen = {{"127.0.0.1", uint16_t(std::atoi(argv[3]))}}, .udp_workers = 1}, *store, zones));
  std::puts("ready");
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  return 0;
}
