#include "base/http/listener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/experimental/concurrent_channel.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <future>

#include "tests/base/http_fixture.h"

namespace base::http {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// Lets requests through only when told, and tells when one is there.
class Gate {
 public:
  explicit Gate(boost::asio::any_io_executor executor) : entered_(executor, 100), opened_(executor, 100) {}

  Task<Response> pass(Request request) {
    entered_.try_send(boost::system::error_code());
    co_await opened_.async_receive(boost::asio::use_awaitable);
    co_return co_await echo(std::move(request));
  }

  void wait_until_entered() { entered_.async_receive(boost::asio::use_future).get(); }
  void let_one_through() { opened_.try_send(boost::system::error_code()); }

 private:
  using Channel = boost::asio::experimental::concurrent_channel<void(boost::system::error_code)>;
  Channel entered_;
  Channel opened_;
};

// A listener whose handler waits at the gate.
struct GatedFixture {
  explicit GatedFixture(HttpLimits limits = {})
      : fixture([this](Request request) { return gate->pass(std::move(request)); }, limits),
        gate(std::make_unique<Gate>(fixture.context().get_executor())) {}
  // The gate lives in the context, and nobody may be passing it while it is taken down.
  ~GatedFixture() { fixture.stop(); }

  ListenerFixture fixture;
  std::unique_ptr<Gate> gate;
};

TEST(Listener, AnswersOverTls) {
  ListenerFixture fixture(echo);
  TlsClient client = fixture.client();
  client.send(post("/x", "hello"));
  const Reply reply = client.read_reply();
  EXPECT_EQ(reply.status, 200u);
  EXPECT_EQ(reply.body, "POST\n/x\nhello");
  EXPECT_NE(reply.header("Date"), "");
}

TEST(Listener, TellsTheHandlerWhoIsThere) {
  ListenerFixture fixture([](Request request) -> Task<Response> {
    Response response;
    response.body = request.peer;
    co_return response;
  });
  TlsClient client = fixture.client();
  client.send(get("/"));
  EXPECT_EQ(client.read_reply().body, "127.0.0.1");
}

TEST(Listener, KeepsTheConnectionForTheNextRequest) {
  ListenerFixture fixture(echo);
  TlsClient client = fixture.client();
  for (int i = 0; i < 3; ++i) {
    client.send(get("/" + std::to_string(i)));
    EXPECT_EQ(client.read_reply().body, "GET\n/" + std::to_string(i) + "\n");
  }
}

TEST(Listener, AnswersRequestsThatWereSentAheadInTheirOrder) {
  ListenerFixture fixture(echo);
  TlsClient client = fixture.client();
  client.send(get("/1") + post("/2", "x") + "\r\n" + get("/3"));
  EXPECT_EQ(client.read_reply().body, "GET\n/1\n");
  EXPECT_EQ(client.read_reply().body, "POST\n/2\nx");
  EXPECT_EQ(client.read_reply().body, "GET\n/3\n");
}

TEST(Listener, ClosesBehindARequestThatAsksForIt) {
  ListenerFixture fixture(echo);
  TlsClient client = fixture.client();
  client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const Reply reply = client.read_reply();
  EXPECT_EQ(reply.status, 200u);
  EXPECT_EQ(reply.header("Connection"), "close");
  EXPECT_TRUE(client.is_at_end());
}

TEST(Listener, AnswersHeadWithoutABody) {
  ListenerFixture fixture(echo);
  TlsClient client = fixture.client();
  client.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n" + get("/y"));
  const Reply head = client.read_reply(false);
  EXPECT_EQ(head.header("Content-Length"), "8");
  EXPECT_EQ(client.read_reply().body, "GET\n/y\n");
}

TEST(Listener, SendsASharedBodyBehindTheHeadButNotToHead) {
  const auto large = std::make_shared<const std::string>(3'000'000, 'x');
  ListenerFixture fixture([large](Request) -> Task<Response> {
    Response response;
    response.shared_body = large;
    co_return response;
  });
  TlsClient client = fixture.client();
  client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + get("/") + get("/"));
  EXPECT_EQ(client.read_reply(false).header("Content-Length"), "3000000");
  EXPECT_EQ(client.read_reply().body, *large);
  EXPECT_EQ(client.read_reply().body, *large);
}

TEST(Listener, ReadsChunkedBodies) {
  ListenerFixture fixture(echo);
  TlsClient client = fixture.client();
  client.send(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_EQ(client.read_reply().body, "POST\n/\nabcde");
}

TEST(Listener, AsksForTheBodyThatTheClientHoldsBack) {
  ListenerFixture fixture(echo);
  TlsClient client = fixture.client();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.read_reply().status, 100u);
  client.send("hi");
  EXPECT_EQ(client.read_reply().body, "POST\n/\nhi");
}

