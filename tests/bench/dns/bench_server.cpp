// Serves the benchmark's zone from an LMDB store:
//   dns_bench_server ZONEFILE DIRECTORY PORT
// An empty directory is filled first, with the TXT records of the file: one a line, an owner's together, in no order of
// owners. Prints "ready" once it answers, then does what lines of its input say, and stops at their end:
//   updates RATE    from now on, so many values a second are presented or removed, at names that nobody asks for
//   stall, resume   the store's writer stands still behind its next commit, and goes on
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>

#include "dnsserver/keys.h"
#include "dnsserver/net/server.h"
#include "dnsserver/node_feed.h"
#include "dnsserver/publishing.h"
#include "dnsserver/stored.h"
#include "storage/lmdb/lmdb_store.h"
#include "tests/bench/dns/workload.h"
#include "tests/support/run_task.h"

namespace {

using namespace dnsserver;

constexpr size_t kNamesPerCommit = 5000;
constexpr uint64_t kUpdatedNames = 1000;

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

// What is to be committed, in commits of a size that the writer likes.
class Filling {
 public:
  Filling(storage::Store& store, const Zone& zone) : store_(store), zone_(zone) {}

  void add(std::span<const RRset> rrsets) {
    batch_.puts.push_back(node(zone_, rrsets));
    if (batch_.puts.size() == kNamesPerCommit) commit();
  }
  void commit() { or_exit(support::run_task(store_.commit(std::exchange(batch_, {})))); }

 private:
  storage::Store& store_;
  const Zone& zone_;
  storage::Batch batch_;
};

void fill(storage::Store& store, const char* path) {
  const Zone zone = make_zone();
  if (or_exit(support::run_task(store.get(zone_key(zone.apex))))) return;
  Filling filling(store, zone);
  const RRset apex[] = {soa_rrset(zone), ns_rrset(zone)};
  const RRset address{name("ns1.acme.test"), kTypeA, bench::kTtl, {Bytes("\x7f\0\0\1", 4)}};
  filling.add(apex);
  filling.add({&address, 1});
  RRset txt{zone.apex, kTypeTxt, bench::kTtl, {}};
  const auto flush = [&] {
    if (!txt.rdata.empty()) filling.add({&txt, 1});
    txt.rdata.clear();
  };
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const size_t quote = line.find('"');
    if (quote == std::string::npos) continue;
    const std::string value = line.substr(quote + 1, line.rfind('"') - quote - 1);
    const Name owner = or_exit(zone.apex.prepend(line.substr(0, line.find(' '))));
    if (owner != txt.owner) flush();
    txt.owner = owner;
    txt.rdata.push_back(char(value.size()) + value);
  }
  flush();
  filling.commit();
  // Last, so that a store that was filled in part is filled again.
  storage::Batch batch;
  batch.puts = {{zone_key(zone.apex), encode(StoredZone{zone})}};
  or_exit(support::run_task(store.commit(std::move(batch))));
}

// Holds up the store's writer, who waits for its followers.
class Stall final : public storage::Follower {
 public:
  void follow(const storage::Batch&) override {
    std::unique_lock lock(mutex_);
    resumed_.wait(lock, [this] { return !stalled_; });
  }
  void set(bool stalled) {
    const std::lock_guard lock(mutex_);
    stalled_ = stalled;
    resumed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable resumed_;
  bool stalled_ = false;
};

// Publishes at a steady rate, on a thread of its own.
class Updates {
 public:
  Updates(storage::Store& store, ZoneTableHolder& served)
      : publishing_(or_exit(support::run_task(Publishing::open(store, clock_, served, io_.get_executor())))),
        thread_([this] { io_.run(); }) {}
  ~Updates() {
    set_rate(0);
    work_.reset();
    thread_.join();
  }

  void set_rate(unsigned rate) {
    boost::asio::post(io_, [this, rate] {
      if (std::exchange(rate_, rate) == 0 && rate > 0)
        boost::asio::co_spawn(io_, run(), boost::asio::detached);
    });
  }

 private:
  Task<> run() {
    boost::asio::steady_timer timer(io_, std::chrono::steady_clock::now());
    for (uint64_t i = 0; rate_ > 0; ++i) {
      boost::asio::co_spawn(io_, update(i), boost::asio::detached);
      timer.expires_at(timer.expiry() + std::chrono::nanoseconds(1'000'000'000 / rate_));
      co_await timer.async_wait(boost::asio::use_awaitable);
    }
  }

  Task<> update(uint64_t i) {
    const Name owner = name("updated" + std::to_string(i / 2 % kUpdatedNames) + ".acme.test");
    Writer writer = Writer::of_configuration("bench");
    if (i % 2 == 0) {
      const Time expires = clock_.now() + std::chrono::hours(1);
      (void)co_await publishing_->present(std::move(writer), owner, "value", expires);
    } else {
      (void)co_await publishing_->remove(std::move(writer), owner, std::nullopt);
    }
  }

  const base::SystemClock clock_;
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  unsigned rate_ = 0;
  std::unique_ptr<Publishing> publishing_;
  std::thread thread_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return std::fprintf(stderr, "usage: dns_bench_server ZONEFILE DIRECTORY PORT\n"), 2;
  const auto store = or_exit(storage::LmdbStore::open({.directory = argv[2]}));
  fill(*store, argv[1]);
  Stall stall;
  store->follow(stall);
  NodeFeed nodes(*store);
  ZoneTableHolder zones;
  Updates updates(*store, zones);
  const auto server = or_exit(net::Server::start(
      {.listen = {{"127.0.0.1", uint16_t(std::atoi(argv[3]))}}, .udp_workers = 1}, nodes.index(), zones));
  std::puts("ready");
  std::fflush(stdout);
  for (std::string line; std::getline(std::cin, line);) {
    if (line.starts_with("updates ")) updates.set_rate(unsigned(std::atoi(line.c_str() + 8)));
    if (line == "stall" || line == "resume") stall.set(line == "stall");
  }
  stall.set(false);
  store->unfollow(stall);
  return 0;
}
