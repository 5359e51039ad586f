#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "assay/dnstap/dnstap.pb.h"
#include "dnsserver/wire.h"
#include "tests/dnsserver/net_clients.h"
#include "tests/dnsserver/proxied.h"
#include "tests/dnsserver/running_server.h"
#include "tests/dnsserver/served_zones.h"
#include "tests/dnsserver/tap_collector.h"
#include "tests/dnsserver/tls_client.h"
#include "tests/support/self_signed.h"
#include "tests/support/temp_directory.h"

namespace dnsserver::net {
namespace {

using namespace std::string_literals;
using assay::dnstap::Message;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class TapTest : public testing::Test {
 protected:
  ServerOptions with(TapOptions tap) {
    ServerOptions options;
    options.tap = std::move(tap);
    return options;
  }
  ServerOptions with_log() {
    return with({.query_log = QueryLogOptions{.file = log_, .format = QueryLineFormat::text}});
  }

  // Told to be "ns1", of the version "assay 0".
  TapOptions with_dnstap(bool to_socket, bool responses) {
    DnstapOptions options;
    (to_socket ? options.socket : options.file) = dnstap_;
    options.identity = "ns1";
    options.version = "assay 0";
    options.responses = responses;
    return {.query_log = {}, .dnstap = options};
  }

  static std::vector<std::string> lines_of(const std::filesystem::path& path) {
    std::vector<std::string> lines;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);)
      lines.push_back(line);
    return lines;
  }

  static void ask(const Endpoint& server, const Bytes& query) {
    UdpClient client(server);
    client.send(query);
    client.receive();
  }

  support::TempDirectory directory_;
  const std::filesystem::path log_ = directory_.path() / "queries.log";
  const std::filesystem::path dnstap_ = directory_.path() / "dnstap";
};

// In any order, because workers are emptied one after the other.
TEST_F(TapTest, LogsEachQueryWithWhoAskedOverWhat) {
  ServerOptions options = with_log();
  options.listen_tls = {{"127.0.0.1", 0}};
  options.tls = support::self_signed("localhost");
  {
    RunningServer server(std::move(options));
    ask(server.endpoint(), txt_query("www.corp.test", 1));
    TcpClient tcp(server.endpoint());
    tcp.send_message(txt_query("no.corp.test", 2));
    tcp.receive_message();
    TlsClient tls(server.server().tls_endpoints().front());
    tls.send_message(txt_query("elsewhere.test", 3));
    tls.receive_message();
  }
  const std::string beginning = "20[0-9-]+T[0-9:.]+Z 127.0.0.1#[0-9]+ ";
  EXPECT_THAT(lines_of(log_),
              UnorderedElementsAre(MatchesRegex(beginning + "udp www.corp.test. TXT NOERROR [0-9]+ aa"),
                                   MatchesRegex(beginning + "tcp no.corp.test. TXT NXDOMAIN [0-9]+ aa"),
                                   MatchesRegex(beginning + "tls elsewhere.test. TXT REFUSED [0-9]+ -")));
}

TEST_F(TapTest, NamesTheClientAndNotItsProxy) {
  ServerOptions options = with_log();
  options.proxies = {base::IpNetwork::parse("127.0.0.0/8").value()};
  {
    RunningServer server(std::move(options));
    ask(server.endpoint(), proxied_v4({192, 0, 2, 1}, 4711) + txt_query("www.corp.test", 1));
    TcpClient tcp(server.endpoint());
    tcp.send(proxied_v6({0x20, 1, 0xd, 0xb8}, 4712));
    tcp.send_message(txt_query("www.corp.test", 2));
    tcp.receive_message();
    UdpClient without(server.endpoint());
    without.send(txt_query("www.corp.test", 3));
    while (server.server().traffic().udp.proxy_headers_refused == 0)
      std::this_thread::yield();
  }
  EXPECT_THAT(lines_of(log_),
              UnorderedElementsAre(HasSubstr(" 192.0.2.1#4711 udp "), HasSubstr(" 2001:db8::#4712 tcp ")));
}

TEST_F(TapTest, LogsNoChallengeValue) {
  const std::string value = "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA";
  {
    RunningServer server(with_log());
    server.put_txt("www.corp.test", value);
    ask(server.endpoint(), txt_query("www.corp.test", 1));
  }
  ASSERT_THAT(lines_of(log_), SizeIs(1));
  EXPECT_EQ(lines_of(log_).front().find(value.substr(0, 8)), std::string::npos);
}

TEST_F(TapTest, GoesOnInANewLogWhenTheOldOneIsPutAway) {
  const auto old = directory_.path() / "queries.log.1";
  {
    RunningServer server(with_log());
    ask(server.endpoint(), txt_query("a.corp.test", 1));
    while (lines_of(log_).empty())
      std::this_thread::yield();
    std::filesystem::rename(log_, old);
    server.server().reopen_logs();
    while (!std::filesystem::exists(log_))
      std::this_thread::yield();
    ask(server.endpoint(), txt_query("b.corp.test", 2));
  }
  EXPECT_THAT(lines_of(old), ElementsAre(HasSubstr(" a.corp.test. ")));
  EXPECT_THAT(lines_of(log_), ElementsAre(HasSubstr(" b.corp.test. ")));
}

