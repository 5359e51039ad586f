#include "app/dns_role.h"

#include <gmock/gmock.h>

#include "storage/memory_store.h"

namespace app {
namespace {

using base::Name;
using testing::ElementsAre;

class DnsRoleTest : public testing::Test {
 protected:
  DnsRoleTest() {
    config_.dns.listen = {{"127.0.0.1", 0}};
    config_.dns.workers = 1;
    role_ = DnsRole::open(config_, store_, clock_, runtime_, std::nullopt).value();
  }

  ~DnsRoleTest() override {
    role_->stop();
    EXPECT_TRUE(runtime_.finish(std::chrono::seconds(10)));
  }

  void create_zone(const Name& name_server) {
    dnsserver::Zone zone;
    zone.apex = apex_;
    zone.name_servers = {name_server};
    zone.contact = Name::parse("hostmaster.acme.test").value();
    ASSERT_TRUE(runtime_.wait(role_->publishing().create_zone(zone, {})));
  }

  // "acme.test. 2", the type as a number.
  std::vector<std::string> rrsets() {
    const auto page = runtime_.wait(role_->publishing().list_rrsets(apex_, "", 100)).value();
    std::vector<std::string> lines;
    for (const auto& rrset : page.items)
      lines.push_back(rrset.owner.text() + " " + std::to_string(rrset.type));
    return lines;
  }

  const Name apex_ = Name::parse("acme.test").value();
  const Name ns1_ = Name::parse("ns1.acme.test").value();
  base::Config config_;
  storage::MemoryStore store_;
  const base::SystemClock clock_;
  Runtime runtime_{2};
  std::unique_ptr<DnsRole> role_;
};

TEST_F(DnsRoleTest, MakesAZoneWithTheAddressOfItsNameServerOnce) {
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(role_->ensure_zone(apex_));
    EXPECT_THAT(rrsets(), ElementsAre("acme.test. 2", "ns1.acme.test. 1"));
  }
}

TEST_F(DnsRoleTest, CompletesAZoneWhoseMakingWasCutShort) {
  create_zone(ns1_);
  ASSERT_TRUE(role_->ensure_zone(apex_));
  EXPECT_THAT(rrsets(), ElementsAre("acme.test. 2", "ns1.acme.test. 1"));
}

TEST_F(DnsRoleTest, LeavesAZoneAloneThatHasOtherNameServers) {
  create_zone(Name::parse("ns.elsewhere.test").value());
  ASSERT_TRUE(role_->ensure_zone(apex_));
  EXPECT_THAT(rrsets(), ElementsAre("acme.test. 2"));
}

}  // namespace
}  // namespace app
