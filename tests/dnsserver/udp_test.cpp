#include <gtest/gtest.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "dnsserver/net/port_holder.h"
#include "dnsserver/net/udp_batch.h"
#include "dnsserver/wire.h"
#include "tests/dnsserver/net_clients.h"
#include "tests/dnsserver/running_server.h"
#include "tests/dnsserver/served_zones.h"

namespace dnsserver::net {
namespace {

TEST(Udp, AnswersEachQueryOfABurst) {
  RunningServer server;
  UdpClient client(server.endpoint());
  constexpr int kBurst = 3 * int(kUdpBatchSize) + 1;
  for (int id = 0; id < kBurst; ++id)
    client.send(txt_query(id % 2 ? "www.corp.test" : "no.corp.test", uint16_t(id)));
  std::vector<int> seen(kBurst);
  for (int i = 0; i < kBurst; ++i) {
    const Bytes response = client.receive();
    const uint16_t id = u16_at(response, 0);
    ASSERT_LT(id, kBurst);
    ++seen[id];
    EXPECT_EQ(rcode_of(response), id % 2 ? 0 : 3);
  }
  EXPECT_EQ(seen, std::vector<int>(kBurst, 1));
  const Traffic udp = server.server().traffic().udp;
  EXPECT_EQ(udp.responses[0], uint64_t(kBurst / 2));
  EXPECT_EQ(udp.responses[3], uint64_t(kBurst - kBurst / 2));
}

TEST(Udp, SaysNothingToWhatIsNoQueryAndGoesOn) {
  RunningServer server;
  UdpClient client(server.endpoint());
  client.send("");
  client.send("x");
  Bytes response = txt_query("www.corp.test", 1);
  response[2] = char(0x80);
  client.send(response);
  client.send(txt_query("www.corp.test", 2));
  EXPECT_EQ(u16_at(client.receive(), 0), 2);
  EXPECT_EQ(server.server().traffic().udp.unanswered, 3u);
}

TEST(Udp, AnswersADatagramLongerThanItsBufferWithFormerr) {
  RunningServer server;
  UdpClient client(server.endpoint());
  const Bytes query = txt_query("www.corp.test", 7);
  client.send(query + Bytes(kUdpQuerySizeMax + 1 - query.size(), '\0'));
  const Bytes response = client.receive();
  EXPECT_EQ(response.size(), kHeaderSize);
  EXPECT_EQ(rcode_of(response), 1);
}

TEST(Udp, ShowsInTheNextAnswerWhatWasCommittedOrPublished) {
  RunningServer server;
  UdpClient client(server.endpoint());
  for (int i = 0; i < 100; ++i) {
    const std::string value = "value" + std::to_string(i);
    server.put_txt("www.corp.test", value);
    client.send(txt_query("www.corp.test", 1));
    ASSERT_NE(client.receive().find(value), Bytes::npos);
  }
  client.send(txt_query("new.test", 1));
  EXPECT_EQ(rcode_of(client.receive()), 5);
  server.add_zone("new.test");
  client.send(txt_query("new.test", 1));
  EXPECT_EQ(rcode_of(client.receive()), 0);
}

TEST(Udp, AnswersAtEachEndpointAndByEachWorker) {
  RunningServer server({.listen = {{"127.0.0.1", 0}, {"127.0.0.2", 0}, {"::1", 0}}, .udp_workers = 3});
  for (const Endpoint& endpoint : server.server().endpoints()) {
    EXPECT_NE(endpoint.port, 0);
    // Another source port may be another worker's.
    for (int i = 0; i < 20; ++i) {
      UdpClient client(endpoint);
      client.send(txt_query("www.corp.test", 1));
      EXPECT_EQ(rcode_of(client.receive()), 0);
    }
  }
}

TEST(Udp, TellsToAskOverTcpWhatDoesNotFit) {
  RunningServer server;
  server.put_txt("big.corp.test", std::string(200, 'x'), 10);
  UdpClient udp(server.endpoint());
  udp.send(txt_query("big.corp.test", 1));
  EXPECT_TRUE(u16_at(udp.receive(), 2) & kTc);
  TcpClient tcp(server.endpoint());
  tcp.send_message(txt_query("big.corp.test", 1));
  const Bytes response = tcp.receive_message();
  EXPECT_FALSE(u16_at(response, 2) & kTc);
  EXPECT_EQ(u16_at(response, 6), 10);
}

// A client that connected its socket takes answers from the address that it asked and from no other. In a
// network of its own, where loopback is all there is, so that the wildcard address is no one else's.
TEST(Udp, AnswersFromTheAddressThatWasAskedOnAWildcardAddress) {
  bool permitted = true;
  std::thread([&] {
    permitted = unshare(CLONE_NEWNET) == 0;
    if (!permitted) return;
    const FileDescriptor control(socket(AF_INET, SOCK_DGRAM, 0));
    ifreq loopback{};
    loopback.ifr_name[0] = 'l';
    loopback.ifr_name[1] = 'o';
    loopback.ifr_flags = IFF_UP | IFF_RUNNING;
    ASSERT_EQ(ioctl(control.get(), SIOCSIFFLAGS, &loopback), 0);
    RunningServer server({.listen = {{"0.0.0.0", 0}, {"::", 0}}, .udp_workers = 1});
    for (std::string_view address : {"127.0.0.1", "127.0.0.2", "127.1.2.3"}) {
      UdpClient client({std::string(address), server.server().endpoints()[0].port});
      client.send(txt_query("www.corp.test", 1));
      EXPECT_EQ(rcode_of(client.receive()), 0) << address;
    }
    UdpClient client({"::1", server.server().endpoints()[1].port});
    client.send(txt_query("www.corp.test", 1));
    EXPECT_EQ(rcode_of(client.receive()), 0);
  }).join();
  if (!permitted) GTEST_SKIP() << "a network of its own takes CAP_SYS_ADMIN";
}

std::string this_process() {
  std::string name;
  std::ifstream file("/proc/self/comm");
  std::getline(file, name);
  return name + " (process " + std::to_string(getpid()) + ")";
}

// RFC 9715 §3: a router that claims a small MTU does not make us send fragments.
TEST(Udp, IsNeverFragmentedForAPathMtu) {
  const auto v4 = open_udp({"127.0.0.1", 0});
  const auto v6 = open_udp({"::1", 0});
  ASSERT_TRUE(v4 && v6);
  int mode = -1;
  socklen_t size = sizeof mode;
  ASSERT_EQ(getsockopt(v4->get(), IPPROTO_IP, IP_MTU_DISCOVER, &mode, &size), 0);
  EXPECT_EQ(mode, IP_PMTUDISC_OMIT);
  ASSERT_EQ(getsockopt(v6->get(), IPPROTO_IPV6, IPV6_MTU_DISCOVER, &mode, &size), 0);
  EXPECT_EQ(mode, IPV6_PMTUDISC_OMIT);
}

Bytes cookie_query(BytesView cookie, uint16_t id) {
  Opt opt;
  append_u16(opt.options, kOptionCookie);
  append_u16(opt.options, uint16_t(cookie.size()));
  opt.options += cookie;
  return with_edns(txt_query("www.corp.test", id), opt);
}

// The COOKIE option is the last of the response.
Bytes cookie_of(const Bytes& response) {
  return response.substr(response.size() - kClientCookieSize - kServerCookieSize);
}

ServerOptions limited_to(unsigned per_second) {
  ServerOptions options;
  options.responder.rate_limits.emplace();
  options.responder.rate_limits->answers_per_second = per_second;
  options.responder.rate_limits->slip = 2;
  return options;
}

// One query at a time; what comes for those that are dropped is the next one's.
TEST(Udp, SlipsAndDropsWhatIsOverTheRateLimit) {
  RunningServer server(limited_to(1));
  UdpClient client(server.endpoint());
  constexpr int kQueries = int(kRateBurst) + 40;
  for (int id = 0; id < kQueries; ++id)
    client.send(txt_query("www.corp.test", uint16_t(id)));
  // Refused, and so of another kind: when it comes, all before it was answered.
  client.send(txt_query("www.other.test", 9999));
  size_t whole = 0;
  size_t cut = 0;
  for (;;) {
    const Bytes response = client.receive();
    ASSERT_FALSE(response.empty());
    if (u16_at(response, 0) == 9999) break;
    (u16_at(response, 2) & kTc ? cut : whole) += 1;
  }
  const Traffic udp = server.server().traffic().udp;
  EXPECT_GE(whole, size_t(kRateBurst));
  EXPECT_LT(whole, size_t(kRateBurst) + 10) << "a few seconds at most";
  EXPECT_EQ(udp.rate_slipped, cut);
  EXPECT_EQ(udp.rate_dropped + cut + whole, size_t(kQueries));
  EXPECT_NEAR(double(cut), double(udp.rate_dropped), 1.0);
}

TEST(Udp, DoesNotLimitWhoComesWithItsCookie) {
  RunningServer server(limited_to(1));
  UdpClient client(server.endpoint());
  client.send(cookie_query("abcdefgh", 1));
  const Bytes cookie = cookie_of(client.receive());
  for (uint16_t id = 0; id < 100; ++id) {
    client.send(cookie_query(cookie, id));
    const Bytes response = client.receive();
    ASSERT_EQ(u16_at(response, 0), id);
    ASSERT_EQ(rcode_of(response), 0);
    ASSERT_EQ(cookie_of(response), cookie);
  }
  EXPECT_EQ(server.server().traffic().udp.rate_dropped, 0u);
}

TEST(Udp, AcceptsTheCookieOfAnyWorker) {
  RunningServer server({.listen = {}, .udp_workers = 3});
  UdpClient first(server.endpoint());
  first.send(cookie_query("abcdefgh", 1));
  const Bytes cookie = cookie_of(first.receive());
  for (int i = 0; i < 20; ++i) {
    UdpClient client(server.endpoint());
    client.send(cookie_query(cookie, 1));
    EXPECT_EQ(cookie_of(client.receive()), cookie);
  }
  TcpClient tcp(server.endpoint());
  tcp.send_message(cookie_query(cookie, 1));
  EXPECT_EQ(cookie_of(tcp.receive_message()), cookie);
}

TEST(Server, SaysWhatIsInTheWay) {
  RunningServer server;
  NodeIndex nodes;
  ZoneTableHolder zones;
  const auto second = Server::start({.listen = {server.endpoint()}}, nodes, zones);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, base::ErrorKind::unavailable);
  EXPECT_EQ(second.error().detail, "cannot listen on " + server.endpoint().text() +
                                       " (TCP): Address already in use, by " + this_process());
}

TEST(Server, SaysWhatIsInTheWayOfUdp) {
  // Bound without SO_REUSEPORT, as by another program.
  const FileDescriptor other(socket(AF_INET, SOCK_DGRAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(bind(other.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const Endpoint taken{"127.0.0.1", port_of(other)};
  NodeIndex nodes;
  ZoneTableHolder zones;
  const auto server = Server::start({.listen = {taken}}, nodes, zones);
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().detail,
            "cannot listen on " + taken.text() + " (UDP): Address already in use, by " + this_process());
}

// As systemd-resolved holds 127.0.0.53 while a server asks for all addresses, and the other way round.
TEST(Server, NamesWhoHoldsAnAddressThatOverlaps) {
  EXPECT_EQ(port_holder({"127.0.0.1", 1}, SocketKind::tcp), "");
  const FileDescriptor one = open_tcp({"127.0.0.53", 0}).value();
  const uint16_t port = port_of(one);
  EXPECT_EQ(port_holder({"0.0.0.0", port}, SocketKind::tcp), this_process());
  EXPECT_EQ(port_holder({"127.0.0.53", port}, SocketKind::tcp), this_process());
  const FileDescriptor v6 = open_udp({"::1", 0}).value();
  EXPECT_EQ(port_holder({"::1", port_of(v6)}, SocketKind::udp), this_process());
  EXPECT_EQ(port_holder({"no address", 1}, SocketKind::udp), "");
}

TEST(Server, ListensAtBothWildcardsAtOnce) {
  RunningServer server({.listen = {{"0.0.0.0", 0}, {"::", 0}}});
  UdpClient v4({"127.0.0.1", server.server().endpoints()[0].port});
  UdpClient v6({"::1", server.server().endpoints()[1].port});
  for (UdpClient* client : {&v4, &v6}) {
    client->send(txt_query("www.corp.test", 1));
    EXPECT_EQ(rcode_of(client->receive()), 0);
  }
}

TEST(Server, MeansIpv6AloneByItsWildcard) {
  bool both = false;
  for (int tries = 0; !both && tries < kPortTriesMax; ++tries) {
    const FileDescriptor v6 = open_tcp({"::", 0}).value();
    both = open_tcp({"0.0.0.0", port_of(v6)}).has_value();
  }
  EXPECT_TRUE(both);
}

}  // namespace
}  // namespace dnsserver::net
