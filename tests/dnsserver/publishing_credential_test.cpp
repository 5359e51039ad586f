#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <future>

#include "tests/dnsserver/publishing_fixture.h"

namespace dnsserver {
namespace {

using base::ErrorKind;
using namespace std::chrono_literals;

// What a credential of the store may publish, and how much.
class PublishingCredentials : public PublishingTest {
 protected:
  void SetUp() override {
    dns_.create_zone();
    credential_.id = "c1";
    credential_.scopes = {{.name = name("corp.test"), .reach = Scope::Reach::subtree}};
    credential_.limits = {.values_per_name = 3, .names = 3, .writes_per_minute = 60, .burst = 1000};
  }

  Writer writer() const { return Writer::of(std::make_shared<const Credential>(credential_), std::nullopt); }

  Result<Presented> present(std::string_view owner, Bytes value, std::string tag = "",
                            std::chrono::milliseconds lifetime = 1h) {
    Writer by = writer();
    by.tag = std::move(tag);
    return dns_.run(dns_.publishing().present(std::move(by), name(owner), std::move(value),
                                              dns_.clock().now() + lifetime));
  }

  Result<size_t> remove(std::string_view owner, std::optional<Bytes> value = std::nullopt,
                        std::string tag = "") {
    Writer by = writer();
    by.tag = std::move(tag);
    return dns_.run(dns_.publishing().remove(std::move(by), name(owner), std::move(value)));
  }

  size_t value_count(std::string_view owner) { return dns_.ask(owner, "TXT").size() - 1; }

