#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/message.h"
#include "dnsserver/wire.h"
#include "tests/dnsserver/net_clients.h"
#include "tests/dnsserver/proxied.h"
#include "tests/dnsserver/served_zones.h"
#include "tests/dnsserver/signed_messages.h"
#include "tests/dnsserver/tls_client.h"
#include "tests/dnsserver/update_server.h"
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
