#include "validator/doctor/write_path.h"

#include <gmock/gmock.h>

#include "tests/validator/doctor/seen.h"

namespace validator::doctor {
namespace {

using support::name;
using testing::HasSubstr;

constexpr const char* kChallenge = "_acme-challenge.www.corp.test";

Served served(std::string_view address, bool serves, std::string said = "NXDOMAIN") {
  return {server("ns1.acme.test", address), serves, std::move(said)};
}

WritePathSeen written() {
  CanarySeen canary;
  canary.owner = name(kChallenge);
  canary.caller = {"web"};
  canary.first = canary.second = {served("192.0.2.53", true), served("198.51.100.53", true)};
  canary.left = {served("192.0.2.53", false), served("198.51.100.53", false)};
  return {canary, std::nullopt};
}

TEST(CheckWritePath, IsContentWithTwoValuesThatComeAndGoEverywhere) {
  for (const Finding& finding : check_write_path(written()))
    EXPECT_EQ(finding.grade, Grade::ok) << finding.id << ": " << finding.sentence;
}

TEST(CheckWritePath, FailsACredentialThatMayNotPublish) {
  auto seen = written();
  seen.canary->presented = base::fail(base::ErrorKind::unauthorized, "its scope is other.test.");
  const auto findings = check_write_path(seen);
  EXPECT_EQ(finding(findings, "write.credential").grade, Grade::fail);
  EXPECT_THAT(finding(findings, "write.credential").sentence, HasSubstr("\"web\""));
  EXPECT_THAT(finding(findings, "write.credential").sentence, HasSubstr("its scope is other.test."));
  EXPECT_EQ(finding(findings, "write.propagation").grade, Grade::skipped);
}

TEST(CheckWritePath, NamesTheAddressThatDoesNotServeAValue) {
  auto seen = written();
  seen.canary->first[1] = seen.canary->second[1] = served("198.51.100.53", false, "TXT \"old\"");
  const auto findings = check_write_path(seen);
  EXPECT_EQ(finding(findings, "write.propagation").grade, Grade::fail);
  EXPECT_THAT(finding(findings, "write.propagation").sentence,
              HasSubstr("ns1.acme.test. (198.51.100.53:53): TXT \"old\""));
  EXPECT_EQ(finding(findings, "write.two_values").grade, Grade::skipped);
}

TEST(CheckWritePath, FailsAValueThatEvictsTheOther) {
  auto seen = written();
  seen.canary->first[1].serves = false;
  EXPECT_EQ(finding(check_write_path(seen), "write.two_values").grade, Grade::fail);
}

TEST(CheckWritePath, WarnsOfValuesThatStay) {
  auto seen = written();
  seen.canary->left[0].serves = true;
  EXPECT_EQ(finding(check_write_path(seen), "write.removal").grade, Grade::warn);
  seen.canary->removed = base::fail(base::ErrorKind::unavailable, "the disk is full");
  EXPECT_EQ(finding(check_write_path(seen), "write.removal").grade, Grade::fail);
}

SoaAsked asked(std::string_view owner, const Reply& reply) { return {name(owner), reply, reply}; }

// What a server says that has the zone `_acme-challenge.www.corp.test`, or acme.test alone.
DiscoverySeen own_zone() {
  DiscoverySeen seen;
  seen.challenge = name(kChallenge);
  seen.server = "192.0.2.53:53";
  seen.climb = {asked(kChallenge, soa_of(kChallenge)),
                asked("www.corp.test", refused("www.corp.test", kSoa))};
  return seen;
}
DiscoverySeen elsewhere() {
  DiscoverySeen seen = own_zone();
  seen.climb[0] = asked(kChallenge, refused(kChallenge, kSoa));
  return seen;
}
DiscoverySeen zone_above() {
  DiscoverySeen seen = own_zone();
  seen.climb = {asked(kChallenge, nxdomain(kChallenge, kSoa, "www.corp.test")),
                asked("www.corp.test", soa_of("www.corp.test"))};
  return seen;
}

TEST(Discovery, FindsAZoneOfItsOwnWithEveryClient) {
  for (const auto find : {zone_for_certbot, zone_for_lego, zone_for_nsupdate}) {
    EXPECT_EQ(find(own_zone()).value(), name(kChallenge));
    EXPECT_EQ(find(zone_above()).value(), name("www.corp.test"));
    EXPECT_FALSE(find(elsewhere()));
  }
}

TEST(Discovery, GoesOnWhereEachClientDoes) {
  DiscoverySeen refused_first = zone_above();
  refused_first.climb[0] = asked(kChallenge, refused(kChallenge, kSoa));
  EXPECT_EQ(zone_for_certbot(refused_first).value(), name("www.corp.test"));
  EXPECT_FALSE(zone_for_lego(refused_first));
  EXPECT_FALSE(zone_for_nsupdate(refused_first));

  DiscoverySeen not_authoritative = own_zone();
  not_authoritative.climb[0].tcp.response->authoritative = false;
  not_authoritative.climb[0].udp.response->authoritative = false;
  EXPECT_FALSE(zone_for_certbot(not_authoritative));
  EXPECT_TRUE(zone_for_lego(not_authoritative));

  DiscoverySeen no_tcp = own_zone();
  no_tcp.climb[0].tcp = silent("Connection refused over TCP");
  EXPECT_THAT(zone_for_certbot(no_tcp).error().detail, HasSubstr("Connection refused"));
  EXPECT_TRUE(zone_for_nsupdate(no_tcp));
}

TEST(CheckWritePath, SaysWhichClientsWillFindTheZone) {
  const auto good = check_write_path({std::nullopt, own_zone()});
  const auto bad = check_write_path({std::nullopt, elsewhere()});
  for (const char* client : {"certbot", "lego", "cert-manager", "nsupdate"}) {
    EXPECT_EQ(finding(good, std::string("write.discovery.") + client).grade, Grade::ok);
    EXPECT_EQ(finding(bad, std::string("write.discovery.") + client).grade, Grade::warn);
  }
  EXPECT_THAT(finding(bad, "write.discovery.cert-manager").sentence, HasSubstr("cnameStrategy: Follow"));
  EXPECT_EQ(finding(good, "write.credential").grade, Grade::skipped);
}

}  // namespace
}  // namespace validator::doctor
