#include <gmock/gmock.h>

#include "dnsserver/clean_up.h"
#include "dnsserver/keys.h"
#include "dnsserver/stored.h"
#include "tests/dnsserver/publishing_fixture.h"

namespace dnsserver {
namespace {

using base::ErrorKind;
using namespace std::chrono_literals;

constexpr std::string_view kOwner = "_acme-challenge.corp.test";

class PublishingChallenges : public PublishingTest {
 protected:
  void SetUp() override { dns_.create_zone(); }

  // The values that a query sees, sorted.
  Lines values(std::string_view owner = kOwner) {
    Lines lines = dns_.ask(owner, "TXT");
    lines.erase(lines.begin());
    for (std::string& line : lines)
      line = line.substr(line.find('"') + 1, line.rfind('"') - line.find('"') - 1);
    return lines;
  }

  // "owner value", of all pages.
  Lines list(std::string credential, std::optional<std::string_view> owner, size_t limit = 100) {
    std::optional<Name> at;
    if (owner) at = name(*owner);
    Lines found;
    Bytes after;
    do {
      const auto page = dns_.run(dns_.publishing().list_challenges(credential, at, after, limit)).value();
      EXPECT_LE(page.items.size(), limit);
      for (const Challenge& challenge : page.items)
        found.push_back(challenge.owner.text() + " " + challenge.value);
      after = page.next;
    } while (!after.empty());
    return found;
  }
};

INSTANTIATE_TEST_SUITE_P(Store, PublishingChallenges, testing::ValuesIn(kStoreKinds), store_kind_name);

TEST_P(PublishingChallenges, AreSeenByTheNextQuery) {
  EXPECT_EQ(dns_.ask(kOwner, "TXT"), (Lines{"NXDOMAIN"}));
  const uint32_t before = dns_.serial();
  const auto presented = dns_.present("alice", kOwner, "one");
  ASSERT_TRUE(presented);
  EXPECT_EQ(presented->zone_serial, before + 1);
  EXPECT_EQ(presented->challenge.expires, dns_.clock().now() + 1h);
  EXPECT_EQ(dns_.ask(kOwner, "TXT"), (Lines{"NOERROR", R"(_acme-challenge.corp.test. 5 IN TXT "one")"}));
  EXPECT_EQ(dns_.ask(kOwner, "A"), (Lines{"NOERROR"}));
  EXPECT_EQ(dns_.serial(), before + 1);
}

// What a name is when it is delegated here by NS.
TEST_P(PublishingChallenges, StandAtTheApexOfAZoneOfTheirOwn) {
  dns_.create_zone("_acme-challenge.www.example.test");
  const uint32_t before = dns_.serial("_acme-challenge.www.example.test");
  const auto presented = dns_.present("alice", "_acme-challenge.www.example.test", "one");
  ASSERT_TRUE(presented);
  EXPECT_EQ(presented->zone_serial, before + 1);
  EXPECT_EQ(dns_.serial("_acme-challenge.www.example.test"), before + 1);
  EXPECT_EQ(values("_acme-challenge.www.example.test"), (Lines{"one"}));
  EXPECT_EQ(dns_.remove("alice", "_acme-challenge.www.example.test"), 1u);
  EXPECT_EQ(dns_.ask("_acme-challenge.www.example.test", "TXT"), (Lines{"NOERROR"}));
  EXPECT_EQ(dns_.ask("_acme-challenge.www.example.test", "NS").size(), 2u);
}

TEST_P(PublishingChallenges, StandSideBySide) {
  Lines expected;
  for (int i = 0; i < 10; ++i) {
    expected.push_back("value" + std::to_string(i));
    ASSERT_TRUE(dns_.present("alice", kOwner, expected.back()));
    EXPECT_EQ(values(), expected);
  }
  EXPECT_EQ(dns_.remove("alice", kOwner, "value3"), 1u);
  expected.erase(expected.begin() + 3);
  EXPECT_EQ(values(), expected);
}

TEST_P(PublishingChallenges, EvictNothingWhenPostedAgain) {
  ASSERT_TRUE(dns_.present("alice", kOwner, "one"));
  ASSERT_TRUE(dns_.present("alice", kOwner, "two"));
  const uint32_t before = dns_.serial();
  for (int i = 0; i < 5; ++i) {
    const auto again = dns_.present("alice", "_ACME-challenge.corp.test", "two");
    ASSERT_TRUE(again);
    EXPECT_EQ(again->zone_serial, before) << "nothing was changed";
  }
  EXPECT_EQ(values(), (Lines{"one", "two"}));
}

TEST_P(PublishingChallenges, GetANewTimeWhenPostedAgain) {
  ASSERT_TRUE(dns_.present("alice", kOwner, "one", 10min));
  ASSERT_TRUE(dns_.present("alice", kOwner, "two", 10min));
  dns_.clock().advance(9min);
  ASSERT_TRUE(dns_.present("alice", kOwner, "two", 10min));
  dns_.clock().advance(1min);
  EXPECT_EQ(dns_.clean_up(), 1u);
  EXPECT_EQ(values(), (Lines{"two"}));
  dns_.clock().advance(9min);
  EXPECT_EQ(dns_.clean_up(), 1u);
  EXPECT_EQ(dns_.ask(kOwner, "TXT"), (Lines{"NXDOMAIN"}));
}

TEST_P(PublishingChallenges, BelongToTheCredentialThatWroteThem) {
  ASSERT_TRUE(dns_.present("alice", kOwner, "hers"));
  ASSERT_TRUE(dns_.present("bob", kOwner, "his"));
  EXPECT_EQ(dns_.remove("bob", kOwner, "hers"), 0u);
  EXPECT_EQ(values(), (Lines{"hers", "his"}));
  EXPECT_EQ(dns_.remove("bob", kOwner), 1u);
  EXPECT_EQ(values(), (Lines{"hers"}));
  EXPECT_EQ(list("bob", std::nullopt), Lines{});
  EXPECT_EQ(list("alice", std::nullopt), (Lines{"_acme-challenge.corp.test. hers"}));
}

TEST_P(PublishingChallenges, OfTwoCredentialsWithOneValueAreOneRecordUntilBothAreGone) {
  ASSERT_TRUE(dns_.present("alice", kOwner, "same"));
  const uint32_t before = dns_.serial();
  ASSERT_TRUE(dns_.present("bob", kOwner, "same"));
  EXPECT_EQ(values(), (Lines{"same"}));
  EXPECT_EQ(dns_.serial(), before);
  EXPECT_EQ(dns_.remove("alice", kOwner, "same"), 1u);
  EXPECT_EQ(values(), (Lines{"same"}));
  EXPECT_EQ(dns_.remove("bob", kOwner, "same"), 1u);
  EXPECT_EQ(dns_.ask(kOwner, "TXT"), (Lines{"NXDOMAIN"}));
}

TEST_P(PublishingChallenges, ThatAreNotThereAreRemovedWithoutError) {
  const uint32_t before = dns_.serial();
  EXPECT_EQ(dns_.remove("alice", kOwner, "nothing"), 0u);
  EXPECT_EQ(dns_.remove("alice", kOwner), 0u);
  EXPECT_EQ(dns_.remove("alice", "_acme-challenge.other.test", "nothing"), 0u);
  EXPECT_EQ(dns_.serial(), before);
}

TEST_P(PublishingChallenges, AreRefusedWhereTheyWouldNotBeServed) {
  EXPECT_EQ(kind(dns_.present("alice", "_acme-challenge.other.test", "v")), ErrorKind::not_found);
  EXPECT_EQ(kind(dns_.present("alice", "*.corp.test", "v")), ErrorKind::malformed);
  ASSERT_TRUE(dns_.put("alias.corp.test", "CNAME", {"corp.test."}));
  EXPECT_EQ(kind(dns_.present("alice", "alias.corp.test", "v")), ErrorKind::conflict);
  ASSERT_TRUE(dns_.present("alice", kOwner, "v"));
  EXPECT_EQ(kind(dns_.put(kOwner, "CNAME", {"corp.test."})), ErrorKind::conflict);
}

TEST_P(PublishingChallenges, HaveOneToAFullCharacterStringOfOctets) {
  EXPECT_EQ(kind(dns_.present("alice", kOwner, "")), ErrorKind::malformed);
  EXPECT_TRUE(dns_.present("alice", kOwner, "x"));
  EXPECT_TRUE(dns_.present("alice", kOwner, Bytes(kChallengeValueSizeMax, 'x')));
  EXPECT_EQ(kind(dns_.present("alice", kOwner, Bytes(kChallengeValueSizeMax + 1, 'x'))),
            ErrorKind::malformed);
  EXPECT_TRUE(dns_.present("alice", "octets.corp.test", Bytes("\0\"\\\xff", 4)));
  EXPECT_EQ(values("octets.corp.test"), (Lines{R"(\000\"\\\255)"}));
}

TEST_P(PublishingChallenges, HaveACredentialOfBoundedLength) {
  EXPECT_EQ(kind(dns_.present("", kOwner, "v")), ErrorKind::malformed);
  EXPECT_TRUE(dns_.present(std::string(kCredentialSizeMax, 'c'), kOwner, "v"));
  EXPECT_EQ(kind(dns_.present(std::string(kCredentialSizeMax + 1, 'c'), kOwner, "v")), ErrorKind::malformed);
}

TEST_P(PublishingChallenges, LiveForAtMostTheNamedTime) {
  EXPECT_TRUE(dns_.present("alice", kOwner, "v", kChallengeLifetimeMax));
  EXPECT_EQ(kind(dns_.present("alice", kOwner, "w", kChallengeLifetimeMax + 1ms)), ErrorKind::malformed);
  EXPECT_TRUE(dns_.present("alice", kOwner, "x", 1ms));
  EXPECT_EQ(kind(dns_.present("alice", kOwner, "y", 0ms)), ErrorKind::malformed);
  EXPECT_EQ(kind(dns_.present("alice", kOwner, "z", -1h)), ErrorKind::malformed);
}

TEST_P(PublishingChallenges, AreAtMostTheNamedNumberAtOneName) {
  for (size_t i = 0; i < kChallengesPerNameMax; ++i) {
    ASSERT_TRUE(dns_.present(i % 2 ? "alice" : "bob", kOwner, "v" + std::to_string(i), i == 0 ? 1min : 1h));
  }
  EXPECT_EQ(kind(dns_.present("carol", kOwner, "one more")), ErrorKind::too_large);
  EXPECT_TRUE(dns_.present("bob", kOwner, "v0", 1min)) << "it is there already";
  EXPECT_TRUE(dns_.present("carol", "_acme-challenge.www.corp.test", "elsewhere"));
  dns_.clock().advance(1min);
  EXPECT_TRUE(dns_.present("carol", kOwner, "one more")) << "in the place of one that expired";
  EXPECT_EQ(values().size(), kChallengesPerNameMax);
}

TEST_P(PublishingChallenges, AreListedPageByPageWhileTheyLive) {
  dns_.create_zone("a.corp.test");
  ASSERT_TRUE(dns_.present("alice", kOwner, "1"));
  ASSERT_TRUE(dns_.present("alice", "_acme-challenge.a.corp.test", "2"));
  ASSERT_TRUE(dns_.present("alice", "_acme-challenge.a.corp.test", "3", 1min));
  ASSERT_TRUE(dns_.present("bob", "_acme-challenge.a.corp.test", "4"));
  for (const size_t limit : {1, 2, 3, 100}) {
    EXPECT_THAT(
        list("alice", std::nullopt, limit),
        testing::UnorderedElementsAre("_acme-challenge.corp.test. 1", "_acme-challenge.a.corp.test. 2",
                                      "_acme-challenge.a.corp.test. 3"));
    EXPECT_THAT(
        list("alice", "_acme-challenge.a.corp.test", limit),
        testing::UnorderedElementsAre("_acme-challenge.a.corp.test. 2", "_acme-challenge.a.corp.test. 3"));
  }
  dns_.clock().advance(1min);
  EXPECT_EQ(list("alice", "_acme-challenge.a.corp.test"), (Lines{"_acme-challenge.a.corp.test. 2"}));
  EXPECT_EQ(list("alice", "a.corp.test"), Lines{});
  EXPECT_EQ(list("alice", "_acme-challenge.other.test"), Lines{});
}

TEST_P(PublishingChallenges, DisappearWhenTheirTimeHasCome) {
  ASSERT_TRUE(dns_.present("alice", kOwner, "short", 10min));
  ASSERT_TRUE(dns_.present("bob", kOwner, "long", 20min));
  dns_.clock().advance(10min - 1ms);
  EXPECT_EQ(dns_.clean_up(), 0u);
  EXPECT_EQ(values(), (Lines{"long", "short"}));
  dns_.clock().advance(1ms);
  EXPECT_EQ(dns_.clean_up(), 1u);
  EXPECT_EQ(values(), (Lines{"long"}));
  EXPECT_EQ(dns_.serial(), 1'790'000'600u);
  dns_.clock().advance(10min);
  EXPECT_EQ(dns_.clean_up(), 1u);
  EXPECT_EQ(dns_.ask(kOwner, "TXT"), (Lines{"NXDOMAIN"}));
  EXPECT_EQ(dns_.key_count("c"), 0u);
  EXPECT_EQ(dns_.clean_up(), 0u);
}

TEST_P(PublishingChallenges, ThatExpireWhileTheServerIsDownAreRemovedAfterwards) {
  ASSERT_TRUE(dns_.present("alice", kOwner, "v", 10min));
  dns_.clock().advance(1h);
  dns_.restart();
  EXPECT_EQ(dns_.clean_up(), 1u);
  EXPECT_EQ(dns_.ask(kOwner, "TXT"), (Lines{"NXDOMAIN"}));
}

TEST_P(PublishingChallenges, ThatExpiredGoWithTheNextChangeAtTheirName) {
  ASSERT_TRUE(dns_.present("alice", kOwner, "old", 10min));
  dns_.clock().advance(10min);
  ASSERT_TRUE(dns_.present("alice", kOwner, "new"));
  EXPECT_EQ(values(), (Lines{"new"}));
}

// The longest expired are looked at first, so one that cannot go would stay in front of all others.
TEST_P(PublishingChallenges, ExpireBehindOnesThatNoZoneShows) {
  storage::Batch unseen;
  const Name apex = name("elsewhere.test");
  const Challenge challenge{"alice", name("a.elsewhere.test"), "v", dns_.clock().now(),
                            dns_.clock().now() + 1min};
  for (size_t i = 0; i < kChangesPerCommitMax; ++i) {
    Bytes key = challenge_key(apex, challenge.owner, challenge.credential, std::to_string(i));
    unseen.puts.push_back({std::move(key), i == 0 ? Bytes("rubbish") : encode(challenge), challenge.expires});
  }
  ASSERT_TRUE(dns_.run(dns_.store().commit(std::move(unseen))));
  ASSERT_TRUE(dns_.present("alice", "a.corp.test", "seen", 2min));
  dns_.clock().advance(3min);
  EXPECT_EQ(dns_.clean_up(), kChangesPerCommitMax + 1);
  EXPECT_EQ(dns_.ask("a.corp.test", "TXT"), (Lines{"NXDOMAIN"}));
  EXPECT_EQ(dns_.key_count("c"), 0u);
}

TEST_P(PublishingChallenges, ExpireInAnyNumber) {
  const size_t count = kChangesPerCommitMax + 50;
  for (size_t i = 0; i < count; ++i) {
    ASSERT_TRUE(
        dns_.present("alice", "n" + std::to_string(i / 2) + ".corp.test", "v" + std::to_string(i), 10min));
  }
  dns_.clock().advance(10min);
  const auto before = dns_.revision();
  EXPECT_EQ(dns_.clean_up(), count);
  EXPECT_LE(dns_.revision() - before, 3u);
  EXPECT_EQ(dns_.key_count("c"), 0u);
  EXPECT_EQ(dns_.key_count("n"), 1u);
}

TEST_P(PublishingChallenges, AreCleanedUpPeriodByPeriod) {
  ASSERT_TRUE(dns_.present("alice", kOwner, "v", 3 * kCleanUpPeriod));
  std::vector<size_t> seen;
  const Pause pause = [&](std::chrono::milliseconds period) -> Task<bool> {
    dns_.clock().advance(period);
    seen.push_back(values().size());
    co_return seen.size() < 5;
  };
  const auto all = [&]() -> Task<bool> {
    co_await run_clean_up(dns_.publishing(), pause);
    co_return true;
  };
  EXPECT_TRUE(dns_.run(all()));
  EXPECT_EQ(seen, (std::vector<size_t>{1, 1, 1, 0, 0}));
}

}  // namespace
}  // namespace dnsserver
