#include "dnsserver/waiting_places.h"

#include <gmock/gmock.h>

#include <vector>

namespace dnsserver {
namespace {

std::vector<WaitingPlaces::Place> take(WaitingPlaces& places, const std::string& credential, size_t count) {
  std::vector<WaitingPlaces::Place> taken;
  for (size_t i = 0; i < count; ++i)
    taken.push_back(places.take(credential).value());
  return taken;
}

TEST(WaitingPlaces, OfOneCredentialLeaveRoomForOthers) {
  WaitingPlaces places;
  const auto alices = take(places, "alice", kWaitingCallersOfOneMax);
  const auto refused = places.take("alice");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, base::ErrorKind::too_large);
  EXPECT_EQ(refused.error().detail,
            "8 callers with the credential alice wait already, and more may not at once");
  EXPECT_TRUE(places.take("bob"));
}

TEST(WaitingPlaces, OfAllAreBounded) {
  WaitingPlaces places;
  std::vector<WaitingPlaces::Place> all;
  for (size_t i = 0; i < kWaitingCallersMax; ++i)
    all.push_back(places.take("tenant " + std::to_string(i)).value());
  const auto refused = places.take("one more");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, base::ErrorKind::too_large);
  EXPECT_EQ(refused.error().detail, "32 callers wait already, and this server lets no more wait at once");
  all.pop_back();
  EXPECT_TRUE(places.take("one more"));
}

TEST(WaitingPlaces, AreFreeAgainWhenTheirCallersHaveLeft) {
  WaitingPlaces places;
  for (int round = 0; round < 3; ++round) {
    auto alices = take(places, "alice", kWaitingCallersOfOneMax);
    EXPECT_FALSE(places.take("alice"));
    alices.pop_back();
    EXPECT_TRUE(places.take("alice"));  // and left at once
    EXPECT_TRUE(places.take("alice"));
  }
}

}  // namespace
}  // namespace dnsserver
