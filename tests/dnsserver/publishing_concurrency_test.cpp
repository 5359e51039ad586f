#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <future>

#include "dnsserver/keys.h"
#include "dnsserver/stored.h"
#include "storage/memory_store.h"
#include "tests/dnsserver/publishing_fixture.h"
#include "tests/support/forwarding_store.h"

namespace dnsserver {
namespace {

using base::ErrorKind;
using namespace std::chrono_literals;

class PublishingAtOnce : public PublishingTest {
 protected:
  void SetUp() override { dns_.create_zone(); }

  // Starts all, and returns what they returned.
  template <class T>
  std::vector<T> at_once(std::vector<Task<T>> tasks) {
    std::vector<std::future<T>> futures;
    for (Task<T>& task : tasks) {
      futures.push_back(boost::asio::co_spawn(dns_.io(), std::move(task), boost::asio::use_future));
    }
    dns_.io().restart();
    dns_.io().run();
    std::vector<T> results;
    for (auto& future : futures)
      results.push_back(future.get());
    return results;
  }

  Task<Result<Presented>> present(std::string_view owner, Bytes value) {
    return dns_.publishing().present(Writer::of_configuration("alice"), name(owner), std::move(value),
                                     dns_.clock().now() + 1h);
  }
};

INSTANTIATE_TEST_SUITE_P(Store, PublishingAtOnce, testing::ValuesIn(kStoreKinds), store_kind_name);

TEST_P(PublishingAtOnce, HundredsOfChangesAreFewCommitsAndOneSerialEach) {
  constexpr size_t kCount = 400;
  const uint32_t serial = dns_.serial();
  const auto before = dns_.revision();
  std::vector<Task<Result<Presented>>> tasks;
  for (size_t i = 0; i < kCount; ++i)
    tasks.push_back(present("n" + std::to_string(i % 40) + ".corp.test", "v" + std::to_string(i)));
  for (const auto& presented : at_once(std::move(tasks))) {
    ASSERT_TRUE(presented);
    EXPECT_GT(presented->zone_serial, serial);
  }
  const auto commits = dns_.revision() - before - 1;
  EXPECT_LE(commits, kCount / kChangesPerCommitMax + 2);
  EXPECT_EQ(dns_.serial(), serial + commits);
  for (size_t i = 0; i < 40; ++i) {
    EXPECT_EQ(dns_.ask("n" + std::to_string(i) + ".corp.test", "TXT").size(), 1 + kCount / 40);
  }
}

TEST_P(PublishingAtOnce, AnErrorOfOneIsNotTheOthers) {
  dns_.create_zone("other.test");
  ASSERT_TRUE(dns_.put("alias.corp.test", "CNAME", {"x.test."}));
  std::vector<Task<Result<Presented>>> tasks;
  tasks.push_back(present("a.corp.test", "good"));
  tasks.push_back(present("a.corp.test", ""));
  tasks.push_back(present("alias.corp.test", "v"));
  tasks.push_back(present("nowhere.test", "v"));
  tasks.push_back(present("a.corp.test", "good too"));
  tasks.push_back(present("a.other.test", "good as well"));
  const auto results = at_once(std::move(tasks));
  EXPECT_TRUE(results[0]);
  EXPECT_EQ(kind(results[1]), ErrorKind::malformed);
  EXPECT_EQ(kind(results[2]), ErrorKind::conflict);
  EXPECT_EQ(kind(results[3]), ErrorKind::not_found);
  EXPECT_TRUE(results[4]);
  EXPECT_TRUE(results[5]);
  EXPECT_EQ(dns_.ask("a.corp.test", "TXT").size(), 3u);
  EXPECT_EQ(dns_.ask("a.other.test", "TXT").size(), 2u);
}

TEST_P(PublishingAtOnce, ChangesToOneNameAreFoldedInTheirOrder) {
  std::vector<Task<Result<uint32_t>>> tasks;
  for (const char* address : {"192.0.2.1", "192.0.2.2", "192.0.2.3"}) {
    const RRset rrset{name("www.corp.test"), kTypeTxt, 60, {Bytes("\x09") + address}};
    tasks.push_back(dns_.publishing().put_rrset(rrset, {}));
  }
  at_once(std::move(tasks));
  EXPECT_EQ(dns_.ask("www.corp.test", "TXT"), (Lines{"NOERROR", R"(www.corp.test. 60 IN TXT "192.0.2.3")"}));
}

TEST_P(PublishingAtOnce, ZonesAndWhatGoesIntoThemMayComeTogether) {
  std::vector<Task<Result<Zone>>> tasks;
  for (int i = 0; i < 20; ++i) {
    Zone zone;
    zone.apex = name("z" + std::to_string(i % 10) + ".test");
    zone.name_servers = {name("ns1.ns.test")};
    zone.contact = name("hostmaster.ns.test");
    tasks.push_back(dns_.publishing().create_zone(zone, {}));
  }
  size_t created = 0;
  for (const auto& zone : at_once(std::move(tasks)))
    created += zone.has_value();
  EXPECT_EQ(created, 10u);
  EXPECT_EQ(dns_.ask("z9.test", "NS"), (Lines{"NOERROR", "z9.test. 60 IN NS ns1.ns.test."}));
}

TEST_P(PublishingAtOnce, TwoWritersOverOneStoreLoseNothing) {
  ZoneTableHolder served;
  const auto other =
      dns_.run(Publishing::open(dns_.store(), dns_.clock(), served, dns_.io().get_executor())).value();
  std::vector<Task<Result<Presented>>> tasks;
  for (int i = 0; i < 100; ++i) {
    Publishing& writer = i % 2 == 0 ? *other : dns_.publishing();
    tasks.push_back(writer.present(Writer::of_configuration("alice"),
                                   name("n" + std::to_string(i % 7) + ".corp.test"), "v" + std::to_string(i),
                                   dns_.clock().now() + 1h));
  }
  for (const auto& presented : at_once(std::move(tasks)))
    EXPECT_TRUE(presented) << presented.error().detail;
  size_t values = 0;
  for (int i = 0; i < 7; ++i)
    values += dns_.ask("n" + std::to_string(i) + ".corp.test", "TXT").size() - 1;
  EXPECT_EQ(values, 100u);
}

// Does something of its own before each commit that it is told to meddle with, as another process might.
class MeddlingStore final : public support::ForwardingStore {
 public:
  using Meddle = std::function<Task<>()>;

