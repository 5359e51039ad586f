#include "dnsserver/propagation.h"

#include <gmock/gmock.h>

#include "tests/dnsserver/fake_propagation.h"
#include "tests/support/run_task.h"

namespace dnsserver {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

const Time kStart{seconds(1'790'000'000)};

Result<ServedEverywhere> wait(FakePropagation& outside, milliseconds timeout = seconds(10)) {
  const Name apex = Name::parse("acme.test").value();
  const Patience patience{timeout, [&outside] { return outside.gone_; }};
  return support::run_task(await_served(outside, outside.clock_, apex, apex, "v", patience));
}

// Seconds since the start.
std::vector<double> after_start(const std::vector<Time>& times) {
  std::vector<double> seconds;
  for (const Time time : times)
    seconds.push_back(std::chrono::duration<double>(time - kStart).count());
  return seconds;
}

TEST(AwaitServed, ReturnsAtOnceWhatIsEverywhere) {
  FakePropagation outside{kStart};
  outside.sightings_ = {{seen("192.0.2.1:53", true), seen("192.0.2.2:53", true)}};
  const auto served = wait(outside);
  ASSERT_TRUE(served);
  EXPECT_THAT(outside.looked_at_, SizeIs(1));
  EXPECT_THAT(served->addresses, SizeIs(2));
  EXPECT_EQ(served->safe_to_validate, kStart + seconds(kChallengeTtl));
}

TEST(AwaitServed, WaitsForTheLastAndKnowsWhenEachCame) {
  FakePropagation outside{kStart};
  outside.sightings_ = {{seen("192.0.2.1:53", true), seen("192.0.2.2:53", false)},
                        {seen("192.0.2.1:53", true), seen("192.0.2.2:53", true)}};
  const auto served = wait(outside);
  ASSERT_TRUE(served);
  EXPECT_EQ(served->addresses[0].when, kStart);
  EXPECT_EQ(served->addresses[1].when, kStart + kLookIntervalMin);
}

TEST(AwaitServed, LooksLessAndLessOftenAndOnceMoreAtTheEnd) {
  FakePropagation outside{kStart};
  outside.sightings_ = {{seen("192.0.2.1:53", false)}};
  EXPECT_FALSE(wait(outside, seconds(14)));
  EXPECT_THAT(after_start(outside.looked_at_), ElementsAre(0, 0.25, 0.75, 1.75, 3.75, 7.75, 11.75, 14));
  EXPECT_THAT(outside.given_up_, testing::Each(false));
}

TEST(AwaitServed, FindsTheServersOnceAndAgainOnlyWhenTheyAreOld) {
  FakePropagation outside{kStart};
  const FoundServer server{Name::parse("ns1.acme.test").value(), {{"192.0.2.1", 53}}};
  outside.servers_ = {server};
  outside.sightings_ = {{seen("192.0.2.1:53", false)}};
  EXPECT_FALSE(wait(outside, seconds(9)));
  EXPECT_THAT(after_start(outside.found_at_), ElementsAre(0));
  EXPECT_THAT(outside.looked_at_, SizeIs(7));
  EXPECT_THAT(outside.asked_, testing::Each(ElementsAre(server)));
  EXPECT_EQ(outside.denial_questions_, 1);

  FakePropagation longer{kStart};
  longer.sightings_ = outside.sightings_;
  EXPECT_FALSE(wait(longer, kWaitMax));
  EXPECT_THAT(longer.found_at_, SizeIs(51));  // after 11.75 s, and with each third look of 4 s
  EXPECT_EQ(longer.denial_questions_, 51);
  for (size_t i = 1; i < longer.found_at_.size(); ++i)
    EXPECT_GE(longer.found_at_[i] - longer.found_at_[i - 1], kFoundServersKept);
}

TEST(AwaitServed, TellsWhyNoServersAreFound) {
  FakePropagation outside{kStart};
  outside.find_fails_ = true;
  EXPECT_EQ(wait(outside).error().detail, "acme.test. cannot be read");
  EXPECT_THAT(outside.looked_at_, SizeIs(0));
}

TEST(AwaitServed, CountsTheLongestDenialThatWasSeen) {
  FakePropagation outside{kStart};
  outside.sightings_ = {7, {seen("192.0.2.1:53", false)}};
  outside.sightings_.push_back({seen("192.0.2.1:53", true)});
  outside.denials_ = {seconds(3600), seconds(5)};
  const auto served = wait(outside, seconds(60));
  ASSERT_TRUE(served);
  EXPECT_EQ(outside.denial_questions_, 2);
  EXPECT_EQ(served->safe_to_validate, outside.clock_.now() + seconds(3600));
}

TEST(AwaitServed, TellsTheTimeAfterItHasAskedForDenials) {
  FakePropagation outside{kStart};
  outside.sightings_ = {{seen("192.0.2.1:53", true)}};
  outside.denials_take_ = seconds(2);
  EXPECT_EQ(wait(outside)->safe_to_validate, kStart + seconds(2) + seconds(kChallengeTtl));
}

TEST(AwaitServed, AsksForDenialsWhoHasAllForSomeTimeEvenWhereItsOwnIsOver) {
  for (const auto& [takes, given_up] : {std::pair{kDenialPatience - milliseconds(1), false},
                                        std::pair{milliseconds(kDenialPatience), true}}) {
    FakePropagation outside{kStart};
    outside.sightings_ = {{seen("192.0.2.1:53", true)}};
    outside.denials_take_ = takes;
    EXPECT_TRUE(wait(outside, milliseconds(0)));
    EXPECT_EQ(outside.denials_given_up_, given_up);
  }
}

TEST(AwaitServed, NamesTheAddressThatNeverServesItAndWhatItSays) {
  FakePropagation outside{kStart};
  outside.sightings_ = {{seen("192.0.2.1:53", true), seen("192.0.2.2:53", false, "TXT \"old\""),
                         seen("", false, "no address")}};
  const auto served = wait(outside, seconds(1));
  ASSERT_FALSE(served);
  EXPECT_EQ(served.error().kind, base::ErrorKind::unavailable);
  EXPECT_THAT(served.error().detail, HasSubstr("is published, and after 1000 ms"));
  EXPECT_THAT(served.error().detail,
              HasSubstr("ns1.acme.test. (192.0.2.2:53) says TXT \"old\"; ns1.acme.test. says"));
  ASSERT_THAT(served.error().suberrors, SizeIs(2));
  EXPECT_EQ(served.error().suberrors[0].identifier, "ns1.acme.test. (192.0.2.2:53)");
}

TEST(AwaitServed, IsNotContentWithAnAddressThatLostIt) {
  FakePropagation outside{kStart};
  outside.sightings_ = {{seen("192.0.2.1:53", true), seen("192.0.2.2:53", false)},
                        {seen("192.0.2.1:53", false), seen("192.0.2.2:53", true)}};
  EXPECT_FALSE(wait(outside, seconds(1)));
}

TEST(AwaitServed, LooksNoMoreOnceTheCallerHasGone) {
  FakePropagation outside{kStart};
  outside.sightings_ = {{seen("192.0.2.1:53", false)}};
  outside.gone_ = true;
  EXPECT_FALSE(wait(outside));
  EXPECT_THAT(outside.given_up_, ElementsAre(true));
  EXPECT_EQ(outside.denial_questions_, 0);
}

TEST(AwaitServed, NoticesInTheMiddleOfALongPauseThatTheCallerHasGone) {
  FakePropagation outside{kStart};
  outside.sightings_ = {{seen("192.0.2.1:53", false)}};
  const Name apex = Name::parse("acme.test").value();
  // The pause of 4 s begins after 3.75 s.
  const Time leaves = kStart + milliseconds(4800);
  const Patience patience{seconds(60), [&] { return outside.clock_.now() >= leaves; }};
  EXPECT_FALSE(support::run_task(await_served(outside, outside.clock_, apex, apex, "v", patience)));
  EXPECT_LT(outside.clock_.now(), leaves + kLookIntervalMin);
  EXPECT_EQ(outside.longest_pause_, kLookIntervalMin);
}

TEST(AwaitServed, GivesALookUpWhenItsTimeIsOver) {
  FakePropagation outside{kStart};
  outside.sightings_ = {{seen("192.0.2.1:53", false)}};
  outside.look_takes_ = seconds(4);
  EXPECT_FALSE(wait(outside, seconds(10)));
  EXPECT_THAT(outside.given_up_, ElementsAre(false, false, true));
}

TEST(AwaitServed, LeavesTheLastLookTimeEnoughWhereNobodyWaits) {
  for (const auto& [takes, given_up] : {std::pair{kLookMin - milliseconds(1), false}, {kLookMin, true}}) {
    FakePropagation outside{kStart};
    outside.sightings_ = {{seen("192.0.2.1:53", false)}};
    outside.look_takes_ = takes;
    EXPECT_FALSE(wait(outside, milliseconds(0)));
    EXPECT_THAT(outside.given_up_, ElementsAre(given_up));
  }
}

TEST(AwaitServed, FailsWhereThereIsNobodyToAsk) {
  FakePropagation outside{kStart};
  outside.sightings_.emplace_back();
  EXPECT_THAT(wait(outside, milliseconds(0)).error().detail, HasSubstr("the zone has none"));
  EXPECT_THAT(outside.looked_at_, SizeIs(1));
}

}  // namespace
}  // namespace dnsserver
