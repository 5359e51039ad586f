#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "base/base64url.h"
#include "base/log.h"
#include "base/message.h"
#include "dnsserver/wire.h"
#include "tests/dnsserver/net_clients.h"
#include "tests/dnsserver/proxied.h"
#include "tests/dnsserver/served_zones.h"
#include "tests/dnsserver/signed_messages.h"
#include "tests/dnsserver/tls_client.h"
#include "tests/dnsserver/update_server.h"
#include "tests/dnsserver/zone_text.h"
#include "tests/support/self_signed.h"
#include "tests/support/temp_directory.h"

namespace dnsserver {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::UnorderedElementsAre;

constexpr std::string_view kOwner = "_acme-challenge.www.corp.test";

Bytes signed_update(std::string_view value) {
  return with_tsig(make_update({.updates = {add_txt(kOwner, value)}}), ddns_key(), base::SystemClock().now());
}

Bytes mac_of(BytesView request) { return read_envelope(request).value().tsig.value().mac; }

Bytes hex(BytesView octets) {
  Bytes text;
  for (const char octet : octets) {
    for (const int nibble : {uint8_t(octet) >> 4, octet & 0xf})
      text += "0123456789abcdef"[nibble];
  }
  return text;
}

std::vector<std::string> lines_of(const std::filesystem::path& path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);)
    lines.push_back(line);
  return lines;
}

// With a query log where `log` says.
net::ServerOptions logging_to(const std::filesystem::path& log) {
  net::ServerOptions options;
  options.tap.query_log = net::QueryLogOptions{.file = log, .format = QueryLineFormat::text};
  return options;
}

TEST(UpdateEdges, TakesAnUpdateOverTls) {
  net::ServerOptions options;
  options.listen_tls = {{"127.0.0.1", 0}};
  options.tls = support::self_signed("localhost");
  UpdateServer server({}, options);
  net::TlsClient client(server.tls_endpoint());
  client.send_message(signed_update("over-tls"));
  EXPECT_EQ(rcode_of(client.receive_message()), uint8_t(Rcode::noerror));
  EXPECT_THAT(server.txt(kOwner), ElementsAre("\"over-tls\""));
}

// Before its first value and after its last, a name that a credential holds is NODATA, and so is what is above it.
TEST(UpdateEdges, DenyNoNameThatACredentialHolds) {
  UpdateServer server;
  const auto ask = [&](std::string_view name, uint16_t type) {
    net::UdpClient client(server.endpoint());
    client.send(make_query(name, type));
    return read_message(client.receive());
  };
  const auto check_nodata = [&] {
    for (std::string_view name : {kOwner, std::string_view("www.corp.test")}) {
      const ReadMessage message = ask(name, kTypeTxt);
      EXPECT_EQ(message.rcode, "NOERROR") << name;
      EXPECT_TRUE(message.answer.empty());
      EXPECT_EQ(message.authority.size(), 1u) << "the SOA (RFC 2308 §2.2)";
    }
  };
  check_nodata();
  EXPECT_EQ(ask("other.corp.test", kTypeTxt).rcode, "NXDOMAIN");
  net::UdpClient client(server.endpoint());
  client.send(signed_update("a"));
  EXPECT_EQ(rcode_of(client.receive()), uint8_t(Rcode::noerror));
  EXPECT_THAT(server.txt(kOwner), ElementsAre("\"a\""));
  client.send(
      with_tsig(make_update({.updates = {delete_txt(kOwner, "a")}}), ddns_key(), base::SystemClock().now()));
  EXPECT_EQ(rcode_of(client.receive()), uint8_t(Rcode::noerror));
  check_nodata();
}

// RFC 7766 §6.2.4: who has nothing more to ask may say so at once, and is answered what is outstanding.
template <class Client>
void check_half_closed(UpdateServer& server, Client& client) {
  {
    const std::lock_guard hold(server.store().gate);
    client.send_message(make_query("corp.test", kTypeSoa));
    client.send_message(signed_update("outstanding"));
    client.close_sending();
    EXPECT_EQ(rcode_of(client.receive_message()), uint8_t(Rcode::noerror));
    // The worker has come to this only after the end of the other one.
    net::TcpClient other(server.endpoint());
    other.send_message(make_query("corp.test", kTypeSoa));
    EXPECT_NE(other.receive_message(), "");
  }
  const Bytes response = client.receive_message();
  ASSERT_NE(response, "");
  EXPECT_EQ(u16_at(response, 2) & kOpcode, kOpcodeUpdate);
  EXPECT_EQ(rcode_of(response), uint8_t(Rcode::noerror));
  EXPECT_EQ(client.receive_message(), "");
  EXPECT_THAT(server.txt(kOwner), ElementsAre("\"outstanding\""));
}

TEST(UpdateEdges, AnswersWhoHasClosedItsSideOfTcp) {
  UpdateServer server;
  net::TcpClient client(server.endpoint());
  check_half_closed(server, client);
}

TEST(UpdateEdges, AnswersWhoHasClosedItsSideOfTls) {
  net::ServerOptions options;
  options.listen_tls = {{"127.0.0.1", 0}};
  options.tls = support::self_signed("localhost");
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    UpdateServer server({}, options);
    net::TlsClient client(server.tls_endpoint(), {.version_max = version});
    check_half_closed(server, client);
    EXPECT_TRUE(client.was_told_of_the_end());
  }
}

