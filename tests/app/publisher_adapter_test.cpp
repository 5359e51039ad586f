#include "app/publisher_adapter.h"

#include <gtest/gtest.h>

#include "storage/memory_store.h"
#include "tests/support/run_task.h"

namespace app {
namespace {

using base::ErrorKind;
using base::Name;

class PublisherAdapterTest : public testing::Test {
 protected:
  static Name name(std::string_view text) { return Name::parse(text).value(); }

  template <class T>
  T run(base::Task<T> task) {
    return support::run_task(io_, std::move(task));
  }

  void create_zone(std::string_view apex) {
    dnsserver::Zone zone;
    zone.apex = name(apex);
    zone.name_servers = {name("ns1.ns.test"), name("ns2.ns.test")};
    zone.contact = name("hostmaster.ns.test");
    ASSERT_TRUE(run(publishing_->create_zone(zone, {})));
  }

  size_t values_of(const std::string& credential) {
    return run(publishing_->list_challenges(credential, std::nullopt, "", 100)).value().items.size();
  }

  boost::asio::io_context io_;
  storage::MemoryStore store_;
  base::ManualClock clock_{base::parse_rfc3339("2026-11-23T04:30:00Z").value()};
  dnsserver::ZoneTableHolder served_;
  std::unique_ptr<dnsserver::Publishing> publishing_ =
      run(dnsserver::Publishing::open(store_, clock_, served_, io_.get_executor())).value();
  PublisherAdapter adapter_{*publishing_};
};

TEST_F(PublisherAdapterTest, FindsTheZoneThatHoldsAName) {
  create_zone("acme.test");
  EXPECT_EQ(run(adapter_.zone_of(name("7f3k.acme.test"))).value(), name("acme.test"));
  EXPECT_EQ(run(adapter_.zone_of(name("corp.test"))).error().kind, ErrorKind::not_found);
}

TEST_F(PublisherAdapterTest, SuggestsAZoneWithItsPrimary) {
  EXPECT_FALSE(run(adapter_.suggested_host()).value());
  create_zone("acme.test");
  const auto host = run(adapter_.suggested_host()).value();
  ASSERT_TRUE(host);
  EXPECT_EQ(host->apex, name("acme.test"));
  EXPECT_EQ(host->name_server, name("ns1.ns.test"));
}

TEST_F(PublisherAdapterTest, PublishesInTheNameOfTheCredential) {
  create_zone("acme.test");
  const auto expires = clock_.now() + std::chrono::minutes(5);
  ASSERT_TRUE(run(adapter_.present("alice", name("a.acme.test"), "value", expires)));
  EXPECT_EQ(values_of("alice"), 1u);
  EXPECT_EQ(values_of("bob"), 0u);
}

TEST_F(PublisherAdapterTest, RemovesOneValueAndMindsNoneThatIsNotThere) {
  create_zone("acme.test");
  const auto expires = clock_.now() + std::chrono::minutes(5);
  ASSERT_TRUE(run(adapter_.present("alice", name("a.acme.test"), "one", expires)));
  ASSERT_TRUE(run(adapter_.present("alice", name("a.acme.test"), "two", expires)));
  EXPECT_TRUE(run(adapter_.remove("alice", name("a.acme.test"), "one")));
  EXPECT_TRUE(run(adapter_.remove("alice", name("a.acme.test"), "one")));
  EXPECT_EQ(values_of("alice"), 1u);
}

}  // namespace
}  // namespace app
