#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "dnsserver/wire.h"
#include "tests/dnsserver/net_clients.h"
#include "tests/dnsserver/running_server.h"
#include "tests/dnsserver/served_zones.h"

namespace dnsserver::net {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

ServerOptions with(TcpLimits limits) { return {.listen = {}, .udp_workers = 1, .tcp = limits}; }

Bytes framed(BytesView message) {
  Bytes octets;
  append_u16(octets, uint16_t(message.size()));
  return octets + Bytes(message);
}

bool is_answered(TcpClient& client) {
  client.send_message(txt_query("www.corp.test", 1));
  return !client.receive_message().empty();
}

TEST(Tcp, AnswersPipelinedQueriesInTheirOrder) {
  RunningServer server;
  TcpClient client(server.endpoint());
  constexpr uint16_t kQueries = 5000;
  Bytes queries;
  for (uint16_t id = 0; id < kQueries; ++id)
    queries += framed(txt_query("www.corp.test", id));
  client.send(queries);
  for (uint16_t id = 0; id < kQueries; ++id)
    ASSERT_EQ(u16_at(client.receive_message(), 0), id);
  EXPECT_EQ(server.server().traffic().tcp.responses[0], kQueries);
  EXPECT_EQ(server.server().traffic().tcp.connections_accepted, 1u);
}

TEST(Tcp, PutsAMessageTogetherFromItsOctets) {
  RunningServer server;
  TcpClient client(server.endpoint());
  const Bytes two = framed(txt_query("www.corp.test", 1)) + framed(txt_query("no.corp.test", 2));
  for (char octet : two)
    client.send({&octet, 1});
  EXPECT_EQ(rcode_of(client.receive_message()), 0);
  EXPECT_EQ(rcode_of(client.receive_message()), 3);
}

TEST(Tcp, AnswersTheLargestMessage) {
  RunningServer server;
  TcpClient client(server.endpoint());
  client.send_message(txt_query("www.corp.test", 9) + Bytes(kTcpSizeMax - 31, '\0'));
  EXPECT_EQ(client.receive_message(), "\0\x09\x80\1\0\0\0\0\0\0\0\0"s);
  EXPECT_TRUE(is_answered(client));
}

TEST(Tcp, ClosesOnAMessageShorterThanAHeader) {
  RunningServer server;
  for (const Bytes& message : {""s, "x"s, Bytes(kHeaderSize - 1, '\0')}) {
    TcpClient client(server.endpoint());
    client.send(framed(txt_query("www.corp.test", 1)) + framed(message));
    EXPECT_EQ(u16_at(client.receive_message(), 0), 1);
    EXPECT_EQ(client.receive_message(), "");
  }
}

TEST(Tcp, PassesOverResponses) {
  RunningServer server;
  TcpClient client(server.endpoint());
  Bytes response = txt_query("www.corp.test", 1);
  response[2] = char(0x80);
  client.send(framed(response) + framed(txt_query("www.corp.test", 2)));
  EXPECT_EQ(u16_at(client.receive_message(), 0), 2);
  EXPECT_EQ(server.server().traffic().tcp.unanswered, 1u);
}

TEST(Tcp, AnswersWhoHasNothingMoreToAsk) {
  RunningServer server;
  TcpClient client(server.endpoint());
  client.send_message(txt_query("www.corp.test", 1));
  client.close_sending();
  EXPECT_EQ(u16_at(client.receive_message(), 0), 1);
  EXPECT_EQ(client.receive_message(), "");
}

TEST(Tcp, ClosesWhoAsksNothing) {
  RunningServer server(with({.idle = 50ms}));
  TcpClient silent(server.endpoint());
  EXPECT_EQ(silent.receive_message(), "");
  TcpClient after_a_query(server.endpoint());
  EXPECT_TRUE(is_answered(after_a_query));
  EXPECT_EQ(after_a_query.receive_message(), "");
}

TEST(Tcp, TakesPartOfAMessageForNothing) {
  RunningServer server(with({.idle = 50ms}));
  TcpClient client(server.endpoint());
  const Bytes query = framed(txt_query("www.corp.test", 1));
  for (size_t i = 0; i + 1 < query.size(); ++i)
    client.send(query.substr(i, 1));
  EXPECT_EQ(client.receive_message(), "");
}

TEST(Tcp, RefusesOneConnectionTooManyOfAnAddress) {
  RunningServer server(with({.connections_per_address_max = 2}));
  TcpClient first(server.endpoint());
  TcpClient second(server.endpoint());
  EXPECT_TRUE(is_answered(first));
  EXPECT_TRUE(is_answered(second));
  {
    TcpClient third(server.endpoint());
    EXPECT_EQ(third.receive_message(), "");
  }
  EXPECT_TRUE(is_answered(first));
  EXPECT_EQ(server.server().traffic().tcp.connections_refused, 1u);
  second.close_sending();
  EXPECT_EQ(second.receive_message(), "");
  TcpClient fourth(server.endpoint());
  EXPECT_TRUE(is_answered(fourth));
  EXPECT_EQ(server.server().traffic().tcp.connections_open, 2u);
}

TEST(Tcp, MakesRoomForANewConnectionByClosingTheIdlest) {
  RunningServer server(with({.connections_max = 2}));
  TcpClient first(server.endpoint());
  EXPECT_TRUE(is_answered(first));
  TcpClient second(server.endpoint());
  EXPECT_TRUE(is_answered(second));
  EXPECT_TRUE(is_answered(first));
  TcpClient third(server.endpoint());
  EXPECT_TRUE(is_answered(third));
  EXPECT_EQ(second.receive_message(), "");
  EXPECT_TRUE(is_answered(first));
  EXPECT_EQ(server.server().traffic().tcp.connections_evicted, 1u);
}

// 30 MB of responses for 100 KB of queries: more than all buffers on the way.
constexpr uint16_t kLargeQueries = 3000;
Bytes queries_for_large_responses(RunningServer& server) {
  server.put_txt("big.corp.test", std::string(200, 'x'), 50);
  Bytes queries;
  for (uint16_t id = 0; id < kLargeQueries; ++id)
    queries += framed(txt_query("big.corp.test", id));
  return queries;
}

TEST(Tcp, WaitsForWhoTakesResponsesSlowly) {
  RunningServer server;
  TcpClient client(server.endpoint(), 4096);
  client.send(queries_for_large_responses(server));
  TcpClient other(server.endpoint());
  for (uint16_t id = 0; id < kLargeQueries; ++id) {
    ASSERT_EQ(u16_at(client.receive_message(), 0), id);
    if (id % 1000 == 0) {
      EXPECT_TRUE(is_answered(other));
    }
  }
  EXPECT_TRUE(is_answered(client));
}

TEST(Tcp, ClosesWhoTakesNoResponses) {
  RunningServer server(with({.idle = 100ms}));
  TcpClient client(server.endpoint(), 4096);
  client.send(queries_for_large_responses(server));
  TcpClient other(server.endpoint());
  do {
    EXPECT_TRUE(is_answered(other));
  } while (server.server().traffic().tcp.connections_open > 1);
  size_t received = 0;
  while (!client.receive_message().empty())
    ++received;
  EXPECT_LT(received, kLargeQueries);
}

// Takes all descriptors that the process may have, and gives them back at its end.
class NoDescriptors {
 public:
  NoDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    rlimit few = before_;
    few.rlim_cur = 200;
    setrlimit(RLIMIT_NOFILE, &few);
    for (int fd = open("/dev/null", O_RDONLY); fd >= 0; fd = open("/dev/null", O_RDONLY))
      taken_.emplace_back(fd);
  }
  ~NoDescriptors() {
    taken_.clear();
    setrlimit(RLIMIT_NOFILE, &before_);
  }