TEST(UpdateEdges, WaitsForNobodyWhoIsGoneAltogether) {
  UpdateServer server;
  const std::lock_guard hold(server.store().gate);
  net::TcpClient other(server.endpoint());
  {
    net::TcpClient client(server.endpoint());
    client.send_message(signed_update("gone"));
    client.close_sending();
    other.send_message(make_query("corp.test", kTypeSoa));
    EXPECT_NE(other.receive_message(), "");
    EXPECT_EQ(server.traffic().tcp.connections_open, 2u) << "it is waited for";
    const linger reset{.l_onoff = 1, .l_linger = 0};
    setsockopt(client.fd(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  }
  while (server.traffic().tcp.connections_open > 1)
    std::this_thread::yield();
}

// CVE-2024-1975: to verify SIG(0) is a CPU's work. Nobody does it here, so it is as good as no signature.
TEST(UpdateEdges, RefusesSig0LikeNoSignature) {
  constexpr uint16_t kTypeSig = 24;
  UpdateServer server;
  net::TcpClient client(server.endpoint());
  const Bytes rdata = Bytes(18, '\0') + Bytes("\6no-key\0", 8) + Bytes(256, 's');
  Bytes request = make_update({.updates = {add_txt(kOwner, "x")}});
  put_u16(request.data() + 10, uint16_t(u16_at(request, 10) + 1));
  request += wire_record(".", kTypeSig, kClassAny, 0, rdata);
  for (int i = 0; i < 1000; ++i) {
    client.send_message(request);
    ASSERT_EQ(rcode_of(client.receive_message()), uint8_t(Rcode::refused));
  }
  EXPECT_TRUE(server.txt(kOwner).empty());
}

TEST(UpdateEdges, LogsNoSecretNoMacAndNoValue) {
  const std::string value = "LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0";
  TsigKey wrong = ddns_key();
  wrong.secret = "another secret, of thirty-two of";
  const auto now = base::SystemClock().now();
  const Bytes update = make_update({.updates = {add_txt(kOwner, value)}});
  const Bytes good = with_tsig(update, ddns_key(), now);
  const Bytes bad = with_tsig(update, wrong, now);
  testing::internal::CaptureStderr();
  base::log::configure(base::log::Level::debug, base::log::Format::text);
  {
    UpdateServer server;
    net::UdpClient client(server.endpoint());
    for (const Bytes& request : {good, bad}) {
      client.send(request);
      client.receive();
    }
  }
  base::log::configure(base::log::Level::info, base::log::Format::text);
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr("dns.update.done"));
  EXPECT_THAT(log, HasSubstr("dns.tsig.refused"));
  for (const Bytes& secret : {Bytes(value), kSecret, wrong.secret, mac_of(good), mac_of(bad)}) {
    for (const Bytes& spelling : {secret, base::base64url(secret), hex(secret)})
      EXPECT_EQ(log.find(spelling), std::string::npos);
  }
}

// Its response comes when the store has it, and is logged then, with the question of that very message.
TEST(UpdateEdges, LogsAnUpdateOnceWithItsAnswer) {
  const support::TempDirectory directory;
  const auto log = directory.path() / "queries.log";
  {
    UpdateServer server({}, logging_to(log));
    net::UdpClient udp(server.endpoint());
    udp.send(signed_update("over-udp"));
    EXPECT_EQ(rcode_of(udp.receive()), uint8_t(Rcode::noerror));
    net::TcpClient tcp(server.update_endpoint());
    tcp.send_message(signed_update("over-tcp"));
    EXPECT_EQ(rcode_of(tcp.receive_message()), uint8_t(Rcode::noerror));
  }
  const std::string beginning = "20[0-9-]+T[0-9:.]+Z 127.0.0.1#[0-9]+ ";
  EXPECT_THAT(lines_of(log),
              UnorderedElementsAre(MatchesRegex(beginning + "udp corp.test. SOA NOERROR [0-9]+ .*"),
                                   MatchesRegex(beginning + "tcp corp.test. SOA NOERROR [0-9]+ .*")));
}

TEST(UpdateEdges, AnswersThroughTheProxyAndLogsItsClient) {
  const support::TempDirectory directory;
  const auto log = directory.path() / "queries.log";
  {
    net::ServerOptions options = logging_to(log);
    options.proxies = {base::IpNetwork::parse("127.0.0.0/8").value()};
    UpdateServer server({}, options);
    net::UdpClient udp(server.endpoint());
    udp.send(proxied_v4({192, 0, 2, 1}, 4711) + signed_update("over-udp"));
    EXPECT_EQ(rcode_of(udp.receive()), uint8_t(Rcode::noerror));
    net::TcpClient tcp(server.endpoint());
    tcp.send(proxied_v6({0x20, 1, 0xd, 0xb8}, 4712));
    tcp.send_message(signed_update("over-tcp"));
    EXPECT_EQ(rcode_of(tcp.receive_message()), uint8_t(Rcode::noerror));
  }
  EXPECT_THAT(lines_of(log), UnorderedElementsAre(HasSubstr(" 192.0.2.1#4711 udp corp.test. SOA NOERROR "),
                                                  HasSubstr(" 2001:db8::#4712 tcp corp.test. SOA NOERROR ")));
}

}  // namespace
}  // namespace dnsserver
