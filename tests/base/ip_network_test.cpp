#include "base/ip_network.h"

#include <gtest/gtest.h>

namespace base {
namespace {

bool contains(std::string_view network, std::string_view address) {
  return IpNetwork::parse(network).value().contains(IpAddress::parse(address).value());
}

TEST(IpNetwork, HoldsTheAddressesThatShareItsPrefix) {
  EXPECT_TRUE(contains("192.0.2.0/24", "192.0.2.255"));
  EXPECT_FALSE(contains("192.0.2.0/24", "192.0.3.0"));
  EXPECT_TRUE(contains("192.0.2.128/25", "192.0.2.129"));
  EXPECT_FALSE(contains("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(contains("0.0.0.0/0", "203.0.113.9"));
  EXPECT_TRUE(contains("2001:db8::/32", "2001:db8:ffff::1"));
  EXPECT_FALSE(contains("2001:db8::/32", "2001:db9::1"));
  EXPECT_TRUE(contains("2001:db8::1", "2001:db8::1"));
  EXPECT_FALSE(contains("2001:db8::1", "2001:db8::2"));
}

TEST(IpNetwork, OfIpv4HoldsNoIpv6AndTheOtherWayRound) {
  EXPECT_FALSE(contains("0.0.0.0/0", "2001:db8::1"));
  EXPECT_FALSE(contains("2001:db8::/32", "192.0.2.1"));
}

// What a socket for both families reports (RFC 4291 §2.5.5.2).
TEST(IpNetwork, TakesAMappedAddressForTheIpv4InIt) {
  EXPECT_TRUE(contains("192.0.2.0/24", "::ffff:192.0.2.1"));
  EXPECT_TRUE(contains("::ffff:192.0.2.0/120", "192.0.2.1"));
  EXPECT_EQ(IpAddress::parse("::ffff:192.0.2.1")->text(), "192.0.2.1");
}

// acme-dns accepts "192.168.100.1/24" as it stands.
TEST(IpNetwork, ForgetsBitsBehindThePrefix) {
  EXPECT_EQ(IpNetwork::parse("192.168.100.1/24")->text(), "192.168.100.0/24");
  EXPECT_EQ(IpNetwork::parse("2002:c0a8:2a00::1/40")->text(), "2002:c0a8:2a00::/40");
  EXPECT_EQ(IpNetwork::parse("10.1.2.3/0")->text(), "0.0.0.0/0");
}

TEST(IpNetwork, IsNothingElse) {
  for (const char* text : {"", "/", "/24", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/ 1",
                           "192.0.2/24", "192.0.2.0/24/1", "2001:db8::/129", "[2001:db8::]/32",
                           "fe80::1%eth0", "example.com", "192.0.2.0/0x8", "010.0.0.1"}) {
    EXPECT_EQ(IpNetwork::parse(text).error().kind, ErrorKind::malformed) << text;
  }
  EXPECT_FALSE(IpAddress::parse(std::string_view("192.0.2.1\0", 10)));
  EXPECT_FALSE(IpAddress::parse("[::1]"));
}

}  // namespace
}  // namespace base