  Credential credential_;
};

INSTANTIATE_TEST_SUITE_P(Store, PublishingCredentials, testing::ValuesIn(kStoreKinds), store_kind_name);

TEST_P(PublishingCredentials, WriteWhereTheyMay) {
  EXPECT_TRUE(present("a.corp.test", "v"));
  credential_.scopes = {{.name = name("b.corp.test")}};
  EXPECT_EQ(kind(present("a.corp.test", "w")), ErrorKind::unauthorized);
  EXPECT_EQ(kind(remove("a.corp.test")), ErrorKind::unauthorized);
  credential_.disabled = true;
  EXPECT_EQ(kind(present("b.corp.test", "w")), ErrorKind::unauthorized);
  EXPECT_EQ(value_count("a.corp.test"), 1u);
}

TEST_P(PublishingCredentials, HoldNoMoreValuesAtANameThanTheyMay) {
  for (const char* value : {"1", "2", "3", "2", "3"})
    EXPECT_TRUE(present("a.corp.test", value)) << value;
  EXPECT_EQ(kind(present("a.corp.test", "4")), ErrorKind::too_large);
  EXPECT_EQ(value_count("a.corp.test"), 3u) << "and nothing was evicted";
  ASSERT_TRUE(dns_.present("somebody else", "a.corp.test", "5"));
  EXPECT_EQ(remove("a.corp.test", "2"), 1u);
  EXPECT_TRUE(present("a.corp.test", "4"));
}

TEST_P(PublishingCredentials, HoldNoMoreNamesThanTheyMay) {
  EXPECT_TRUE(present("a.corp.test", "v"));
  EXPECT_TRUE(present("b.corp.test", "v"));
  EXPECT_TRUE(present("c.corp.test", "v", "", 10min));
  EXPECT_EQ(kind(present("d.corp.test", "v")), ErrorKind::too_large);
  EXPECT_TRUE(present("a.corp.test", "w")) << "a name that it holds already";
  EXPECT_EQ(remove("a.corp.test", "v"), 1u);
  EXPECT_EQ(kind(present("d.corp.test", "v")), ErrorKind::too_large) << "one of two values went";
  EXPECT_EQ(remove("a.corp.test"), 1u);
  EXPECT_TRUE(present("d.corp.test", "v"));
  dns_.clock().advance(10min);
  EXPECT_EQ(dns_.clean_up(), 1u);
  EXPECT_TRUE(present("e.corp.test", "v")) << "c has expired";
  dns_.restart();
  EXPECT_EQ(kind(present("f.corp.test", "v")), ErrorKind::too_large);
  EXPECT_TRUE(present("e.corp.test", "v"));
}

TEST_P(PublishingCredentials, HoldNoNamesOfAZoneThatIsGone) {
  dns_.create_zone("gone.test");
  credential_.scopes.push_back({.name = name("gone.test"), .reach = Scope::Reach::subtree});
  for (const char* owner : {"a.gone.test", "b.gone.test", "c.gone.test"})
    EXPECT_TRUE(present(owner, "v"));
  EXPECT_EQ(kind(present("a.corp.test", "v")), ErrorKind::too_large);
  ASSERT_TRUE(dns_.run(dns_.publishing().delete_zone(name("gone.test"), {})));
  EXPECT_TRUE(present("a.corp.test", "v"));
}

// All of one batch: nobody has seen the others' values when it asks.
TEST_P(PublishingCredentials, KeepToTheirLimitsWhenAllComesAtOnce) {
  std::vector<std::future<Result<Presented>>> at_once;
  for (int i = 0; i < 20; ++i) {
    const Name owner = name((i % 2 == 0 ? "a" : "n" + std::to_string(i)) + ".corp.test");
    at_once.push_back(boost::asio::co_spawn(
        dns_.io(),
        dns_.publishing().present(writer(), owner, "v" + std::to_string(i), dns_.clock().now() + 1h),
        boost::asio::use_future));
  }
  dns_.io().restart();
  dns_.io().run();
  size_t presented = 0;
  for (auto& result : at_once)
    presented += result.get().has_value();
  EXPECT_EQ(presented, 5u) << "three values at a, and two more names";
  EXPECT_EQ(value_count("a.corp.test"), 3u);
}

TEST_P(PublishingCredentials, WriteNoFasterThanTheyMay) {
  credential_.limits.burst = 2;
  EXPECT_TRUE(present("a.corp.test", "1"));
  EXPECT_TRUE(present("a.corp.test", "1"));
  EXPECT_EQ(kind(present("a.corp.test", "1")), ErrorKind::rate_limited);
  EXPECT_EQ(kind(remove("a.corp.test")), ErrorKind::rate_limited);
  EXPECT_TRUE(dns_.present("of the configuration", "a.corp.test", "2"));
  dns_.clock().advance(1s);
  EXPECT_TRUE(remove("a.corp.test"));
}

TEST_P(PublishingCredentials, LetValuesLiveNoLongerThanTheyMay) {
  credential_.limits.lifetime_max = 10min;
  EXPECT_TRUE(present("a.corp.test", "v", "", 10min));
  EXPECT_EQ(kind(present("a.corp.test", "v", "", 10min + 1ms)), ErrorKind::malformed);
}

TEST_P(PublishingCredentials, KeepTheValuesOfTheirTagsApart) {
  EXPECT_TRUE(present("a.corp.test", "v", "order 1"));
  EXPECT_TRUE(present("a.corp.test", "v", "order 2"));
  EXPECT_EQ(value_count("a.corp.test"), 1u) << "one record";
  EXPECT_EQ(remove("a.corp.test", "v", "order 1"), 1u);
  EXPECT_EQ(remove("a.corp.test", "v", "order 1"), 0u);
  EXPECT_EQ(value_count("a.corp.test"), 1u) << "that of order 2";
  EXPECT_EQ(remove("a.corp.test", "v"), 1u) << "whatever its tag";
  EXPECT_EQ(value_count("a.corp.test"), 0u);
  EXPECT_TRUE(present("a.corp.test", "v", std::string(kTagSizeMax, 't')));
  EXPECT_EQ(kind(present("a.corp.test", "v", std::string(kTagSizeMax + 1, 't'))), ErrorKind::malformed);
}

TEST_P(PublishingCredentials, LeaveNothingBehindWhenAllTheirsIsRemoved) {
  EXPECT_TRUE(present("a.corp.test", "1", "tag"));
  EXPECT_TRUE(present("a.corp.test", "2"));
  EXPECT_TRUE(present("b.corp.test", "1"));
  ASSERT_TRUE(dns_.present("somebody else", "a.corp.test", "3"));
  EXPECT_EQ(dns_.run(dns_.publishing().remove_all("c1")), 3u);
  EXPECT_EQ(value_count("a.corp.test"), 1u);
  EXPECT_EQ(value_count("b.corp.test"), 0u);
}

}  // namespace
}  // namespace dnsserver
