#include <gtest/gtest.h>

#include "dnsserver/wire.h"
#include "tests/dnsserver/net_clients.h"
#include "tests/dnsserver/running_server.h"
#include "tests/dnsserver/served_zones.h"
#include "tests/dnsserver/tls_client.h"
#include "tests/support/self_signed.h"

namespace dnsserver::net {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

ServerOptions over_tls(TcpLimits limits = {}) {
  return {.listen = {},
          .udp_workers = 1,
          .tcp = limits,
          .listen_tls = {{"127.0.0.1", 0}},
          .tls = support::self_signed("localhost")};
}

const Endpoint& tls_endpoint(RunningServer& server) { return server.server().tls_endpoints().front(); }

Traffic tls_traffic(RunningServer& server) { return server.server().traffic().tls; }

bool is_answered(TlsClient& client) {
  client.send_message(txt_query("www.corp.test", 1));
  return !client.receive_message().empty();
}

const Bytes kDot = "\3dot";

TEST(Tls, AnswersPipelinedQueriesInTheirOrder) {
  RunningServer server(over_tls());
  TlsClient client(tls_endpoint(server), {.alpn = kDot});
  constexpr uint16_t kQueries = 5000;
  Bytes queries;
  for (uint16_t id = 0; id < kQueries; ++id) {
    append_u16(queries, uint16_t(txt_query("www.corp.test", id).size()));
    queries += txt_query("www.corp.test", id);
  }
  client.send(queries);
  for (uint16_t id = 0; id < kQueries; ++id)
    ASSERT_EQ(u16_at(client.receive_message(), 0), id);
  EXPECT_EQ(tls_traffic(server).responses[0], kQueries);
  EXPECT_EQ(tls_traffic(server).handshakes, 1u);
  EXPECT_EQ(server.server().traffic().tcp.connections_accepted, 0u);
}

TEST(Tls, PutsTheAnswersToOneRecordIntoOne) {
  RunningServer server(over_tls());
  TlsClient client(tls_endpoint(server), {.alpn = kDot});
  const Bytes query = txt_query("www.corp.test", 7);
  Bytes queries;
  for (int i = 0; i < 20; ++i) {
    append_u16(queries, uint16_t(query.size()));
    queries += query;
  }
  client.send(queries);
  const Bytes record = client.receive_record();
  ASSERT_GT(record.size(), 2u);
  EXPECT_EQ(record.size(), 20 * (2u + u16_at(record, 0)));
}

TEST(Tls, PutsAMessageTogetherFromRecordsOfOneOctet) {
  RunningServer server(over_tls());
  TlsClient client(tls_endpoint(server));
  const Bytes query = txt_query("no.corp.test", 2);
  Bytes octets;
  append_u16(octets, uint16_t(query.size()));
  for (const char octet : octets + query)
    client.send({&octet, 1});
  EXPECT_EQ(rcode_of(client.receive_message()), 3);
}

// RFC 7858 §3.1 and RFC 9103 §7.1: who names a protocol names this one.
TEST(Tls, SelectsDotAndNothingElse) {
  RunningServer server(over_tls());
  EXPECT_EQ(TlsClient(tls_endpoint(server), {.alpn = "\2h2\3dot"}).alpn(), "dot");
  EXPECT_EQ(TlsClient(tls_endpoint(server)).alpn(), "");
  EXPECT_TRUE(TlsClient(tls_endpoint(server)).is_connected());
  for (const std::string other : {"\2h2", "\x08http/1.1", "\3dox", "\4dot1", "\2do"})
    EXPECT_FALSE(TlsClient(tls_endpoint(server), {.alpn = other}).is_connected()) << other;
}

TEST(Tls, SpeaksVersions12And13AndNothingOlder) {
  RunningServer server(over_tls());
  EXPECT_EQ(TlsClient(tls_endpoint(server)).version(), "TLSv1.3");
  EXPECT_EQ(TlsClient(tls_endpoint(server), {.version_max = TLS1_2_VERSION}).version(), "TLSv1.2");
  EXPECT_FALSE(TlsClient(tls_endpoint(server), {.version_max = TLS1_1_VERSION}).is_connected());
}

TEST(Tls, ResumesSessions) {
  RunningServer server(over_tls());
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient first(tls_endpoint(server), {.version_max = version});
    EXPECT_TRUE(is_answered(first));
    const SslSessionHandle session = first.take_session();
    TlsClient second(tls_endpoint(server), {.version_max = version, .session = session.get()});
    EXPECT_TRUE(second.was_resumed()) << version;
    EXPECT_TRUE(is_answered(second));
  }
  EXPECT_EQ(tls_traffic(server).handshakes_resumed, 2u);
}

TEST(Tls, RenewsItsIdentityWithoutHarmToOpenConnections) {
  RunningServer server(over_tls());
  TlsClient before(tls_endpoint(server));
  EXPECT_EQ(before.peer_name(), "localhost");
  ASSERT_TRUE(server.server().renew(support::self_signed("renewed")));
  EXPECT_EQ(TlsClient(tls_endpoint(server)).peer_name(), "renewed");
  EXPECT_TRUE(is_answered(before));
  // A session of the old identity is none of the new one's.
  const SslSessionHandle session = before.take_session();
  TlsClient after(tls_endpoint(server), {.session = session.get()});
  EXPECT_FALSE(after.was_resumed());
  EXPECT_EQ(after.peer_name(), "renewed");
}

