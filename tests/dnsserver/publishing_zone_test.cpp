#include "dnsserver/keys.h"
#include "dnsserver/serial.h"
#include "dnsserver/stored.h"
#include "tests/dnsserver/publishing_fixture.h"

namespace dnsserver {
namespace {

using base::ErrorKind;

class PublishingZones : public PublishingTest {
 protected:
  static Zone zone(std::string_view apex) {
    Zone zone;
    zone.apex = name(apex);
    zone.name_servers = {name("ns1.ns.test"), name("ns2.ns.test")};
    zone.contact = name("hostmaster.ns.test");
    return zone;
  }

  Result<Zone> create(const Zone& zone) { return dns_.run(dns_.publishing().create_zone(zone, {})); }
  Result<void> remove(std::string_view apex) {
    return dns_.run(dns_.publishing().delete_zone(name(apex), {}));
  }
};

INSTANTIATE_TEST_SUITE_P(Store, PublishingZones, testing::ValuesIn(kStoreKinds), store_kind_name);

TEST_P(PublishingZones, AreServedWithSoaAndNsFromTheStart) {
  EXPECT_EQ(dns_.ask("corp.test", "SOA"), (Lines{"REFUSED"}));
  const auto created = create(zone("Corp.test"));
  ASSERT_TRUE(created);
  EXPECT_EQ(created->serial, 1'790'000'000u);
  EXPECT_EQ(dns_.ask("corp.test", "SOA"),
            (Lines{"NOERROR",
                   "corp.test. 60 IN SOA ns1.ns.test. hostmaster.ns.test. 1790000000 3600 900 604800 5"}));
  EXPECT_EQ(dns_.ask("corp.test", "NS"),
            (Lines{"NOERROR", "corp.test. 60 IN NS ns1.ns.test.", "corp.test. 60 IN NS ns2.ns.test."}));
  EXPECT_EQ(dns_.ask("www.corp.test", "A"), (Lines{"NXDOMAIN"}));
}

TEST_P(PublishingZones, ExistOnce) {
  ASSERT_TRUE(create(zone("corp.test")));
  EXPECT_EQ(kind(create(zone("CORP.test"))), ErrorKind::conflict);
  EXPECT_TRUE(create(zone("a.corp.test")));
  EXPECT_TRUE(create(zone("test")));
}

// Nobody could see or remove it any more.
TEST_P(PublishingZones, AreRefusedWhereTheyWouldHideWhatTheZoneAboveHolds) {
  ASSERT_TRUE(create(zone("corp.test")));
  ASSERT_TRUE(dns_.present("alice", "x.a.corp.test", "value"));
  EXPECT_EQ(kind(create(zone("a.corp.test"))), ErrorKind::conflict);
  EXPECT_EQ(kind(create(zone("x.a.corp.test"))), ErrorKind::conflict);
  EXPECT_TRUE(create(zone("y.a.corp.test")));
  EXPECT_TRUE(create(zone("aa.corp.test")));
  EXPECT_EQ(dns_.remove("alice", "x.a.corp.test", "value"), 1u);
  EXPECT_TRUE(create(zone("a.corp.test")));

  ASSERT_TRUE(dns_.put("b.corp.test", "TXT", {"static"}));
  EXPECT_EQ(kind(create(zone("b.corp.test"))), ErrorKind::conflict);
}

TEST_P(PublishingZones, MayStandWhereTheZoneAboveDelegatesThem) {
  ASSERT_TRUE(create(zone("corp.test")));
  ASSERT_TRUE(dns_.put("a.corp.test", "NS", {"ns1.a.corp.test"}));
  ASSERT_TRUE(dns_.put("ns1.a.corp.test", "A", {"192.0.2.1"}));
  EXPECT_TRUE(create(zone("a.corp.test")));
  EXPECT_EQ(dns_.ask("ns1.a.corp.test", "A"), (Lines{"NXDOMAIN"})) << "the new zone answers";
}

TEST_P(PublishingZones, AreRefusedIfTheyCouldNotBeServed) {
  Zone bad = zone("corp.test");
  bad.name_servers.clear();
  EXPECT_EQ(kind(create(bad)), ErrorKind::malformed);
  bad.name_servers = {name("ns1.ns.test"), name("NS1.ns.test")};
  EXPECT_EQ(kind(create(bad)), ErrorKind::malformed);
  EXPECT_EQ(kind(create(zone("."))), ErrorKind::malformed);
  EXPECT_EQ(kind(create(zone("*.corp.test"))), ErrorKind::malformed);
  EXPECT_EQ(dns_.key_count(), 0u);
}

TEST_P(PublishingZones, HaveAtMostTheNamedNumberOfNameServers) {
  Zone crowded = zone("corp.test");
  crowded.name_servers.clear();
  for (size_t i = 0; i < kNameServersMax; ++i) {
    crowded.name_servers.push_back(name("ns" + std::to_string(i) + ".ns.test"));
  }
  EXPECT_TRUE(create(crowded));
  crowded.apex = name("other.test");
  crowded.name_servers.push_back(name("one-more.ns.test"));
  EXPECT_EQ(kind(create(crowded)), ErrorKind::too_large);
}

TEST_P(PublishingZones, HaveANegativeTtlOfAtMostADay) {
  Zone timed = zone("corp.test");
  timed.negative_ttl = kNegativeTtlMax + std::chrono::seconds(1);
  EXPECT_EQ(kind(create(timed)), ErrorKind::malformed);
  timed.negative_ttl = std::chrono::seconds(-1);
  EXPECT_EQ(kind(create(timed)), ErrorKind::malformed);
  timed.negative_ttl = kNegativeTtlMax;
  EXPECT_TRUE(create(timed));
  timed.apex = name("other.test");
  timed.negative_ttl = std::chrono::seconds(0);
  EXPECT_TRUE(create(timed));
}

TEST_P(PublishingZones, DisappearWithAllThatIsInThemAndNothingElse) {
  for (const char* apex : {"corp.test", "a.corp.test", "corp2.test"}) {
    dns_.create_zone(apex);
    ASSERT_TRUE(dns_.put(std::string("www.") + apex, "A", {"192.0.2.1"}));
    ASSERT_TRUE(dns_.present("alice", std::string("_acme-challenge.") + apex, "v"));
  }
  const size_t keys = dns_.key_count();
  ASSERT_TRUE(remove("Corp.test"));
  EXPECT_EQ(dns_.key_count(), keys / 3 * 2);
  EXPECT_EQ(dns_.ask("www.corp.test", "A"), (Lines{"REFUSED"}));
  EXPECT_EQ(dns_.ask("www.a.corp.test", "A"), (Lines{"NOERROR", "www.a.corp.test. 60 IN A 192.0.2.1"}));
  EXPECT_EQ(dns_.ask("_acme-challenge.corp2.test", "TXT"),
            (Lines{"NOERROR", R"(_acme-challenge.corp2.test. 5 IN TXT "v")"}));
  EXPECT_EQ(kind(remove("corp.test")), ErrorKind::not_found);
  EXPECT_EQ(kind(remove("test")), ErrorKind::not_found);
  EXPECT_EQ(kind(dns_.put("www.corp.test", "A", {"192.0.2.1"})), ErrorKind::not_found);
}

TEST_P(PublishingZones, DisappearWithMoreThanOneCommitCanRemove) {
  dns_.create_zone();
  const size_t count = kDeletesPerCommitMax + 10;
  storage::Batch batch;
  for (size_t i = 0; i < count; ++i) {
    batch.puts.push_back({node_key(name("corp.test"), name("n" + std::to_string(i) + ".corp.test")), "node"});
  }
  ASSERT_TRUE(dns_.run(dns_.store().commit(batch)));
  ASSERT_TRUE(remove("corp.test"));
  EXPECT_EQ(dns_.key_count(), 0u);
}

TEST_P(PublishingZones, AreEmptyAndHaveALaterSerialWhenMadeAnew) {
  dns_.create_zone();
  ASSERT_TRUE(dns_.put("www.corp.test", "A", {"192.0.2.1"}));
  const uint32_t before = dns_.serial();
  ASSERT_TRUE(remove("corp.test"));
  dns_.clock().advance(std::chrono::seconds(2));
  dns_.create_zone();
  EXPECT_EQ(dns_.ask("www.corp.test", "A"), (Lines{"NXDOMAIN"}));
  EXPECT_TRUE(serial_less(before, dns_.serial()));
}

class PublishingLeftOvers : public PublishingZones {
 protected:
  // A server stopped between the commit that takes the zone out of service and the one that removes its last
  // key.
  void SetUp() override {
    dns_.create_zone();
    ASSERT_TRUE(dns_.put("www.corp.test", "A", {"192.0.2.1"}));
    ASSERT_TRUE(dns_.present("alice", "_acme-challenge.corp.test", "v"));
    auto entry = dns_.run(dns_.store().get(zone_key(name("corp.test")))).value();
    StoredZone deleted = decode_zone(entry->value).value();
    deleted.deleted = true;
    storage::Batch batch{.puts = {{entry->key, encode(deleted)}}};
    ASSERT_TRUE(dns_.run(dns_.store().commit(batch)));
    dns_.restart();
  }
};

INSTANTIATE_TEST_SUITE_P(Store, PublishingLeftOvers, testing::ValuesIn(kStoreKinds), store_kind_name);

TEST_P(PublishingLeftOvers, AreNotServedAndGoWithTheNextCleanUp) {
  EXPECT_EQ(dns_.ask("www.corp.test", "A"), (Lines{"REFUSED"}));
  EXPECT_EQ(kind(dns_.present("alice", "_acme-challenge.corp.test", "w")), ErrorKind::not_found);
  EXPECT_EQ(kind(remove("corp.test")), ErrorKind::not_found);
  EXPECT_TRUE(dns_.run(dns_.publishing().list_zones("", 10))->items.empty());
  EXPECT_EQ(kind(dns_.run(dns_.publishing().list_rrsets(name("corp.test"), "", 10))), ErrorKind::not_found);
  EXPECT_TRUE(dns_.run(dns_.publishing().list_challenges("alice", std::nullopt, "", 10))->items.empty());
  EXPECT_EQ(dns_.clean_up(), 0u);
  EXPECT_EQ(dns_.key_count(), 0u);
}

TEST_P(PublishingLeftOvers, DoNotGetIntoAZoneThatIsMadeAnew) {
  dns_.create_zone();
  EXPECT_EQ(dns_.ask("www.corp.test", "A"), (Lines{"NXDOMAIN"}));
  EXPECT_EQ(dns_.ask("_acme-challenge.corp.test", "TXT"), (Lines{"NXDOMAIN"}));
  EXPECT_EQ(dns_.clean_up(), 0u);
  EXPECT_EQ(dns_.key_count("z"), 1u);
}

TEST_P(PublishingZones, SurviveARestartWithTheirContents) {
  dns_.create_zone();
  ASSERT_TRUE(dns_.put("*.corp.test", "A", {"192.0.2.1"}));
  ASSERT_TRUE(dns_.put("sub.corp.test", "NS", {"ns1.other.test."}));
  ASSERT_TRUE(dns_.present("alice", "_acme-challenge.corp.test", "v"));
  const uint32_t serial = dns_.serial();
  dns_.restart();
  EXPECT_EQ(dns_.serial(), serial);
  EXPECT_EQ(dns_.ask("x.corp.test", "A"), (Lines{"NOERROR", "x.corp.test. 60 IN A 192.0.2.1"}));
  EXPECT_EQ(dns_.ask("x.sub.corp.test", "A"), (Lines{"NOERROR"})) << "a referral, not the wildcard";
  EXPECT_EQ(dns_.ask("_acme-challenge.corp.test", "TXT"),
            (Lines{"NOERROR", R"(_acme-challenge.corp.test. 5 IN TXT "v")"}));
}

TEST_P(PublishingZones, AreListedPageByPage) {
  for (int i = 0; i < 5; ++i)
    dns_.create_zone("z" + std::to_string(i) + ".test");
  ASSERT_TRUE(remove("z2.test"));
  std::vector<std::string> apexes;
  Bytes after;
  size_t pages = 0;
  do {
    const auto page = dns_.run(dns_.publishing().list_zones(after, 2)).value();
    EXPECT_LE(page.items.size(), 2u);
    for (const Zone& zone : page.items)
      apexes.push_back(zone.apex.text());
    after = page.next;
    ++pages;
  } while (!after.empty());
  EXPECT_EQ(apexes, (Lines{"z0.test.", "z1.test.", "z3.test.", "z4.test."}));
  EXPECT_EQ(pages, 2u);
}

TEST_P(PublishingZones, AreFoundByTheLongestApex) {
  dns_.create_zone("corp.test");
  dns_.create_zone("a.corp.test");
  EXPECT_EQ(dns_.publishing().zone_of(name("x.A.corp.test")), name("a.corp.test"));
  EXPECT_EQ(dns_.publishing().zone_of(name("a.corp.test")), name("a.corp.test"));
  EXPECT_EQ(dns_.publishing().zone_of(name("b.corp.test")), name("corp.test"));
  EXPECT_EQ(kind(dns_.publishing().zone_of(name("corpx.test"))), ErrorKind::not_found);
}

TEST(PublishingZoneLimit, IsHeld) {
  PublishingFixture dns(PublishingFixture::StoreKind::memory);
  storage::Batch batch;
  for (size_t i = 0; i + 1 < kZonesMax; ++i) {
    Zone zone;
    zone.apex = Name::parse("z" + std::to_string(i) + ".test").value();
    zone.name_servers = {zone.apex};
    batch.puts.push_back({zone_key(zone.apex), encode(StoredZone{zone})});
  }
  ASSERT_TRUE(dns.run(dns.store().commit(std::move(batch))));
  dns.restart();
  dns.create_zone("last.test");
  Zone one_more;
  one_more.apex = Name::parse("one-more.test").value();
  one_more.name_servers = {one_more.apex};
  EXPECT_EQ(dns.run(dns.publishing().create_zone(one_more, {})).error().kind, base::ErrorKind::too_large);
}

}  // namespace
}  // namespace dnsserver
