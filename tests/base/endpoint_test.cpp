#include "base/endpoint.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(Endpoint, IsReadAndWrittenForBothFamilies) {
  EXPECT_EQ(parse_endpoint("127.0.0.1:5353"), (Endpoint{"127.0.0.1", 5353}));
  EXPECT_EQ(parse_endpoint("[::1]:53"), (Endpoint{"::1", 53}));
  EXPECT_EQ(parse_endpoint("0.0.0.0:65535")->text(), "0.0.0.0:65535");
  EXPECT_EQ(parse_endpoint("[::]:0")->text(), "[::]:0");
}

TEST(Endpoint, SpellsAnIpv6AddressInOneWay) {
  EXPECT_EQ(parse_endpoint("[2001:DB8:0:0::0001]:53"), parse_endpoint("[2001:db8::1]:53"));
}

TEST(Endpoint, IsRefusedWithoutAnAddressAndAPort) {
  for (const std::string_view text : {"",
                                      ":",
                                      ":53",
                                      "127.0.0.1",
                                      "127.0.0.1:",
                                      "127.0.0.1:65536",
                                      "127.0.0.1:-1",
                                      "127.0.0.1:+1",
                                      "127.0.0.1: 53",
                                      "127.0.0.1:53 ",
                                      "127.0.0.1:0x35",
                                      "127.1:53",
                                      "256.0.0.1:53",
                                      "localhost:53",
                                      "::1:53",
                                      "[::1]",
                                      "[::1]53",
                                      "[127.0.0.1]:53",
                                      "[]:53",
                                      "[fe80::1%lo]:53",
                                      "[::1:53"}) {
    EXPECT_FALSE(parse_endpoint(text)) << text;
  }
  EXPECT_FALSE(parse_endpoint(std::string("127.0.0.1\0x:53", 14)));
}

}  // namespace
}  // namespace base
