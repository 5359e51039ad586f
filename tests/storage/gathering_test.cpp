#include "storage/lmdb/gathering.h"

#include <gtest/gtest.h>

namespace storage::lmdb {
namespace {

using std::chrono::milliseconds;

TEST(Gathering, WhoIsAloneWaitsForNobody) {
  Gathering gathering;
  EXPECT_EQ(gathering.begin(), milliseconds(0));
  EXPECT_TRUE(gathering.are_enough(1));
  gathering.note(1, 0, milliseconds(2));
  gathering.begin();
  EXPECT_TRUE(gathering.are_enough(1));
}

TEST(Gathering, AsManyAreWaitedForAsWereAnsweredOrHadToWait) {
  Gathering gathering;
  gathering.note(1, 1, milliseconds(2));
  gathering.begin();
  EXPECT_FALSE(gathering.are_enough(1));
  EXPECT_TRUE(gathering.are_enough(2));
  gathering.note(5, 3, milliseconds(2));
  gathering.begin();
  EXPECT_FALSE(gathering.are_enough(7));
  EXPECT_TRUE(gathering.are_enough(8));
  gathering.note(1, 0, milliseconds(2));  // the others have gone
  gathering.begin();
  EXPECT_TRUE(gathering.are_enough(1));
}

TEST(Gathering, WhoeverIsFirstBeginsTheWait) {
  Gathering gathering;
  gathering.note(5, 3, milliseconds(2));
  EXPECT_TRUE(gathering.are_enough(1));
}

TEST(Gathering, NoMoreAreWaitedForThanAGroupTakes) {
  Gathering gathering;
  gathering.note(kGroupBatchesMax, 1, milliseconds(2));
  gathering.begin();
  EXPECT_FALSE(gathering.are_enough(kGroupBatchesMax - 1));
  EXPECT_TRUE(gathering.are_enough(kGroupBatchesMax));
}

TEST(Gathering, TheyAreWaitedForAsLongAsACommitTakesButNotLong) {
  Gathering gathering;
  gathering.note(2, 0, milliseconds(2));
  EXPECT_EQ(gathering.begin(), milliseconds(2));
  gathering.note(2, 0, 2 * kGatherTimeMax);
  EXPECT_EQ(gathering.begin(), kGatherTimeMax);
  gathering.note(2, 0, std::chrono::hours(1));
  EXPECT_EQ(gathering.begin(), kGatherTimeMax);
}

TEST(Gathering, NobodyIsWaitedForWhoIsNotAboutToCome) {
  Gathering gathering;
  gathering.note(5, 3, milliseconds(2));
  gathering.begin();
  EXPECT_TRUE(gathering.hasten());
  EXPECT_TRUE(gathering.are_enough(1));
  EXPECT_FALSE(gathering.hasten()) << "it was said already";
}

TEST(Gathering, WhatIsSaidBeforeTheWaitBeginsCountsForIt) {
  Gathering gathering;
  gathering.note(5, 3, milliseconds(2));
  EXPECT_FALSE(gathering.hasten()) << "nobody waits yet";
  gathering.begin();
  EXPECT_TRUE(gathering.are_enough(1));
}

TEST(Gathering, WhatIsSaidDuringACommitDoesNotCountForTheNext) {
  Gathering gathering;
  gathering.note(5, 3, milliseconds(2));
  gathering.begin();
  gathering.hasten();
  gathering.note(5, 3, milliseconds(2));
  gathering.begin();
  EXPECT_FALSE(gathering.are_enough(7));
}

}  // namespace
}  // namespace storage::lmdb
