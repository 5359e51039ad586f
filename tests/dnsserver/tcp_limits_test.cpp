#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>

#include <chrono>
#include <thread>

#include "dnsserver/wire.h"
#include "tests/dnsserver/net_clients.h"
#include "tests/dnsserver/running_server.h"
#include "tests/dnsserver/served_zones.h"

namespace dnsserver::net {
namespace {

using namespace std::chrono_literals;

ServerOptions with(TcpLimits limits) { return {.listen = {}, .udp_workers = 1, .tcp = limits}; }

bool is_answered(TcpClient& client) {
  client.send_message(txt_query("www.corp.test", 1));
  return !client.receive_message().empty();
}

// Connections of so many hosts that no limit on one holds them back.
std::string host(int number) {
  return "127.1." + std::to_string(number / 250) + "." + std::to_string(1 + number % 250);
}

class ManyDescriptors {
 public:
  explicit ManyDescriptors(rlim_t wanted) {
    getrlimit(RLIMIT_NOFILE, &before_);
    rlimit many = before_;
    many.rlim_cur = std::min(many.rlim_max, wanted);
    setrlimit(RLIMIT_NOFILE, &many);
    granted_ = many.rlim_cur >= wanted;
  }
  ~ManyDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

  bool are_granted() const { return granted_; }

 private:
  rlimit before_;
  bool granted_;
};

// CVE-2024-0760 and its kin: whoever holds connections open keeps nobody out.
TEST(TcpLimits, ServeANewClientAtOnceBesideFiveThousandIdleOnes) {
  constexpr int kIdle = 5000;
  const ManyDescriptors descriptors(2 * kIdle);
  if (!descriptors.are_granted()) GTEST_SKIP() << "the process may not have as many descriptors";
  RunningServer server(with({.idle = 1h}));
  std::vector<std::unique_ptr<TcpClient>> idle;
  for (int i = 0; i < kIdle; ++i) {
    idle.push_back(std::make_unique<TcpClient>(server.endpoint(), 0, host(i)));
    if (i % 2 == 0) idle.back()->send({"\0", 1});  // of a length, which never becomes one
  }
  while (server.server().traffic().tcp.connections_accepted < kIdle)
    std::this_thread::yield();
  // The quickest of some, since the machine may have other things to do.
  constexpr int kNew = 5;
  auto quickest = std::chrono::steady_clock::duration::max();
  for (int i = 0; i < kNew; ++i) {
    const auto start = std::chrono::steady_clock::now();
    TcpClient client(server.endpoint());
    EXPECT_TRUE(is_answered(client));
    quickest = std::min(quickest, std::chrono::steady_clock::now() - start);
  }
  EXPECT_LT(quickest, 100ms);
  const Traffic tcp = server.server().traffic().tcp;
  EXPECT_LE(tcp.connections_open, TcpLimits().connections_max);
  EXPECT_GE(tcp.connections_evicted, kIdle - TcpLimits().connections_max);
}

TEST(TcpLimits, OfOneAddressCostNobodyElseAConnection) {
  RunningServer server(with({.connections_max = 3, .connections_per_address_max = 2}));
  TcpClient other(server.endpoint(), 0, host(1));
  EXPECT_TRUE(is_answered(other));
  TcpClient first(server.endpoint(), 0, host(2));
  TcpClient second(server.endpoint(), 0, host(2));
  EXPECT_TRUE(is_answered(first));
  EXPECT_TRUE(is_answered(second));
  // There is room for nobody, and none is made for one that would be refused.
  TcpClient third(server.endpoint(), 0, host(2));
  EXPECT_EQ(third.receive_message(), "");
  EXPECT_TRUE(is_answered(other));
  EXPECT_EQ(server.server().traffic().tcp.connections_evicted, 0u);
  EXPECT_EQ(server.server().traffic().tcp.connections_refused, 1u);
}

// True when the server has closed; false after a moment.
bool is_closed(TcpClient& client) {
  constexpr int kMomentMs = 10;
  pollfd fd{.fd = client.fd(), .events = POLLRDHUP, .revents = 0};
  return poll(&fd, 1, kMomentMs) != 0;
}

TEST(TcpLimits, CloseWhoSendsOctetsAndNoQuery) {
  RunningServer server(with({.idle = 100ms}));
  TcpClient slow(server.endpoint());
  slow.send({"\xff\xff", 2});
  while (!is_closed(slow))
    slow.send("x");
  EXPECT_EQ(server.server().traffic().tcp.connections_expired, 1u);
}

TEST(TcpLimits, CloseWhoTakesResponsesByTheOctet) {
  RunningServer server(with({.idle = 200ms}));
  server.put_txt("big.corp.test", std::string(200, 'x'), 50);
  TcpClient slow(server.endpoint(), 4096);
  Bytes queries;
  for (uint16_t id = 0; id < 3000; ++id) {
    append_u16(queries, uint16_t(txt_query("big.corp.test", id).size()));
    queries += txt_query("big.corp.test", id);
  }
  slow.send(queries);
  while (server.server().traffic().tcp.connections_expired == 0) {
    char octet;
    if (!is_closed(slow)) recv(slow.fd(), &octet, 1, MSG_DONTWAIT);
  }
  TcpClient other(server.endpoint());
  EXPECT_TRUE(is_answered(other));
}

}  // namespace
}  // namespace dnsserver::net
