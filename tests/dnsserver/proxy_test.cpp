#include <gtest/gtest.h>

#include "dnsserver/wire.h"
#include "tests/dnsserver/net_clients.h"
#include "tests/dnsserver/proxied.h"
#include "tests/dnsserver/running_server.h"
#include "tests/dnsserver/served_zones.h"
#include "tests/dnsserver/tls_client.h"
#include "tests/support/self_signed.h"

namespace dnsserver::net {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

ServerOptions behind(std::string_view proxies, TcpLimits limits = {}) {
  ServerOptions options{.listen = {}, .udp_workers = 1, .tcp = limits};
  options.listen_tls = {{"127.0.0.1", 0}};
  options.tls = support::self_signed("localhost");
  options.proxies = {base::IpNetwork::parse(proxies).value()};
  return options;
}

const Bytes kHeader = proxied_v4({192, 0, 2, 1}, 40000);
const Bytes kLocal = Bytes(kProxySignature) + "\x20\0\0\0"s;

// Headers that are none: no addresses for their family, unknown commands and families, more than there is.
std::vector<Bytes> broken_headers() {
  const auto with = [](size_t at, char octet) {
    Bytes header = kHeader;
    header[at] = octet;
    return header;
  };
  Bytes too_long = kHeader;
  put_u16(too_long.data() + 14, 0xffff);
  return {with(12, 0x11), with(12, 0x22), with(13, 0x31), with(13, 0x21), with(15, 4), too_long};
}

bool is_answered(TcpClient& client) {
  client.send_message(txt_query("www.corp.test", 1));
  return !client.receive_message().empty();
}

TEST(ProxiedUdp, IsAnsweredToTheProxyWithoutAHeader) {
  RunningServer server(behind("127.0.0.0/8"));
  UdpClient proxy(server.endpoint());
  for (const Bytes& header : {kHeader, proxied_v6({0x20, 1}, 1), kLocal}) {
    proxy.send(header + txt_query("www.corp.test", 9));
    const Bytes response = proxy.receive();
    EXPECT_EQ(u16_at(response, 0), 9);
    EXPECT_EQ(rcode_of(response), 0);
  }
}

TEST(ProxiedUdp, HasRoomForEveryResponseBehindALongHeader) {
  RunningServer server(behind("127.0.0.0/8"));
  Bytes header = kHeader + Bytes(1500, '\0');
  put_u16(header.data() + 14, uint16_t(header.size() - kProxyHeaderSizeMin));
  server.put_txt("big.corp.test", std::string(200, 'x'), 5);
  UdpClient proxy(server.endpoint());
  proxy.send(header + with_edns(txt_query("big.corp.test", 9)));
  EXPECT_GT(proxy.receive().size(), 1000u);
}

TEST(ProxiedUdp, DropsAndCountsWhatHasNoGoodHeader) {
  RunningServer server(behind("127.0.0.0/8"));
  UdpClient proxy(server.endpoint());
  const Bytes query = txt_query("www.corp.test", 1);
  uint64_t sent = 0;
  for (const Bytes& header : broken_headers()) {
    proxy.send(header + query);
    ++sent;
  }
  for (const Bytes& datagram : {query, kHeader.substr(0, kHeader.size() - 1), Bytes(kProxySignature), ""s}) {
    proxy.send(datagram);
    ++sent;
  }
  proxy.send(kHeader + txt_query("www.corp.test", 2));
  EXPECT_EQ(u16_at(proxy.receive(), 0), 2);
  EXPECT_EQ(server.server().traffic().udp.proxy_headers_refused, sent);
}

// What crashed another server: a header whose family is not the transport's, from anybody.
TEST(ProxiedUdp, DropsAndCountsHeadersOfWhomNobodyTrusts) {
  for (const std::string_view trusted : {"192.0.2.0/24", "127.0.0.1/32"}) {
    RunningServer server(behind(trusted));
    UdpClient other(server.endpoint(), "127.0.0.2");
    const Bytes query = txt_query("www.corp.test", 1);
    other.send(kHeader + query);
    other.send(kLocal + query);
    for (const Bytes& header : broken_headers())
      other.send(header + query);
    other.send(txt_query("www.corp.test", 2));
    EXPECT_EQ(u16_at(other.receive(), 0), 2);
    EXPECT_EQ(server.server().traffic().udp.proxy_headers_refused, 2 + broken_headers().size());
  }
}

TEST(ProxiedUdp, IsDroppedAndCountedWhereThereAreNoProxies) {
  RunningServer server;
  UdpClient client(server.endpoint());
  client.send(kHeader + txt_query("www.corp.test", 1));
  client.send(txt_query("www.corp.test", 2));
  EXPECT_EQ(u16_at(client.receive(), 0), 2);
  EXPECT_EQ(server.server().traffic().udp.proxy_headers_refused, 1u);
}

TEST(ProxiedTcp, IsServedBehindItsHeader) {
  RunningServer server(behind("127.0.0.0/8"));
  for (const Bytes& header : {kHeader, proxied_v6({0x20, 1}, 1), kLocal}) {
    TcpClient whole(server.endpoint());
    whole.send(header);
    EXPECT_TRUE(is_answered(whole));
    EXPECT_TRUE(is_answered(whole));
    for (size_t size = 1; size < header.size(); ++size) {
      TcpClient in_parts(server.endpoint());
      in_parts.send(header.substr(0, size));
      // Once this is answered, the first part has been taken.
      EXPECT_TRUE(is_answered(whole));
      in_parts.send(header.substr(size));
      EXPECT_TRUE(is_answered(in_parts)) << size;
    }
  }
}

TEST(ProxiedTcp, IsServedInTlsBehindItsHeader) {
  RunningServer server(behind("127.0.0.0/8"));
  TlsClient client(server.server().tls_endpoints().front(), {.before = kHeader});
  client.send_message(txt_query("www.corp.test", 4));
  EXPECT_EQ(u16_at(client.receive_message(), 0), 4);
}

TEST(ProxiedTcp, ClosesAndCountsWhatHasNoGoodHeader) {
  RunningServer server(behind("127.0.0.0/8"));
  uint64_t refused = 0;
  for (const Bytes& header : broken_headers()) {
    TcpClient proxy(server.endpoint());
    proxy.send(header);
    EXPECT_EQ(proxy.receive_message(), "");
    ++refused;
  }
  TcpClient without(server.endpoint());
  without.send_message(txt_query("www.corp.test", 1));
  EXPECT_EQ(without.receive_message(), "");
  EXPECT_EQ(server.server().traffic().tcp.proxy_headers_refused, refused + 1);
  EXPECT_FALSE(TlsClient(server.server().tls_endpoints().front()).is_connected());
  EXPECT_EQ(server.server().traffic().tls.proxy_headers_refused, 1u);
}

TEST(ProxiedTcp, WaitsOnlySoLongForAHeader) {
  RunningServer server(behind("127.0.0.0/8", {.idle = 1h, .opening = 50ms}));
  TcpClient proxy(server.endpoint());
  proxy.send(BytesView(kHeader).substr(0, kHeader.size() - 1));
  EXPECT_EQ(proxy.receive_message(), "");
  EXPECT_EQ(server.server().traffic().tcp.connections_unopened, 1u);
}

TEST(ProxiedTcp, ClosesAndCountsHeadersOfWhomNobodyTrusts) {
  RunningServer server(behind("192.0.2.0/24"));
  TcpClient client(server.endpoint());
  client.send(kHeader);
  EXPECT_EQ(client.receive_message(), "");
  EXPECT_EQ(server.server().traffic().tcp.proxy_headers_refused, 1u);
  // In TLS it is no ClientHello.
  EXPECT_FALSE(TlsClient(server.server().tls_endpoints().front(), {.before = kHeader}).is_connected());
}

// One host has a /64 to itself (RFC 6177), and behind a proxy there are many hosts.
TEST(ProxiedTcp, IsCountedByTheClientsSubnet) {
  RunningServer server(behind("127.0.0.0/8", {.connections_per_address_max = 2}));
  const auto connect = [&](const Bytes& header) {
    auto client = std::make_unique<TcpClient>(server.endpoint());
    client->send(header);
    return client;
  };
  const Bytes neighbours[] = {proxied_v6({0x20, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1}, 1),
                              proxied_v6({0x20, 1, 0, 0, 0, 0, 0, 1, 0xff, 0, 0, 0, 0, 0, 0, 2}, 2),
                              proxied_v6({0x20, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 3}, 3)};
  const auto first = connect(neighbours[0]);
  EXPECT_TRUE(is_answered(*first));
  const auto second = connect(neighbours[1]);
  EXPECT_TRUE(is_answered(*second));
  EXPECT_EQ(connect(neighbours[2])->receive_message(), "");
  const auto elsewhere = connect(proxied_v6({0x20, 1, 0, 0, 0, 0, 0, 2}, 4));
  EXPECT_TRUE(is_answered(*elsewhere));
  // An IPv4 address counts alone.
  for (uint8_t host = 1; host <= 3; ++host)
    EXPECT_TRUE(is_answered(*connect(proxied_v4({192, 0, 2, host}, 5))));
  EXPECT_EQ(server.server().traffic().tcp.connections_refused, 1u);
}

}  // namespace
}  // namespace dnsserver::net
