#include "validator/zone_finder.h"

#include <gmock/gmock.h>

#include "tests/support/dns_message.h"
#include "tests/support/run_task.h"
#include "tests/validator/table_resolver.h"
#include "validator/response.h"

namespace validator {
namespace {

using base::Endpoint;
using support::name;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class FindingZones : public testing::Test {
 protected:
  base::Result<FoundZone> zone_of(std::string_view owner) {
    ZoneFinder finder(resolver_,
                      ServerPorts([this](const base::Name& name) { return stub_addresses(stubs_, name); }));
    return support::run_task(finder.zone_of(name(owner)));
  }

  TableResolver resolver_;
  std::vector<StubZone> stubs_;
};

TEST_F(FindingZones, ClimbsToTheClosestSoa) {
  resolver_.soa("corp.test").ns("corp.test", {"ns1.corp.test", "ns2.corp.test"});
  resolver_.a("ns1.corp.test", {192, 0, 2, 1}).a("ns2.corp.test", {192, 0, 2, 2});
  const auto zone = zone_of("a.www.corp.test");
  ASSERT_TRUE(zone);
  EXPECT_EQ(zone->apex, name("corp.test"));
  EXPECT_THAT(zone->addresses(), ElementsAre(ServerAddress{name("ns1.corp.test"), {"192.0.2.1", 53}},
                                             ServerAddress{name("ns2.corp.test"), {"192.0.2.2", 53}}));
  EXPECT_EQ(zone->addresses()[0].text(), "ns1.corp.test. (192.0.2.1:53)");
}

TEST_F(FindingZones, TakesNoSoaFromBehindACname) {
  resolver_.soa("corp.test").alias("www.corp.test", "other.test");
  EXPECT_EQ(zone_of("www.corp.test")->apex, name("corp.test"));
}

TEST_F(FindingZones, SaysWhyThereIsNone) {
  resolver_.broken("test", "all servers failed");
  const auto zone = zone_of("corp.test");
  ASSERT_FALSE(zone);
  EXPECT_EQ(zone.error().kind, base::ErrorKind::dns);
  EXPECT_THAT(zone.error().detail, HasSubstr("test. SOA got SERVFAIL (all servers failed)"));
}

TEST_F(FindingZones, SaysWhatANameServersNameLeadsTo) {
  resolver_.soa("corp.test").ns("corp.test", {"gone.test", "www.corp.test"});
  resolver_.alias("www.corp.test", "web.test").a("web.test", {192, 0, 2, 7});
  const auto zone = zone_of("corp.test");
  ASSERT_THAT(zone->servers, SizeIs(2));
  // In DNSSEC's order.
  EXPECT_EQ(zone->servers[0].name, name("www.corp.test"));
  EXPECT_TRUE(zone->servers[0].is_alias);
  EXPECT_EQ(zone->servers[1].why, "NXDOMAIN");
}

TEST_F(FindingZones, AsksStubZonesOnTheirPorts) {
  stubs_ = {{name("corp.test"), {{"127.0.0.1", 5300}}}, {name("test"), {{"127.0.0.1", 5399}}}};
  resolver_.soa("corp.test").ns("corp.test", {"ns1.corp.test"}).a("ns1.corp.test", {127, 0, 0, 1});
  EXPECT_THAT(zone_of("corp.test")->addresses(),
              ElementsAre(ServerAddress{name("ns1.corp.test"), {"127.0.0.1", 5300}}));
  // A name server whose name leads nowhere outside is asked where the operator says.
  resolver_ = TableResolver();
  resolver_.soa("corp.test").ns("corp.test", {"ns1.internal"});
  EXPECT_THAT(zone_of("corp.test")->addresses(),
              ElementsAre(ServerAddress{name("corp.test"), {"127.0.0.1", 5300}}));
}

TEST_F(FindingZones, LooksAtSoManyServersAndNoMore) {
  resolver_.soa("corp.test");
  std::vector<std::string> servers;
  for (int i = 0; i < 30; ++i) {
    servers.push_back("ns" + std::to_string(i) + ".corp.test");
    resolver_.a(servers.back(), {192, 0, 2, 1})
        .a(servers.back(), {192, 0, 2, 2})
        .a(servers.back(), {192, 0, 2, 3});
  }
  resolver_.ns("corp.test", servers);
  EXPECT_THAT(zone_of("corp.test")->servers, SizeIs(kNameServersSeenMax));
  EXPECT_THAT(zone_of("corp.test")->addresses(), SizeIs(kServerAddressesMax));
}

TEST(StubAddresses, AreThoseOfTheClosestStub) {
  const std::vector<StubZone> stubs{{name("test"), {{"127.0.0.1", 1}}}, {name("a.test"), {{"127.0.0.1", 2}}}};
  EXPECT_THAT(stub_addresses(stubs, name("x.a.test")), ElementsAre(Endpoint{"127.0.0.1", 2}));
  EXPECT_THAT(stub_addresses(stubs, name("b.test")), ElementsAre(Endpoint{"127.0.0.1", 1}));
  EXPECT_THAT(stub_addresses(stubs, name("example")), IsEmpty());
}

}  // namespace
}  // namespace validator