TEST(Tls, KeepsItsIdentityIfTheNewOneIsBroken) {
  RunningServer server(over_tls());
  const auto renewed = server.server().renew({"no chain", "no key"});
  ASSERT_FALSE(renewed);
  EXPECT_EQ(renewed.error().kind, base::ErrorKind::malformed);
  EXPECT_EQ(TlsClient(tls_endpoint(server)).peer_name(), "localhost");
}

TEST(Tls, SaysThatItClosesWhoAsksNothing) {
  RunningServer server(over_tls({.idle = 50ms}));
  TlsClient client(tls_endpoint(server));
  EXPECT_TRUE(is_answered(client));
  EXPECT_EQ(client.receive_message(), "");
  EXPECT_TRUE(client.was_told_of_the_end());
  EXPECT_EQ(tls_traffic(server).connections_expired, 1u);
}

TEST(Tls, AnswersWhoHasNothingMoreToAsk) {
  RunningServer server(over_tls());
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient client(tls_endpoint(server), {.version_max = version});
    client.send_message(txt_query("www.corp.test", 3));
    client.close_sending();
    EXPECT_EQ(u16_at(client.receive_message(), 0), 3);
    EXPECT_EQ(client.receive_message(), "");
    EXPECT_TRUE(client.was_told_of_the_end());
  }
  TlsClient other(tls_endpoint(server));
  EXPECT_TRUE(is_answered(other));
}

// 30 MB of responses for 100 KB of queries: more than all buffers on the way.
TEST(Tls, ClosesWhoTakesNoResponses) {
  RunningServer server(over_tls({.idle = 100ms}));
  server.put_txt("big.corp.test", std::string(200, 'x'), 50);
  TlsClient client(tls_endpoint(server));
  const Bytes query = txt_query("big.corp.test", 1);
  Bytes queries;
  for (int i = 0; i < 3000; ++i) {
    append_u16(queries, uint16_t(query.size()));
    queries += query;
  }
  client.send(queries);
  TlsClient other(tls_endpoint(server));
  do {
    EXPECT_TRUE(is_answered(other));
  } while (tls_traffic(server).connections_open > 1);
  int received = 0;
  while (!client.receive_message().empty())
    ++received;
  EXPECT_LT(received, 3000);
}

TEST(Tls, ClosesWhoDoesNotFinishTheHandshakeInTime) {
  RunningServer server(over_tls({.idle = 1h, .opening = 50ms}));
  TcpClient silent(tls_endpoint(server));
  EXPECT_EQ(silent.receive_message(), "");
  // The beginning of a ClientHello, octet by octet.
  TcpClient slow(tls_endpoint(server));
  for (const char octet : "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s)
    slow.send({&octet, 1});
  EXPECT_EQ(slow.receive_message(), "");
  EXPECT_EQ(tls_traffic(server).connections_unopened, 2u);
  EXPECT_EQ(tls_traffic(server).connections_open, 0u);
}

TEST(Tls, IsNotPlainDns) {
  RunningServer server(over_tls({.idle = 100ms}));
  TcpClient plain(tls_endpoint(server));
  plain.send_message(txt_query("www.corp.test", 1));
  EXPECT_EQ(plain.receive_octets(), "");
  EXPECT_EQ(tls_traffic(server).handshakes_failed, 1u);
  EXPECT_EQ(tls_traffic(server).responses[0], 0u);
  // And the other way round.
  EXPECT_FALSE(TlsClient(server.endpoint()).is_connected());
  UdpClient udp(server.endpoint());
  udp.send(txt_query("www.corp.test", 2));
  EXPECT_EQ(rcode_of(udp.receive()), 0);
}

TEST(Tls, TakesNoMoreOfAHandshakeThanItNeeds) {
  RunningServer server(over_tls());
  TcpClient client(tls_endpoint(server));
  // A ClientHello that says that it has 128 KB, in records of 1 KiB that are all whole.
  const Bytes record = "\x16\x03\x01\x04\0"s + Bytes(1024, '\0');
  client.send("\x16\x03\x01\0\4\x01\x01\xff\xff"s);
  for (size_t size = 0; size < 2 * kTlsHandshakeSizeMax; size += record.size())
    client.send(record);
  EXPECT_EQ(client.receive_message(), "");
  while (tls_traffic(server).handshakes_failed == 0)
    EXPECT_TRUE(TlsClient(tls_endpoint(server)).is_connected());
}

TEST(Tls, StopsWithConnectionsOpen) {
  auto server = std::make_unique<RunningServer>(over_tls());
  TlsClient client(tls_endpoint(*server));
  EXPECT_TRUE(is_answered(client));
  TcpClient silent(tls_endpoint(*server));
  server.reset();
  EXPECT_EQ(client.receive_message(), "");
  EXPECT_TRUE(client.was_told_of_the_end());
}

}  // namespace
}  // namespace dnsserver::net
