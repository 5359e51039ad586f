#include "app/metrics_role.h"

#include <gmock/gmock.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <sstream>

#include "app/metrics.h"
#include "storage/memory_store.h"
#include "tests/dnsserver/net_clients.h"
#include "tests/dnsserver/served_zones.h"

namespace app {
namespace {

using dnsserver::make_query;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line);
  return lines;
}

TEST(Metrics, HaveEachNumberOfEachTransport) {
  dnsserver::net::ServerTraffic dns;
  uint64_t number = 1000;
  for (dnsserver::net::Traffic* traffic : {&dns.udp, &dns.tcp, &dns.tls}) {
    traffic->responses[size_t(dnsserver::Rcode::noerror)] = ++number;
    traffic->responses[size_t(dnsserver::Rcode::badcookie)] = ++number;
    for (uint64_t* each :
         {&traffic->unanswered, &traffic->rate_slipped, &traffic->rate_dropped, &traffic->unsent,
          &traffic->proxy_headers_refused, &traffic->connections_accepted, &traffic->connections_refused,
          &traffic->connections_evicted, &traffic->connections_expired, &traffic->connections_unopened,
          &traffic->connections_open, &traffic->handshakes, &traffic->handshakes_resumed,
          &traffic->handshakes_failed})
      *each = ++number;
  }
  dns.tap = {.dropped = 7, .unwritten = 1'234'567'890'123};
  const auto lines = lines_of(metrics_text({.dns = dns}));
  for (const char* line : {
           "assay_dns_responses_total{transport=\"udp\",rcode=\"NOERROR\"} 1001",
           "assay_dns_responses_total{transport=\"udp\",rcode=\"SERVFAIL\"} 0",
           "assay_dns_responses_total{transport=\"tls\",rcode=\"BADCOOKIE\"} 1034",
           "assay_dns_unanswered_total{transport=\"udp\"} 1003",
           "assay_dns_rate_limit_slipped_total{transport=\"udp\"} 1004",
           "assay_dns_rate_limit_dropped_total{transport=\"udp\"} 1005",
           "assay_dns_unsent_total{transport=\"tcp\"} 1022",
           "assay_dns_proxy_headers_refused_total{transport=\"udp\"} 1007",
           "assay_dns_connections_accepted_total{transport=\"tcp\"} 1024",
           "assay_dns_connections_refused_total{transport=\"tcp\"} 1025",
           "assay_dns_connections_evicted_total{transport=\"tcp\"} 1026",
           "assay_dns_connections_expired_total{transport=\"tcp\"} 1027",
           "assay_dns_connections_unopened_total{transport=\"tcp\"} 1028",
           "# TYPE assay_dns_connections_open gauge",
           "assay_dns_connections_open{transport=\"tls\"} 1045",
           "assay_dns_tls_handshakes_total{transport=\"tls\"} 1046",
           "assay_dns_tls_handshakes_resumed_total{transport=\"tls\"} 1047",
           "assay_dns_tls_handshakes_failed_total{transport=\"tls\"} 1048",
           "# TYPE assay_dns_tap_dropped_total counter",
           "assay_dns_tap_dropped_total 7",
           "assay_dns_tap_unwritten_total 1234567890123",
       })
    EXPECT_THAT(lines, Contains(std::string(line)));
  EXPECT_THAT(lines, Not(Contains(HasSubstr("connections_open{transport=\"udp\"}")))) << "it has none";
}

TEST(Metrics, OfNoRoleAreThoseOfTheProgram) {
  const std::string text = metrics_text({});
  EXPECT_THAT(text, HasSubstr("assay_build_info{version=\""));
  EXPECT_THAT(text, Not(HasSubstr("assay_dns_")));
}