  void give_back_one() { taken_.pop_back(); }

 private:
  rlimit before_;
  std::vector<FileDescriptor> taken_;
};

TEST(Tcp, AcceptsAgainWhenThereAreDescriptorsAgain) {
  RunningServer server;
  UdpClient udp(server.endpoint());
  auto none = std::make_unique<NoDescriptors>();
  none->give_back_one();
  TcpClient client(server.endpoint());  // took it; now the server has none to accept with
  client.send_message(txt_query("www.corp.test", 1));
  udp.send(txt_query("www.corp.test", 2));
  EXPECT_EQ(u16_at(udp.receive(), 0), 2);
  none.reset();
  EXPECT_EQ(u16_at(client.receive_message(), 0), 1);
}

TEST(Tcp, ClosesTheIdlestWhenThereAreNoDescriptors) {
  RunningServer server;
  TcpClient idle(server.endpoint());
  EXPECT_TRUE(is_answered(idle));
  NoDescriptors none;
  none.give_back_one();
  TcpClient client(server.endpoint());
  EXPECT_TRUE(is_answered(client));
  EXPECT_EQ(idle.receive_message(), "");
}

TEST(Server, StopsWithConnectionsOpen) {
  auto server = std::make_unique<RunningServer>();
  TcpClient client(server->endpoint());
  EXPECT_TRUE(is_answered(client));
  server.reset();
  EXPECT_EQ(client.receive_message(), "");
}

}  // namespace
}  // namespace dnsserver::net