  using ForwardingStore::ForwardingStore;

  void before_commits(size_t count, Meddle meddle) {
    left_ = count;
    meddle_ = std::move(meddle);
  }

  Task<Result<storage::Revision>> commit(storage::Batch batch) override {
    if (left_ > 0) {
      --left_;
      co_await meddle_();
    }
    co_return co_await ForwardingStore::commit(std::move(batch));
  }

 private:
  size_t left_ = 0;
  Meddle meddle_;
};

class PublishingContended : public PublishingAtOnce {
 protected:
  void SetUp() override {
    PublishingAtOnce::SetUp();
    publishing_ = dns_.run(Publishing::open(store_, dns_.clock(), served_, dns_.io().get_executor())).value();
  }

  // The other process presents one more value at each time.
  MeddlingStore::Meddle others_present(std::string_view owner) {
    return [this, owner]() -> Task<> {
      const Bytes value = "theirs" + std::to_string(++theirs_);
      const auto presented = co_await dns_.publishing().present(Writer::of_configuration("bob"), name(owner),
                                                                value, dns_.clock().now() + 1h);
      EXPECT_TRUE(presented);
    };
  }

  MeddlingStore store_{dns_.store()};
  ZoneTableHolder served_;
  std::unique_ptr<Publishing> publishing_;
  int theirs_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Store, PublishingContended, testing::ValuesIn(kStoreKinds), store_kind_name);

TEST_P(PublishingContended, ReadsAgainWhatAnotherProcessChanged) {
  store_.before_commits(3, others_present("a.corp.test"));
  const auto mine = dns_.run(publishing_->present(Writer::of_configuration("alice"), name("a.corp.test"),
                                                  "mine", dns_.clock().now() + 1h));
  ASSERT_TRUE(mine);
  EXPECT_EQ(mine->zone_serial, dns_.serial());
  EXPECT_EQ(dns_.ask("a.corp.test", "TXT").size(), 5u);
}

TEST_P(PublishingContended, GivesUpAfterTheNamedNumberOfAttempts) {
  store_.before_commits(kAttemptsMax, others_present("a.corp.test"));
  const auto mine = dns_.run(publishing_->present(Writer::of_configuration("alice"), name("a.corp.test"),
                                                  "mine", dns_.clock().now() + 1h));
  EXPECT_EQ(kind(mine), ErrorKind::unavailable);
  EXPECT_EQ(dns_.ask("a.corp.test", "TXT").size(), 1 + kAttemptsMax);
}

TEST_P(PublishingContended, DoesNotExpireWhatAnotherProcessRenews) {
  ASSERT_TRUE(dns_.present("alice", "a.corp.test", "v", 10min));
  ASSERT_TRUE(dns_.present("alice", "a.corp.test", "w", 10min));
  dns_.clock().advance(10min - 1ms);
  // Their clock is a little slow, so that to them the value still lives; and renewing it does not move the
  // serial.
  base::ManualClock slow(dns_.clock().now());
  ZoneTableHolder served;
  const auto other = dns_.run(Publishing::open(dns_.store(), slow, served, dns_.io().get_executor())).value();
  dns_.clock().advance(1ms);
  store_.before_commits(1, [&]() -> Task<> {
    const auto renewed =
        co_await other->present(Writer::of_configuration("alice"), name("a.corp.test"), "v", slow.now() + 1h);
    EXPECT_TRUE(renewed);
  });
  EXPECT_EQ(dns_.run(publishing_->clean_up()), 1u);
  EXPECT_EQ(dns_.ask("a.corp.test", "TXT"), (Lines{"NOERROR", R"(a.corp.test. 5 IN TXT "v")"}));
}

TEST_P(PublishingContended, SeesThatTheZoneWasDeleted) {
  store_.before_commits(1, [&]() -> Task<> {
    const auto deleted = co_await dns_.publishing().delete_zone(name("corp.test"), Administrator());
    EXPECT_TRUE(deleted);
  });
  const auto mine = dns_.run(publishing_->present(Writer::of_configuration("alice"), name("a.corp.test"),
                                                  "mine", dns_.clock().now() + 1h));
  EXPECT_EQ(kind(mine), ErrorKind::not_found);
  EXPECT_EQ(dns_.key_count(), 0u);
}

TEST_P(PublishingContended, StopsServingAZoneThatItFindsDeleted) {
  ASSERT_TRUE(dns_.run(dns_.publishing().delete_zone(name("corp.test"), {})));
  EXPECT_EQ(publishing_->zone_of(name("corp.test")), name("corp.test")) << "not told of it yet";
  const auto mine = dns_.run(publishing_->present(Writer::of_configuration("alice"), name("a.corp.test"),
                                                  "mine", dns_.clock().now() + 1h));
  EXPECT_EQ(kind(mine), ErrorKind::not_found);
  EXPECT_FALSE(publishing_->zone_of(name("corp.test")));
}

TEST_P(PublishingContended, MakesAZoneOnce) {
  Zone zone;
  zone.apex = name("new.test");
  zone.name_servers = {name("ns1.ns.test")};
  zone.contact = name("hostmaster.ns.test");
  store_.before_commits(1, [&]() -> Task<> {
    const auto created = co_await dns_.publishing().create_zone(zone, Administrator());
    EXPECT_TRUE(created);
  });
  EXPECT_EQ(kind(dns_.run(publishing_->create_zone(zone, {}))), ErrorKind::conflict);
}

TEST(PublishingFullStore, RefusesChangesAndGoesOnAfterwards) {
  PublishingFixture dns(PublishingFixture::StoreKind::memory);
  auto& store = dynamic_cast<storage::MemoryStore&>(dns.store());
  dns.create_zone();
  ASSERT_TRUE(dns.present("alice", "a.corp.test", "before"));
  store.set_full(true);
  EXPECT_EQ(dns.present("alice", "a.corp.test", "during").error().kind, ErrorKind::unavailable);
  EXPECT_EQ(dns.ask("a.corp.test", "TXT"), (Lines{"NOERROR", R"(a.corp.test. 5 IN TXT "before")"}));
  store.set_full(false);
  ASSERT_TRUE(dns.present("alice", "a.corp.test", "after"));
  EXPECT_EQ(dns.ask("a.corp.test", "TXT").size(), 3u);
}

TEST(PublishingFullStore, LetsGoOfWhatItHolds) {
  PublishingFixture dns(PublishingFixture::StoreKind::lmdb);
  dns.create_zone();
  for (const std::string_view value : {"removed", "expired"})
    ASSERT_TRUE(dns.present("alice", "a.corp.test", Bytes(value), 10min));
  ASSERT_TRUE(dns.run(dns.store().commit({.puts = {{"\xff", Bytes(2 << 20, 'v')}}})));
  dns.restart(1 << 20);
  EXPECT_EQ(dns.present("alice", "a.corp.test", "new").error().kind, ErrorKind::unavailable);
  EXPECT_EQ(dns.remove("alice", "a.corp.test", "removed"), 1u);
  EXPECT_EQ(dns.ask("a.corp.test", "TXT"), (Lines{"NOERROR", R"(a.corp.test. 5 IN TXT "expired")"}));
  dns.clock().advance(11min);
  EXPECT_EQ(dns.clean_up(), 1u);
  EXPECT_EQ(dns.ask("a.corp.test", "TXT"), (Lines{"NXDOMAIN"}));
  EXPECT_TRUE(dns.run(dns.publishing().delete_zone(Name::parse("corp.test").value(), {})));
  EXPECT_EQ(dns.key_count(), 0u);
}

TEST(PublishingLists, LookAtABoundedNumberOfEntriesForAPage) {
  PublishingFixture dns(PublishingFixture::StoreKind::memory);
  dns.create_zone();
  const Name apex = Name::parse("corp.test").value();
  const Name owner = Name::parse("a.corp.test").value();
  storage::Batch batch;
  for (size_t i = 0; i <= kScannedPerPageMax; ++i) {
    const Challenge challenge{"bob", owner, "v" + std::to_string(i), dns.clock().now(),
                              dns.clock().now() + 1h};
    batch.puts.push_back({challenge_key(apex, owner, "bob", challenge.value), encode(challenge)});
  }
  ASSERT_TRUE(dns.run(dns.store().commit(std::move(batch))));
  const auto first = dns.run(dns.publishing().list_challenges("alice", std::nullopt, "", 10)).value();
  EXPECT_TRUE(first.items.empty());
  EXPECT_NE(first.next, "");
  const auto second =
      dns.run(dns.publishing().list_challenges("alice", std::nullopt, first.next, 10)).value();
  EXPECT_EQ(second.next, "");
}

TEST(PublishingWaiting, IsBounded) {
  PublishingFixture dns(PublishingFixture::StoreKind::memory);
  dns.create_zone();
  std::vector<std::future<Result<size_t>>> removed;
  for (size_t i = 0; i <= kWaitingMax; ++i) {
    removed.push_back(
        boost::asio::co_spawn(dns.io(),
                              dns.publishing().remove(Writer::of_configuration("alice"),
                                                      Name::parse("a.corp.test").value(), std::nullopt),
                              boost::asio::use_future));
  }
  dns.io().restart();
  dns.io().run();
  for (size_t i = 0; i < kWaitingMax; ++i)
    EXPECT_TRUE(removed[i].get());
  EXPECT_EQ(removed.back().get().error().kind, ErrorKind::unavailable);
}

TEST(PublishingThreads, MayCallAtAnyTime) {
  storage::MemoryStore store;
  const base::SystemClock clock;
  ZoneTableHolder served;
  boost::asio::thread_pool threads(4);
  const auto on_threads = [&](auto task) {
    return boost::asio::co_spawn(threads, std::move(task), boost::asio::use_future);
  };
  const auto publishing =
      on_threads(Publishing::open(store, clock, served, threads.get_executor())).get().value();
  Zone zone;
  zone.apex = Name::parse("corp.test").value();
  zone.name_servers = {zone.apex};
  ASSERT_TRUE(on_threads(publishing->create_zone(zone, {})).get());
  std::vector<std::future<Result<Presented>>> presented;
  for (int i = 0; i < 200; ++i) {
    const Name owner = Name::parse("n" + std::to_string(i % 10) + ".corp.test").value();
    presented.push_back(on_threads(publishing->present(Writer::of_configuration("alice"), owner,
                                                       "v" + std::to_string(i), clock.now() + 1h)));
    EXPECT_TRUE(publishing->zone_of(owner));
  }
  for (auto& future : presented)
    EXPECT_TRUE(future.get());
  const auto listed = on_threads(publishing->list_challenges("alice", std::nullopt, "", 1000)).get();
  EXPECT_EQ(listed->items.size(), 200u);
  threads.join();
}

}  // namespace
}  // namespace dnsserver