class MetricsRoleTest : public testing::Test {
 protected:
  MetricsRoleTest() {
    config_.dns.listen = {{"127.0.0.1", 0}};
    config_.dns.workers = 2;
    config_.metrics.listen = {{"127.0.0.1", 0}};
    dns_ = DnsRole::open(config_, store_, clock_, runtime_, std::nullopt).value();
    EXPECT_TRUE(dns_->ensure_zone(base::Name::parse("acme.test").value()));
    role_ = MetricsRole::open(config_, dns_.get(), runtime_).value();
  }

  ~MetricsRoleTest() override {
    runtime_.wait(role_->drain());
    dns_->stop();
    EXPECT_TRUE(runtime_.finish(std::chrono::seconds(10)));
  }

  // The whole response.
  std::string request(const std::string& method, const std::string& target) {
    boost::asio::io_context io;
    boost::asio::ip::tcp::socket socket(io);
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), role_->endpoints().front().port});
    const std::string text =
        method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    boost::asio::write(socket, boost::asio::buffer(text));
    std::string response;
    boost::system::error_code end;
    boost::asio::read(socket, boost::asio::dynamic_buffer(response), end);
    return response;
  }

  base::Config config_;
  storage::MemoryStore store_;
  const base::SystemClock clock_;
  Runtime runtime_{2};
  std::unique_ptr<DnsRole> dns_;
  std::unique_ptr<MetricsRole> role_;
};

TEST_F(MetricsRoleTest, CountsWhatWasAsked) {
  const auto& server = dns_->endpoints().front();
  for (int i = 0; i < 3; ++i) {
    dnsserver::net::UdpClient udp(server);
    udp.send(make_query("acme.test", dnsserver::kTypeSoa));
    udp.receive();
    udp.send(make_query("no.acme.test", dnsserver::kTypeTxt));
    udp.receive();
  }
  dnsserver::net::TcpClient tcp(server);
  tcp.send_message(make_query("other.test", dnsserver::kTypeTxt));
  tcp.receive_message();
  const std::string response = request("GET", "/metrics");
  EXPECT_THAT(response, AllOf(StartsWith("HTTP/1.1 200 OK\r\n"),
                              HasSubstr("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n")));
  const auto lines = lines_of(response);
  EXPECT_THAT(lines, Contains("assay_dns_responses_total{transport=\"udp\",rcode=\"NOERROR\"} 3"));
  EXPECT_THAT(lines, Contains("assay_dns_responses_total{transport=\"udp\",rcode=\"NXDOMAIN\"} 3"));
  EXPECT_THAT(lines, Contains("assay_dns_responses_total{transport=\"udp\",rcode=\"REFUSED\"} 0"));
  EXPECT_THAT(lines, Contains("assay_dns_responses_total{transport=\"tcp\",rcode=\"REFUSED\"} 1"));
  EXPECT_THAT(lines, Contains("assay_dns_connections_open{transport=\"tcp\"} 1"));
}

TEST_F(MetricsRoleTest, AnswersForItsHealth) {
  EXPECT_THAT(request("GET", "/health"), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(request("HEAD", "/metrics?x=y"), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(MetricsRoleTest, AnswersForNothingElse) {
  for (const char* target : {"/", "/metrics/", "/metric", "/Metrics", "/health/x"})
    EXPECT_THAT(request("GET", target), StartsWith("HTTP/1.1 404 Not Found\r\n")) << target;
  for (const char* method : {"POST", "DELETE", "OPTIONS"}) {
    EXPECT_THAT(request(method, "/metrics"), AllOf(StartsWith("HTTP/1.1 405 Method Not Allowed\r\n"),
                                                   HasSubstr("\r\nAllow: GET, HEAD\r\n")));
  }
}

TEST_F(MetricsRoleTest, NamesAnAddressThatCannotBeListenedAt) {
  config_.metrics.listen = role_->endpoints();
  const auto refused = MetricsRole::open(config_, dns_.get(), runtime_);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail, HasSubstr(role_->endpoints().front().text()));
}

}  // namespace
}  // namespace app
