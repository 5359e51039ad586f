#include "proto/peer.h"

#include <gtest/gtest.h>

namespace proto {
namespace {

TEST(AddressOfPeer, IsWhatGrpcSaysOfANetwork) {
  EXPECT_EQ(address_of_peer("ipv4:192.0.2.1:443")->text(), "192.0.2.1");
  EXPECT_EQ(address_of_peer("ipv6:[2001:db8::1]:443")->text(), "2001:db8::1");
  EXPECT_EQ(address_of_peer("ipv6:%5B2001:db8::1%5D:443")->text(), "2001:db8::1");
  for (const char* peer : {"", "unix:/run/x", "ipv4:", "ipv4:192.0.2.1", "ipv6:2001:db8::1:443"})
    EXPECT_FALSE(address_of_peer(peer)) << peer;
}

TEST(PeerAddress, IsEmptyWhereThereIsNone) {
  EXPECT_EQ(peer_address("ipv6:%5B2001:DB8::1%5D:443"), "2001:db8::1");
  EXPECT_EQ(peer_address("unix:/run/x"), "");
}

}  // namespace
}  // namespace proto