TEST(Listener, RefusesWithAProblemDocumentAndCloses) {
  HttpLimits limits;
  limits.body_size_max = 1024;
  ListenerFixture fixture(echo, limits);
  const std::pair<std::string, unsigned> cases[] = {
      {"rubbish\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {get("/" + std::string(3000, 'x')), 414},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(17000, 'x') + "\r\n\r\n", 431},
      {post("/", std::string(1025, 'x')), 413},
      {post("/", std::string(200'000, 'x')), 413},  // much is still on its way when the answer goes out
      {"GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
  };
  for (const auto& [request, status] : cases) {
    TlsClient client = fixture.client();
    client.send(request);
    const Reply reply = client.read_reply();
    EXPECT_EQ(reply.status, status) << request.substr(0, 40);
    EXPECT_EQ(reply.header("Content-Type"), "application/problem+json");
    EXPECT_EQ(reply.header("Connection"), "close");
    EXPECT_TRUE(client.is_at_end());
  }
}

TEST(Listener, LetsItsOwnerWordRefusals) {
  const auto refusal = [](const Refused& refused) {
    return Response{refused.status, {{"Content-Type", "text/plain"}}, "no: " + refused.target};
  };
  HttpLimits limits;
  limits.body_timeout = 50ms;
  ListenerFixture fixture(echo, limits, refusal);
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"rubbish\r\n\r\n", "no: "},
      {"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n", "no: /x"},
      {"POST /y HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx", "no: /y"},
  };
  for (const auto& [request, answer] : cases) {
    TlsClient client = fixture.client();
    client.send(request);
    EXPECT_EQ(client.read_reply().body, answer);
  }
}

TEST(Listener, DoesNotWaitForAHeaderSectionForEver) {
  HttpLimits limits;
  limits.header_timeout = 50ms;
  ListenerFixture fixture(echo, limits);
  TlsClient client = fixture.client();
  client.send("GET / HTTP/1.1\r\nHost:");
  EXPECT_EQ(client.read_reply().status, 408u);
  EXPECT_TRUE(client.is_at_end());
}

TEST(Listener, DoesNotWaitForABodyForEver) {
  HttpLimits limits;
  limits.body_timeout = 50ms;
  ListenerFixture fixture(echo, limits);
  TlsClient client = fixture.client();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx");
  EXPECT_EQ(client.read_reply().status, 408u);
  EXPECT_TRUE(client.is_at_end());
}

TEST(Listener, ClosesAnIdleConnectionWithoutAWord) {
  HttpLimits limits;
  limits.idle_timeout = 50ms;
  ListenerFixture fixture(echo, limits);
  TlsClient fresh = fixture.client();
  EXPECT_TRUE(fresh.is_connected());
  EXPECT_TRUE(fresh.is_at_end());
  TlsClient used = fixture.client();
  used.send(get("/"));
  EXPECT_EQ(used.read_reply().status, 200u);
  EXPECT_TRUE(used.is_at_end());
}

TEST(Listener, DoesNotWaitForAHandshakeForEver) {
  HttpLimits limits;
  limits.handshake_timeout = 50ms;
  limits.connections_max = 1;
  ListenerFixture fixture(echo, limits);
  RawClient silent(fixture.endpoint());
  EXPECT_TRUE(silent.is_at_end());
  // Its place is free again.
  while (!fixture.client().is_connected()) {
  }
}

TEST(Listener, DoesNotWaitForAClientThatDoesNotRead) {
  HttpLimits limits;
  limits.write_timeout = 50ms;
  limits.connections_max = 1;
  ListenerFixture fixture(
      [](Request) -> Task<Response> {
        Response response;
        response.body.assign(64 << 20, 'x');
        co_return response;
      },
      limits);
  TlsClient client = fixture.client();
  client.send(get("/"));
  while (!fixture.client().is_connected()) {
  }
}

TEST(Listener, SurvivesClientsThatGoAway) {
  ListenerFixture fixture(echo);
  RawClient(fixture.endpoint()).send("not TLS at all\r\n\r\n");
  for (const std::string& part : {std::string("GET /"), post("/", "x").substr(0, 50), get("/")}) {
    TlsClient client = fixture.client();
    client.send(part);
    client.abort();
  }
  TlsClient client = fixture.client();
  client.send(get("/"));
  EXPECT_EQ(client.read_reply().status, 200u);
}

TEST(Listener, HoldsTheLimitOfConnections) {
  HttpLimits limits;
  limits.connections_max = 2;
  ListenerFixture fixture(echo, limits);
  TlsClient first = fixture.client();
  auto second = std::make_unique<TlsClient>(fixture.client());
  EXPECT_TRUE(second->is_connected());
  EXPECT_FALSE(fixture.client().is_connected());
  second.reset();
  while (!fixture.client().is_connected()) {
  }
  first.send(get("/"));
  EXPECT_EQ(first.read_reply().status, 200u);
}

TEST(Listener, HoldsTheLimitOfConnectionsOfOneAddress) {
  HttpLimits limits;
  limits.connections_per_address_max = 1;
  ListenerFixture fixture(echo, limits);
  TlsClient first = fixture.client();
  EXPECT_TRUE(first.is_connected());
  EXPECT_FALSE(fixture.client().is_connected());
}

TEST(Listener, ServesManyClientsAtOnce) {
  ListenerFixture fixture(echo);
  std::vector<std::future<int>> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(std::async(std::launch::async, [&fixture] {
      int answered = 0;
      for (int connection = 0; connection < 5; ++connection) {
        TlsClient client = fixture.client();
        for (int n = 0; n < 5; ++n) {
          client.send(post("/", "x"));
          answered += client.read_reply().body == "POST\n/\nx";
        }
      }
      return answered;
    }));
  }
  for (auto& client : clients)
    EXPECT_EQ(client.get(), 25);
}

TEST(Listener, DrainsIdleConnectionsAtOnceAndAcceptsNoMore) {
  HttpLimits limits;
  limits.drain_timeout = std::chrono::hours(1);
  ListenerFixture fixture(echo, limits);
  TlsClient client = fixture.client();
  client.send(get("/"));
  EXPECT_EQ(client.read_reply().status, 200u);
  fixture.drain();
  EXPECT_TRUE(client.is_at_end());
  EXPECT_FALSE(fixture.client().is_connected());
}

TEST(Listener, DrainsWithAnAnswerToWhatIsInFlight) {
  HttpLimits limits;
  limits.drain_timeout = std::chrono::hours(1);
  GatedFixture gated(limits);
  TlsClient client = gated.fixture.client();
  client.send(get("/last") + get("/never"));
  gated.gate->wait_until_entered();
  auto drained = std::async(std::launch::async, [&] { gated.fixture.drain(); });
  // Nobody can connect once the drain has begun; only then is the request let through.
  while (gated.fixture.client().is_connected()) {
  }
  gated.gate->let_one_through();
  const Reply reply = client.read_reply();
  EXPECT_EQ(reply.body, "GET\n/last\n");
  EXPECT_EQ(reply.header("Connection"), "close");
  EXPECT_TRUE(client.is_at_end());
  drained.get();
}

TEST(Listener, DrainsNoLongerThanItMay) {
  HttpLimits limits;
  limits.drain_timeout = 50ms;
  GatedFixture gated(limits);
  TlsClient client = gated.fixture.client();
  client.send(get("/"));
  gated.gate->wait_until_entered();
  gated.fixture.drain();
  EXPECT_TRUE(client.is_at_end());
  gated.gate->let_one_through();
}

TEST(Listener, AHandlerThatThrowsLosesItsConnectionOnly) {
  ListenerFixture fixture([](Request request) -> Task<Response> {
    if (request.target == "/throw") throw std::bad_alloc();
    co_return co_await echo(std::move(request));
  });
  TlsClient unlucky = fixture.client();
  unlucky.send(get("/throw"));
  EXPECT_TRUE(unlucky.is_at_end());
  TlsClient client = fixture.client();
  client.send(get("/"));
  EXPECT_EQ(client.read_reply().status, 200u);
}

TEST(Listener, ListensAtSeveralEndpointsOfBothFamilies) {
  boost::asio::io_context context;
  const std::vector<Endpoint> endpoints = {{"127.0.0.1", 0}, {"::1", 0}};
  const auto listener = Listener::open(context.get_executor(), endpoints, self_signed("localhost"), {}, echo);
  ASSERT_TRUE(listener) << listener.error().detail;
  std::thread thread([&] { context.run(); });
  for (const Endpoint& endpoint : (*listener)->endpoints()) {
    EXPECT_NE(endpoint.port, 0);
    TlsClient client(endpoint);
    client.send(get("/"));
    EXPECT_EQ(client.read_reply().status, 200u) << endpoint.text();
  }
  context.stop();
  thread.join();
}

TEST(Listener, SaysWhereItCannotListen) {
  ListenerFixture fixture(echo);
  boost::asio::io_context context;
  const std::vector<Endpoint> taken = {fixture.endpoint()};
  const auto second = Listener::open(context.get_executor(), taken, self_signed("localhost"), {}, echo);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(second.error().detail, HasSubstr(fixture.endpoint().text() + ": Address already in use"));
}

TEST(Listener, EndsWithItsExecutorWhateverIsGoingOn) {
  auto gated = std::make_unique<GatedFixture>();
  TlsClient busy = gated->fixture.client();
  TlsClient idle = gated->fixture.client();
  busy.send(get("/"));
  gated->gate->wait_until_entered();
  gated.reset();
  EXPECT_TRUE(busy.is_at_end());
  EXPECT_TRUE(idle.is_at_end());
}

}  // namespace
}  // namespace base::http
