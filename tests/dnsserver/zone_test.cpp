#include "dnsserver/zone.h"

#include <gtest/gtest.h>

#include "tests/dnsserver/zone_text.h"

namespace dnsserver {
namespace {

TEST(Zone, HasTheRRsetsOfAnApex) {
  const Zone zone{.apex = Name::parse("corp.test").value(),
                  .name_servers = {Name::parse("ns1.corp.test").value(), Name::parse("ns2.example").value()},
                  .contact = Name::parse(R"(host\.master.corp.test)").value(),
                  .serial = 4294967295};
  EXPECT_EQ(std::vector{soa_rrset(zone)},
            parse_rrsets(R"(@ 60 SOA ns1 host\.master 4294967295 3600 900 604800 5)", zone.apex));
  EXPECT_EQ(std::vector{ns_rrset(zone)}, parse_rrsets("@ 60 NS ns1\n@ 60 NS ns2.example.", zone.apex));
}

}  // namespace
}  // namespace dnsserver
