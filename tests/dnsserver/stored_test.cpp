#include "dnsserver/stored.h"

#include <gtest/gtest.h>

#include "assay/stored/v1/dns.pb.h"

namespace dnsserver {
namespace {

Name name(std::string_view text) { return Name::parse(text).value(); }

TEST(Stored, ComesBackAsItWas) {
  StoredZone zone;
  zone.zone.apex = name("Corp.test");
  zone.zone.name_servers = {name("ns1.test"), name("ns2.test")};
  zone.zone.contact = name("hostmaster.test");
  zone.zone.serial = 0xffffffff;
  zone.zone.ttl = std::chrono::seconds(7);
  zone.zone.negative_ttl = std::chrono::seconds(0);
  zone.zone.has_cuts = zone.zone.has_wildcards = zone.deleted = true;
  EXPECT_EQ(decode_zone(encode(zone)), zone);
  EXPECT_EQ(decode_zone(encode(zone))->zone.apex.text(), "Corp.test.") << "in its own case";

  const RRset rrset{name("a.corp.test"), 65280, 60, {Bytes("\0\1", 2), "x"}};
  EXPECT_EQ(decode_static_rrset(encode(rrset)), rrset);

  const Challenge challenge{"alice",
                            name("a.corp.test"),
                            Bytes("\0\xff", 2),
                            Time(std::chrono::milliseconds(1)),
                            Time(std::chrono::milliseconds(2)),
                            "order 1"};
  EXPECT_EQ(decode_challenge(encode(challenge)), challenge);
}

TEST(Stored, IsAnInternalErrorWhereItIsSomethingElse) {
  const auto is_internal = [](const auto& result) {
    return !result && result.error().kind == base::ErrorKind::internal;
  };
  for (const Bytes& octets : {Bytes("\xff\xff\xff"), Bytes(), Bytes("\x0a\x02\x05x")}) {
    EXPECT_TRUE(is_internal(decode_zone(octets)));
    EXPECT_TRUE(is_internal(decode_static_rrset(octets)));
    EXPECT_TRUE(is_internal(decode_challenge(octets)));
  }
  assay::stored::v1::Zone zone;
  zone.set_apex(Bytes("\4corp\0", 6));
  zone.set_contact(Bytes(1, '\0'));
  EXPECT_TRUE(is_internal(decode_zone(zone.SerializeAsString()))) << "no name server";
  assay::stored::v1::StaticRRset rrset;
  rrset.set_owner(Bytes(1, '\0'));
  EXPECT_TRUE(is_internal(decode_static_rrset(rrset.SerializeAsString()))) << "no record";
}

}  // namespace
}  // namespace dnsserver
