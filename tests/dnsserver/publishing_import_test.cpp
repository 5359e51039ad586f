#include "dnsserver/serial.h"
#include "dnsserver/zone_file.h"
#include "tests/dnsserver/publishing_fixture.h"

namespace dnsserver {
namespace {

using base::ErrorKind;

class PublishingImport : public PublishingTest {
 protected:
  static std::string zone_of(std::string_view rest, uint32_t serial = 7) {
    return "$ORIGIN corp.test.\n$TTL 60\n@ SOA ns1 host " + std::to_string(serial) +
           " 100 200 300 5\n@ NS ns1\nns1 A 192.0.2.1\n" + std::string(rest);
  }

  Result<Imported> import(std::string_view text, bool dry_run = false) {
    ZoneFile file = read_zone_file(text, std::nullopt);
    EXPECT_EQ(count_of(file.findings, Severity::error), 0u) << file.findings.front().text;
    return dns_.run(dns_.publishing().import_zone(std::move(file.zone), std::move(file.rrsets), dry_run, {}));
  }

  static DiffCounts counts(size_t added, size_t changed, size_t removed, size_t unchanged) {
    return {.added = added, .changed = changed, .removed = removed, .unchanged = unchanged};
  }
};

INSTANTIATE_TEST_SUITE_P(Store, PublishingImport, testing::ValuesIn(kStoreKinds), store_kind_name);

TEST_P(PublishingImport, MakesAZoneOfItsFile) {
  const auto imported = import(zone_of("www 30 A 192.0.2.2\n*.w TXT x\nsub NS ns.sub\nns.sub A 192.0.2.3\n"));
  ASSERT_TRUE(imported);
  EXPECT_EQ(imported->serial_before, std::nullopt);
  EXPECT_EQ(imported->counts, counts(5, 0, 0, 0));
  EXPECT_EQ(imported->commits, 1u);
  EXPECT_EQ(imported->zone.serial, 1'790'000'000u);
  EXPECT_EQ(
      dns_.ask("corp.test", "SOA"),
      (Lines{"NOERROR", "corp.test. 60 IN SOA ns1.corp.test. host.corp.test. 1790000000 100 200 300 5"}));
  EXPECT_EQ(dns_.ask("www.corp.test", "A"), (Lines{"NOERROR", "www.corp.test. 30 IN A 192.0.2.2"}));
  EXPECT_EQ(dns_.ask("x.w.corp.test", "TXT"), (Lines{"NOERROR", "x.w.corp.test. 60 IN TXT \"x\""}));
  dns_.restart();
  EXPECT_EQ(
      dns_.ask("corp.test", "SOA"),
      (Lines{"NOERROR", "corp.test. 60 IN SOA ns1.corp.test. host.corp.test. 1790000000 100 200 300 5"}));
}

TEST_P(PublishingImport, PutsTheFileInThePlaceOfWhatWasThere) {
  dns_.create_zone();
  ASSERT_TRUE(dns_.put("old.corp.test", "A", {"192.0.2.9"}));
  ASSERT_TRUE(dns_.put("www.corp.test", "TXT", {"old"}));
  ASSERT_TRUE(dns_.put("www.corp.test", "MX", {"0 old.test."}));
  ASSERT_TRUE(dns_.put("same.corp.test", "A", {"192.0.2.2", "192.0.2.1"}));
  const uint32_t before = dns_.serial();
  const auto imported = import(zone_of("www TXT new\nSAME A 192.0.2.1\nsame A 192.0.2.2\nnew A 192.0.2.8\n"));
  ASSERT_TRUE(imported);
  EXPECT_EQ(imported->counts, counts(2, 1, 2, 1));
  EXPECT_EQ(imported->serial_before, before);
  EXPECT_TRUE(serial_less(before, imported->zone.serial));
  EXPECT_EQ(dns_.ask("old.corp.test", "A"), (Lines{"NXDOMAIN"}));
  EXPECT_EQ(dns_.ask("www.corp.test", "MX"), (Lines{"NOERROR"}));
  EXPECT_EQ(dns_.ask("www.corp.test", "TXT"), (Lines{"NOERROR", "www.corp.test. 60 IN TXT \"new\""}));
  EXPECT_EQ(dns_.ask("corp.test", "NS"), (Lines{"NOERROR", "corp.test. 60 IN NS ns1.corp.test."}));
}

TEST_P(PublishingImport, DoesNothingTheSecondTime) {
  const std::string text = zone_of("www A 192.0.2.2\na.b TXT x\n");
  ASSERT_TRUE(import(text));
  const storage::Revision revision = dns_.revision();
  dns_.clock().advance(std::chrono::hours(1));
  const auto again = import(text);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->counts, counts(0, 0, 0, 3));
  EXPECT_EQ(again->commits, 0u);
  EXPECT_EQ(again->serial_before, again->zone.serial);
  EXPECT_EQ(dns_.revision(), revision + 1);
}

TEST_P(PublishingImport, IsTriedWithoutDoingIt) {
  const auto tried = import(zone_of("www A 192.0.2.2\n"), true);
  ASSERT_TRUE(tried);
  EXPECT_EQ(tried->counts, counts(2, 0, 0, 0));
  EXPECT_EQ(tried->zone.serial, 1'790'000'000u);
  EXPECT_EQ(dns_.key_count(), 0u);
  dns_.create_zone();
  const uint32_t before = dns_.serial();
  const auto of_a_zone = import(zone_of("www A 192.0.2.2\n"), true);
  EXPECT_EQ(of_a_zone->zone.serial, before + 1);
  EXPECT_EQ(dns_.serial(), before);
}

TEST_P(PublishingImport, MovesTheSerialForwardsOnly) {
  const uint32_t ahead = 2'026'112'701;
  EXPECT_EQ(import(zone_of("", ahead))->zone.serial, ahead);
  EXPECT_EQ(import(zone_of("", 7))->zone.serial, ahead);
  EXPECT_EQ(import(zone_of("a TXT x\n", 7))->zone.serial, ahead + 1);
  EXPECT_EQ(import(zone_of("a TXT x\n", ahead + 1))->commits, 0u);
  EXPECT_EQ(import(zone_of("a TXT y\n", ahead + 1))->zone.serial, ahead + 2);
  EXPECT_EQ(import(zone_of("a TXT z\n", ahead + 9))->zone.serial, ahead + 9);
  EXPECT_EQ(import(zone_of("a TXT z\n", ahead + 20))->zone.serial, ahead + 20);
}

TEST_P(PublishingImport, LeavesWhatWasPublished) {
  dns_.create_zone();
  ASSERT_TRUE(dns_.present("alice", "_acme-challenge.corp.test", "v"));
  ASSERT_TRUE(import(zone_of("_acme-challenge TXT static\n")));
  EXPECT_EQ(dns_.ask("_acme-challenge.corp.test", "TXT"),
            (Lines{"NOERROR", R"(_acme-challenge.corp.test. 5 IN TXT "static")",
                   R"(_acme-challenge.corp.test. 5 IN TXT "v")"}));
  ASSERT_TRUE(import(zone_of("")));
  EXPECT_EQ(dns_.ask("_acme-challenge.corp.test", "TXT"),
            (Lines{"NOERROR", R"(_acme-challenge.corp.test. 5 IN TXT "v")"}));
}

TEST_P(PublishingImport, IsAllOrNothing) {
  dns_.create_zone();
  ASSERT_TRUE(dns_.put("a.corp.test", "TXT", {"stays"}));
  ASSERT_TRUE(dns_.present("alice", "z.corp.test", "v"));
  const uint32_t before = dns_.serial();
  EXPECT_EQ(kind(import(zone_of("b TXT new\nz CNAME b\n"))), ErrorKind::conflict);
  EXPECT_EQ(dns_.serial(), before);
  EXPECT_EQ(dns_.ask("a.corp.test", "TXT"), (Lines{"NOERROR", "a.corp.test. 60 IN TXT \"stays\""}));
  EXPECT_EQ(dns_.ask("b.corp.test", "TXT"), (Lines{"NXDOMAIN"}));
}

TEST_P(PublishingImport, PassesFromACnameToDataAndFromDataToADelegationAndBack) {
  const std::string one = zone_of("a CNAME ns1\nb A 192.0.2.1\nx.d TXT x\nd TXT x\n");
  const std::string other = zone_of("a TXT x\nb CNAME ns1\nd NS ns.d\nns.d A 192.0.2.3\n");
  ASSERT_TRUE(import(one));
  ASSERT_TRUE(import(other));
  EXPECT_EQ(dns_.ask("x.d.corp.test", "TXT"), (Lines{"NOERROR"}));
  ASSERT_TRUE(import(one));
  EXPECT_EQ(dns_.ask("x.d.corp.test", "TXT"), (Lines{"NOERROR", "x.d.corp.test. 60 IN TXT \"x\""}));
}

TEST_P(PublishingImport, OfMoreThanACommitHoldsIsSeveral) {
  std::string text;
  for (size_t i = 0; i < kImportRRsetsPerCommitMax; ++i)
    text += "n" + std::to_string(i) + " A 192.0.2.1\n";
  const auto imported = import(zone_of(text));
  ASSERT_TRUE(imported);
  EXPECT_EQ(imported->commits, 2u);
  EXPECT_EQ(dns_.ask("n19999.corp.test", "A"), (Lines{"NOERROR", "n19999.corp.test. 60 IN A 192.0.2.1"}));
  EXPECT_EQ(import(zone_of(text))->commits, 0u);
}

TEST_P(PublishingImport, IntoAZoneThatIsBeingRemovedStartsAfresh) {
  dns_.create_zone();
  ASSERT_TRUE(dns_.put("old.corp.test", "A", {"192.0.2.1"}));
  ASSERT_TRUE(dns_.run(dns_.publishing().delete_zone(name("corp.test"), {})));
  ASSERT_TRUE(import(zone_of("")));
  EXPECT_EQ(dns_.ask("old.corp.test", "A"), (Lines{"NXDOMAIN"}));
}

}  // namespace
}  // namespace dnsserver
