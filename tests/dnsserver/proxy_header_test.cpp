#include "dnsserver/proxy_header.h"

#include <gtest/gtest.h>

#include "dnsserver/wire.h"
#include "tests/dnsserver/proxied.h"

namespace dnsserver {
namespace {

using namespace std::string_literals;
using base::Bytes;

Client client(std::string_view address, uint16_t port) {
  return {base::IpAddress::parse(address).value(), port};
}

const Bytes kV4 = proxied_v4({192, 0, 2, 1}, 40000);
const Bytes kV6 = proxied_v6({0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 40000);

Bytes with(Bytes header, size_t at, int octet) {
  header[at] = char(octet);
  return header;
}

TEST(ProxyHeader, SaysWhoseOctetsFollow) {
  const auto v4 = read_proxy_header(kV4 + "query");
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->size, kV4.size());
  EXPECT_EQ(v4->source, client("192.0.2.1", 40000));
  const auto v6 = read_proxy_header(kV6);
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->size, kV6.size());
  EXPECT_EQ(v6->source, client("2001:db8::1", 40000));
}

// A proxy may take a query over one transport and pass it on over the other.
TEST(ProxyHeader, TakesStreamsAndDatagrams) {
  for (const int family : {0x11, 0x12, 0x21, 0x22}) {
    const auto header = read_proxy_header(with(family < 0x20 ? kV4 : kV6, 13, family));
    ASSERT_TRUE(header);
    EXPECT_TRUE(header->source);
  }
}

TEST(ProxyHeader, OfAProxyThatSpeaksForItselfNamesNobody) {
  for (const int family : {0x00, 0x11, 0x31, 0xff}) {
    const auto local = read_proxy_header(with(with(kV4, 12, 0x20), 13, family));
    ASSERT_TRUE(local) << family;
    EXPECT_EQ(local->size, kV4.size());
    EXPECT_FALSE(local->source);
  }
  const auto bare = read_proxy_header(Bytes(kProxySignature) + "\x20\0\0\0"s);
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->size, kProxyHeaderSizeMin);
}

TEST(ProxyHeader, OfSomebodyUnnamedNamesNobody) {
  for (const int family : {0x00, 0x01, 0x02, 0x10, 0x20}) {
    const auto header = read_proxy_header(with(kV4, 13, family));
    ASSERT_TRUE(header) << family;
    EXPECT_FALSE(header->source);
  }
}

TEST(ProxyHeader, TakesAnIpv4AddressInIpv6AsOne) {
  const Bytes mapped = proxied_v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1}, 7);
  EXPECT_EQ(read_proxy_header(mapped)->source, client("192.0.2.1", 7));
}

TEST(ProxyHeader, PassesOverFieldsBehindTheAddresses) {
  Bytes header = kV4 + "\x03\0\4abcd\x20\0\1x"s;
  header = with(header, 15, int(header.size() - kProxyHeaderSizeMin));
  const auto read = read_proxy_header(header + "query");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->size, header.size());
  EXPECT_EQ(read->source, client("192.0.2.1", 40000));
}

TEST(ProxyHeader, IsNoOtherVersionCommandOrFamily) {
  for (const int command : {0x00, 0x01, 0x10, 0x11, 0x22, 0x2f, 0x30, 0x31, 0xff})
    EXPECT_FALSE(read_proxy_header(with(kV4, 12, command))) << command;
  for (const int family : {0x31, 0x32, 0x41, 0xf1, 0xff, 0x13, 0x1f, 0x03})
    EXPECT_FALSE(read_proxy_header(with(kV6, 13, family))) << family;
}

TEST(ProxyHeader, HasRoomForTheAddressesOfItsFamily) {
  EXPECT_FALSE(read_proxy_header(with(kV4, 15, 11)));
  EXPECT_FALSE(read_proxy_header(with(kV4, 15, 0)));
  EXPECT_FALSE(read_proxy_header(with(kV6, 15, 35)));
  EXPECT_FALSE(read_proxy_header(with(kV4, 13, 0x21)));  // IPv6 in the room of IPv4
}

TEST(ProxyHeader, IsThereAsAWhole) {
  for (const Bytes& header : {kV4, kV6}) {
    for (size_t size = 0; size < header.size(); ++size)
      EXPECT_FALSE(read_proxy_header(header.substr(0, size))) << size;
  }
  for (size_t at = 0; at < kProxySignature.size(); ++at)
    EXPECT_FALSE(read_proxy_header(with(kV4, at, kV4[at] ^ 1))) << at;
  EXPECT_FALSE(read_proxy_header("PROXY UDP4 192.0.2.1 198.51.100.1 40000 53\r\n"));
}

TEST(ProxyHeader, KeepsItsLimit) {
  const auto of_size = [](size_t size) {
    Bytes header = kV4 + Bytes(size - kV4.size(), '\0');
    put_u16(header.data() + 14, uint16_t(size - kProxyHeaderSizeMin));
    return header;
  };
  EXPECT_TRUE(read_proxy_header(of_size(kProxyHeaderSizeMax)));
  EXPECT_FALSE(read_proxy_header(of_size(kProxyHeaderSizeMax + 1)));
  EXPECT_FALSE(proxy_header_size(of_size(kProxyHeaderSizeMax + 1)));
}

}  // namespace
}  // namespace dnsserver
