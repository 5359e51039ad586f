// On a disk of our own, which can be told not to answer: tests/storage/disk_layer.cpp replaces the C library's file
// calls in this program.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <string>

#include "dnsserver/net/server.h"
#include "dnsserver/node_feed.h"
#include "dnsserver/publishing.h"
#include "dnsserver/wire.h"
#include "storage/lmdb/lmdb_store.h"
#include "tests/dnsserver/net_clients.h"
#include "tests/dnsserver/served_zones.h"
#include "tests/storage/disk_layer.h"
#include "tests/support/run_task.h"
#include "tests/support/temp_directory.h"

namespace dnsserver::net {
namespace {

constexpr int kQueries = 5000;

Name name(std::string_view text) { return Name::parse(text).value(); }

Bytes query(int id) {
  Bytes query = make_query("www.corp.test", kTypeTxt);
  put_u16(query.data(), uint16_t(id));
  return query;
}

// A name server whose store is on that disk, with the value "old" at www.corp.test.
class StalledWriter : public testing::Test {
 protected:
  void SetUp() override {
    Zone zone;
    zone.apex = name("corp.test");
    zone.name_servers = {name("ns1.test")};
    zone.contact = name("hostmaster.test");
    ASSERT_TRUE(run(publishing_->create_zone(zone, {})));
    ASSERT_TRUE(run(present("old")));
  }

  template <class T>
  T run(Task<T> task) {
    return support::run_task(io_, std::move(task));
  }

  Task<Result<Presented>> present(Bytes value) {
    return publishing_->present(Writer::of_configuration("alice"), name("www.corp.test"), std::move(value),
                                clock_.now() + kHour);
  }

  // Presents another value, as far as to where the disk does not answer.
  void begin_to_present(Bytes value) {
    auto present = [](StalledWriter& self, Bytes value) -> Task<> {
      const auto presented = co_await self.present(std::move(value));
      self.presented_ = presented.has_value();
    };
    boost::asio::co_spawn(io_, present(*this, std::move(value)), boost::asio::detached);
    io_.restart();
    io_.poll();
    disk_.wait_for_stalled_sync();
  }

  const Endpoint& endpoint() const { return server_->endpoints().front(); }

  static constexpr std::chrono::hours kHour{1};
  const support::TempDirectory directory_{support::TempDirectory::Place::memory};
  storage::DiskLayer disk_{directory_.path()};
  boost::asio::io_context io_;
  base::ManualClock clock_{Time(std::chrono::seconds(1'790'000'000))};
  const std::unique_ptr<storage::Store> store_ =
      storage::LmdbStore::open({.directory = directory_.path(), .size_max = 64 << 20}).value();
  NodeFeed nodes_{*store_};
  ZoneTableHolder zones_;
  const std::unique_ptr<Publishing> publishing_ =
      run(Publishing::open(*store_, clock_, zones_, io_.get_executor())).value();
  const std::unique_ptr<Server> server_ =
      Server::start({.listen = {{"127.0.0.1", 0}}, .udp_workers = 1}, nodes_.index(), zones_).value();
  std::optional<bool> presented_;
};

TEST_F(StalledWriter, CostsNoAnswer) {
  UdpClient udp(endpoint());
  TcpClient tcp(endpoint());
  disk_.stall_syncs(true);
  begin_to_present("new");
  for (int i = 0; i < kQueries; ++i) {
    udp.send(query(i));
    const Bytes response = udp.receive();
    ASSERT_EQ(u16_at(response, 0), i) << "each is answered, and before the next";
    ASSERT_TRUE(response.ends_with("\3old"));
    ASSERT_EQ(u16_at(response, 6), 1) << "what is not durable is not shown";
  }
  for (int i = 0; i < kQueries; ++i)
    tcp.send_message(query(i));
  for (int i = 0; i < kQueries; ++i)
    ASSERT_EQ(u16_at(tcp.receive_message(), 0), i);
  EXPECT_EQ(presented_, std::nullopt);

  disk_.stall_syncs(false);
  io_.run();
  EXPECT_EQ(presented_, true);
  udp.send(query(1));
  EXPECT_EQ(u16_at(udp.receive(), 6), 2) << "the next query sees it";
}

}  // namespace
}  // namespace dnsserver::net
