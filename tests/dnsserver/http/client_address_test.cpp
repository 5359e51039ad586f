#include "dnsserver/http/client_address.h"

#include <gtest/gtest.h>

namespace dnsserver::http {
namespace {

const std::vector<base::IpNetwork> kProxies = {base::IpNetwork::parse("10.0.0.0/8").value(),
                                               base::IpNetwork::parse("2001:db8:1::/48").value()};

std::string client(const char* peer, std::vector<std::string> forwarded) {
  base::http::Request request;
  request.peer = peer;
  for (std::string& value : forwarded)
    request.headers.push_back({"x-forwarded-FOR", std::move(value)});
  const auto address = client_address(request, kProxies);
  return address ? address->text() : "unknown";
}

// acme-dns takes any address that stands in the field.
TEST(ClientAddress, IsThePeersWhateverItSaysUnlessItIsATrustedProxy) {
  EXPECT_EQ(client("192.0.2.1", {}), "192.0.2.1");
  EXPECT_EQ(client("192.0.2.1", {"203.0.113.9"}), "192.0.2.1");
  EXPECT_EQ(client("192.0.2.1", {"10.0.0.1", "203.0.113.9, 10.0.0.2"}), "192.0.2.1");
}

TEST(ClientAddress, IsTheLastHopThatIsNoTrustedProxy) {
  EXPECT_EQ(client("10.0.0.1", {"192.0.2.1"}), "192.0.2.1");
  EXPECT_EQ(client("10.0.0.1", {"203.0.113.9, 192.0.2.1"}), "192.0.2.1") << "the client wrote the first";
  EXPECT_EQ(client("10.0.0.1", {"203.0.113.9, 192.0.2.1, 10.0.0.2,2001:db8:1::5"}), "192.0.2.1");
  EXPECT_EQ(client("10.0.0.1", {"203.0.113.9", "192.0.2.1"}), "192.0.2.1") << "two fields are one list";
  EXPECT_EQ(client("2001:db8:1::1", {"2001:db8:2::7"}), "2001:db8:2::7");
  EXPECT_EQ(client("::ffff:10.0.0.1", {"192.0.2.1"}), "192.0.2.1");
}

TEST(ClientAddress, IsTheProxysWhereItAsksForItself) {
  EXPECT_EQ(client("10.0.0.1", {}), "10.0.0.1");
  EXPECT_EQ(client("10.0.0.1", {"10.0.0.2"}), "10.0.0.2");
}

TEST(ClientAddress, MayComeWithAPort) {
  EXPECT_EQ(client("10.0.0.1", {"192.0.2.1:1234"}), "192.0.2.1");
  EXPECT_EQ(client("10.0.0.1", {"[2001:db8:2::7]:1234"}), "2001:db8:2::7");
}

TEST(ClientAddress, IsUnknownWhereAProxyNamesNone) {
  for (const char* hidden :
       {"unknown", "", "_hidden", "192.0.2.1,", "192.0.2.1, unknown", "192.0.2.1 192.0.2.2"})
    EXPECT_EQ(client("10.0.0.1", {hidden}), "unknown") << hidden;
  EXPECT_EQ(client("", {"192.0.2.1"}), "unknown");
}

}  // namespace
}  // namespace dnsserver::http