TEST_F(TapTest, DoesNotStartWithALogThatCannotBeWritten) {
  NodeIndex nodes;
  const ZoneTableHolder zones;
  ServerOptions options = with({.query_log = QueryLogOptions{.file = directory_.path() / "no" / "log"}});
  options.listen = {{"127.0.0.1", 0}};
  const auto no_log = Server::start(options, nodes, zones);
  ASSERT_FALSE(no_log);
  EXPECT_THAT(no_log.error().detail,
              MatchesRegex("cannot write the query log .*/no/log: No such file or directory"));
  options.tap = with_dnstap(false, true);
  options.tap.dnstap->file = directory_.path() / "no" / "tap";
  const auto no_dnstap = Server::start(options, nodes, zones);
  ASSERT_FALSE(no_dnstap);
  EXPECT_THAT(no_dnstap.error().detail, HasSubstr("/no/tap: No such file or directory"));
}

Message message_of(const std::string& frame) {
  assay::dnstap::Dnstap dnstap;
  EXPECT_TRUE(dnstap.ParseFromString(frame));
  EXPECT_EQ(dnstap.identity(), "ns1");
  EXPECT_EQ(dnstap.version(), "assay 0");
  return dnstap.message();
}

TEST_F(TapTest, TellsDnstapMessagesAndResponses) {
  const Bytes query = txt_query("www.corp.test", 7);
  Bytes response;
  {
    RunningServer server(with(with_dnstap(false, true)));
    UdpClient client(server.endpoint());
    client.send(query);
    response = client.receive();
    Bytes update = query;
    update[2] = 5 << 3;
    ask(server.endpoint(), update);
  }
  const auto frames = frames_of(dnstap_);
  ASSERT_EQ(frames.size(), 4u);
  const Message asked = message_of(frames[0]);
  EXPECT_EQ(asked.type(), Message::AUTH_QUERY);
  EXPECT_EQ(asked.query_message(), query);
  EXPECT_EQ(asked.socket_family(), Message::INET);
  EXPECT_EQ(asked.socket_protocol(), Message::UDP);
  EXPECT_EQ(asked.query_address(), "\x7f\0\0\1"s);
  EXPECT_NE(asked.query_port(), 0u);
  const Message answered = message_of(frames[1]);
  EXPECT_EQ(answered.type(), Message::AUTH_RESPONSE);
  EXPECT_EQ(answered.response_message(), response);
  EXPECT_EQ(answered.query_port(), asked.query_port());
  EXPECT_EQ(answered.response_time_sec(), asked.query_time_sec());
  EXPECT_EQ(message_of(frames[2]).type(), Message::UPDATE_QUERY);
  EXPECT_EQ(message_of(frames[3]).type(), Message::UPDATE_RESPONSE);
}

TEST_F(TapTest, KeepsTheDnstapFileOfTheRunBefore) {
  for (const std::string_view name : {"a.corp.test", "b.corp.test"}) {
    RunningServer server(with(with_dnstap(false, false)));
    ask(server.endpoint(), txt_query(name, 1));
  }
  ASSERT_THAT(frames_of(dnstap_), SizeIs(1));
  EXPECT_EQ(message_of(frames_of(dnstap_)[0]).query_message(), txt_query("b.corp.test", 1));
  ASSERT_THAT(frames_of(dnstap_.string() + ".1"), SizeIs(1));
}

TEST_F(TapTest, TellsACollectorThatComesAndGoes) {
  auto collector = std::make_unique<TapCollector>(dnstap_);
  std::thread accepting([&] { collector->accept(); });
  auto server = std::make_unique<RunningServer>(with(with_dnstap(true, false)));
  accepting.join();
  ask(server->endpoint(), txt_query("a.corp.test", 1));
  EXPECT_EQ(message_of(collector->next_frame()).query_message(), txt_query("a.corp.test", 1));
  // Gone: what is asked meanwhile is lost and counted.
  collector.reset();
  std::filesystem::remove(dnstap_);
  while (server->server().traffic().tap.unwritten == 0)
    ask(server->endpoint(), txt_query("b.corp.test", 2));
  // And back.
  collector = std::make_unique<TapCollector>(dnstap_);
  std::thread accepting_again([&] { collector->accept(); });
  server->server().reopen_logs();
  std::atomic<bool> accepted = false;
  std::thread asking([&] {
    while (!accepted)
      ask(server->endpoint(), txt_query("c.corp.test", 3));
  });
  accepting_again.join();
  EXPECT_NE(collector->next_frame(), "");
  accepted = true;
  asking.join();
  std::thread ending([&] { server.reset(); });
  while (!collector->next_frame().empty()) {
  }
  ending.join();
}

// Nobody waits for a collector that takes nothing: not the clients, and not the end of the server.
TEST_F(TapTest, AnswersBesideACollectorThatTakesNothing) {
  TapCollector collector(dnstap_);
  std::thread stalling([&] { collector.accept_and_stall(); });
  RunningServer server(with(with_dnstap(true, true)));
  stalling.join();
  while (server.server().traffic().tap.unwritten == 0)
    ask(server.endpoint(), txt_query("www.corp.test", 1));
}

TEST_F(TapTest, CostsNothingWhereItIsOff) {
  RunningServer server;
  ask(server.endpoint(), txt_query("www.corp.test", 1));
  server.server().reopen_logs();
  EXPECT_EQ(server.server().traffic().tap.unwritten, 0u);
  EXPECT_EQ(server.server().traffic().tap.dropped, 0u);
}

}  // namespace
}  // namespace dnsserver::net
