#include "storage/lmdb/gathering.h"

#include <gtest/gtest.h>

namespace storage::lmdb {
namespace {

using std::chrono::milliseconds;

TEST(Gathering, WhoIsAloneWaitsForNobody) {
  Gathering gathering;
  EXPECT_EQ(gathering.expected(), 1u);
  gathering.note(1, 0, milliseconds(2));
  EXPECT_EQ(gathering.expected(), 1u);
}

TEST(Gathering, AsManyAreExpectedAsWereAnsweredOrHadToWait) {
  Gathering gathering;
  gathering.note(1, 1, milliseconds(2));
  EXPECT_EQ(gathering.expected(), 2u);
  gathering.note(5, 3, milliseconds(2));
  EXPECT_EQ(gathering.expected(), 8u);
  gathering.note(1, 0, milliseconds(2));  // the others have gone
  EXPECT_EQ(gathering.expected(), 1u);
}

TEST(Gathering, TheyAreWaitedForHalfTheTimeOfACommitButNotLong) {
  Gathering gathering;
  EXPECT_EQ(gathering.patience(), milliseconds(0));
  gathering.note(2, 0, milliseconds(2));
  EXPECT_EQ(gathering.patience(), milliseconds(1));
  gathering.note(2, 0, 2 * kGatherTimeMax);
  EXPECT_EQ(gathering.patience(), kGatherTimeMax);
  gathering.note(2, 0, std::chrono::hours(1));
  EXPECT_EQ(gathering.patience(), kGatherTimeMax);
}

}  // namespace
}  // namespace storage::lmdb
