#include "dnsserver/propagation.h"

#include <gmock/gmock.h>

#include "tests/dnsserver/fake_propagation.h"
#include "tests/support/run_task.h"

namespace dnsserver {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::SizeIs;

const Time kStart{seconds(1'790'000'000)};

Result<ServedEverywhere> wait(FakePropagation& outside, milliseconds timeout = seconds(10)) {
  const Name apex = Name::parse("acme.test").value();
  const Patience patience{timeout, [&outside] { return outside.gone_; }};
  return support::run_task(await_served(outside, outside.clock_, apex, apex, "v", patience));
}

TEST(AwaitServed, ReturnsAtOnceWhatIsEverywhere) {
  FakePropagation outside{kStart};
  outside.sightings_ = {{{seen("192.0.2.1:53", true), seen("192.0.2.2:53", true)}, seconds(0)}};
  const auto served = wait(outside);
  ASSERT_TRUE(served);
  EXPECT_EQ(outside.looks_, 1);
  EXPECT_THAT(served->addresses, SizeIs(2));
  EXPECT_EQ(served->safe_to_validate, kStart + seconds(kChallengeTtl));
}

TEST(AwaitServed, WaitsForTheLastAndKnowsWhenEachCame) {
  FakePropagation outside{kStart};
  outside.sightings_ = {{{seen("192.0.2.1:53", true), seen("192.0.2.2:53", false)}, seconds(0)},
                        {{seen("192.0.2.1:53", true), seen("192.0.2.2:53", true)}, seconds(0)}};
  const auto served = wait(outside);
  ASSERT_TRUE(served);
  EXPECT_EQ(served->addresses[0].when, kStart);
  EXPECT_EQ(served->addresses[1].when, kStart + kLookInterval);
}

TEST(AwaitServed, CountsTheLongestDenialThatWasSeen) {
  FakePropagation outside{kStart};
  outside.sightings_ = {{{seen("192.0.2.1:53", false)}, seconds(3600)},
                        {{seen("192.0.2.1:53", true)}, seconds(5)}};
  EXPECT_EQ(wait(outside)->safe_to_validate, kStart + kLookInterval + seconds(3600));
}

TEST(AwaitServed, NamesTheAddressThatNeverServesItAndWhatItSays) {
  FakePropagation outside{kStart};
  outside.sightings_ = {{{seen("192.0.2.1:53", true), seen("192.0.2.2:53", false, "TXT \"old\""),
                          seen("", false, "no address")}}};
  const auto served = wait(outside, seconds(1));
  ASSERT_FALSE(served);
  EXPECT_EQ(served.error().kind, base::ErrorKind::unavailable);
  EXPECT_THAT(served.error().detail, HasSubstr("is published, and after 1000 ms"));
  EXPECT_THAT(served.error().detail,
              HasSubstr("ns1.acme.test. (192.0.2.2:53) says TXT \"old\"; ns1.acme.test. says"));
  ASSERT_THAT(served.error().suberrors, SizeIs(2));
  EXPECT_EQ(served.error().suberrors[0].identifier, "ns1.acme.test. (192.0.2.2:53)");
  EXPECT_EQ(outside.looks_, 5);
}

TEST(AwaitServed, IsNotContentWithAnAddressThatLostIt) {
  FakePropagation outside{kStart};
  outside.sightings_ = {{{seen("192.0.2.1:53", true), seen("192.0.2.2:53", false)}, seconds(0)},
                        {{seen("192.0.2.1:53", false), seen("192.0.2.2:53", true)}, seconds(0)}};
  EXPECT_FALSE(wait(outside, seconds(1)));
}

TEST(AwaitServed, LooksNoMoreOnceTheCallerHasGone) {
  FakePropagation outside{kStart};
  outside.sightings_ = {{{seen("192.0.2.1:53", false)}, seconds(0)}};
  outside.gone_ = true;
  EXPECT_FALSE(wait(outside));
  EXPECT_EQ(outside.looks_, 1);
}

TEST(AwaitServed, GivesALookUpWhenItsTimeIsOver) {
  FakePropagation outside{kStart};
  outside.sightings_ = {{{seen("192.0.2.1:53", false)}, seconds(0)}};
  outside.look_takes_ = seconds(3);
  EXPECT_FALSE(wait(outside, seconds(10)));
  EXPECT_THAT(outside.given_up_, testing::ElementsAre(false, false, false, true));
}

TEST(AwaitServed, GivesALookUpWhenTheCallerHasGone) {
  FakePropagation outside{kStart};
  outside.sightings_ = {{{seen("192.0.2.1:53", false)}, seconds(0)}};
  outside.gone_ = true;
  EXPECT_FALSE(wait(outside));
  EXPECT_THAT(outside.given_up_, testing::ElementsAre(true));
}

TEST(AwaitServed, LeavesTheFirstLookTimeEnoughWhereNobodyWaits) {
  for (const auto& [takes, given_up] : {std::pair{kLookMin - milliseconds(1), false}, {kLookMin, true}}) {
    FakePropagation outside{kStart};
    outside.sightings_ = {{{seen("192.0.2.1:53", false)}, seconds(0)}};
    outside.look_takes_ = takes;
    EXPECT_FALSE(wait(outside, milliseconds(0)));
    EXPECT_THAT(outside.given_up_, testing::ElementsAre(given_up));
  }
}

TEST(AwaitServed, FailsWhereThereIsNobodyToAsk) {
  FakePropagation outside{kStart};
  outside.sightings_.emplace_back();
  EXPECT_THAT(wait(outside, milliseconds(0)).error().detail, HasSubstr("the zone has none"));
  EXPECT_EQ(outside.looks_, 1);
}

}  // namespace
}  // namespace dnsserver
