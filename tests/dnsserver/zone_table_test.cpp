#include "dnsserver/zone_table.h"

#include <gtest/gtest.h>

#include <string>

namespace dnsserver {
namespace {

Name name(std::string_view text) { return Name::parse(text).value(); }

Zone zone(std::string_view apex) { return {.apex = name(apex), .name_servers = {}, .contact = {}}; }

// The apex of the zone that holds `text`; empty if there is none.
std::string apex_of(const ZoneTable& zones, std::string_view text) {
  const ServedZone* found = zones.find(name(text));
  return found ? Name::from_wire(found->apex)->text() : "";
}

TEST(ZoneTable, FindsTheLongestApex) {
  const ZoneTable zones({zone("corp.test"), zone("a.b.Corp.test"), zone("other.example")});
  EXPECT_EQ(apex_of(zones, "corp.test"), "corp.test.");
  EXPECT_EQ(apex_of(zones, "WWW.CORP.TEST"), "corp.test.");
  EXPECT_EQ(apex_of(zones, "b.corp.test"), "corp.test.");
  EXPECT_EQ(apex_of(zones, "x.a.B.corp.test"), "a.b.corp.test.");
  EXPECT_EQ(apex_of(zones, "other.example"), "other.example.");
}

TEST(ZoneTable, FindsNothingAboveOrBesideItsZones) {
  const ZoneTable zones({zone("corp.test")});
  for (auto text :
       {".", "test", "xcorp.test", "corp.tes", "corp.testx", R"(x\004corp.test)", R"(\.corp.test.a)"}) {
    EXPECT_EQ(apex_of(zones, text), "") << text;
  }
  EXPECT_EQ(ZoneTable().find(name("corp.test")), nullptr);
  EXPECT_EQ(ZoneTable().find(Name()), nullptr);
}

TEST(ZoneTable, CanHoldTheRoot) {
  const ZoneTable zones({zone("."), zone("test")});
  EXPECT_EQ(apex_of(zones, "."), ".");
  EXPECT_EQ(apex_of(zones, "www.example"), ".");
  EXPECT_EQ(apex_of(zones, "www.test"), "test.");
}

TEST(ZoneTable, FindsTheZoneAboveACut) {
  const ZoneTable zones({zone("corp.test"), zone("sub.corp.test")});
  const LoweredName sub(name("sub.corp.test"));
  EXPECT_EQ(zones.find(sub)->label_count, 3u);
  EXPECT_EQ(zones.find(sub, 2)->label_count, 2u);
  EXPECT_EQ(zones.find(sub, 1), nullptr);
}

TEST(ZoneTable, HoldsThousandsOfZones) {
  std::vector<Zone> many;
  for (int i = 0; i < 5000; ++i)
    many.push_back(zone("_acme-challenge.host" + std::to_string(i) + ".corp.test"));
  const ZoneTable zones(many);
  EXPECT_EQ(zones.size(), 5000u);
  for (const Zone& each : many)
    EXPECT_EQ(zones.find(each.apex)->apex, each.apex.lowered());
  EXPECT_EQ(zones.find(name("_acme-challenge.host5000.corp.test")), nullptr);
}

TEST(ZoneTable, FindsALongestNameAndOneOfMostLabels) {
  Name deepest;
  while (auto deeper = deepest.prepend("x"))
    deepest = *deeper;
  ASSERT_EQ(deepest.label_count(), base::kLabelsMax);
  const ZoneTable zones({{.apex = deepest, .name_servers = {}, .contact = {}}, zone("x")});
  EXPECT_EQ(zones.find(deepest)->label_count, base::kLabelsMax);
  EXPECT_EQ(zones.find(deepest.parent())->label_count, 1u);
}

TEST(ZoneTableHolder, HandsOutWhatWasPublishedLastOnce) {
  ZoneTableHolder holder;
  std::shared_ptr<const ZoneTable> held;
  uint64_t generation = 0;
  EXPECT_TRUE(holder.refresh(held, generation));
  EXPECT_EQ(held->size(), 0u);
  EXPECT_FALSE(holder.refresh(held, generation));

  const auto table = std::make_shared<const ZoneTable>(std::vector{zone("corp.test")});
  holder.publish(std::make_shared<const ZoneTable>());
  holder.publish(table);
  EXPECT_TRUE(holder.refresh(held, generation));
  EXPECT_EQ(held, table);
  EXPECT_FALSE(holder.refresh(held, generation));
}

}  // namespace
}  // namespace dnsserver
