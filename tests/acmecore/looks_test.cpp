#include "acmecore/looks.h"

#include <gmock/gmock.h>

namespace acmecore {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr base::Time kSoon{milliseconds(1'000)};
constexpr base::Time kLater{milliseconds(2'000)};

TEST(Looks, AreTakenOnceAndTheLongestDueFirst) {
  Looks looks;
  looks.note("b", kLater);
  looks.note("a", kSoon);
  EXPECT_THAT(looks.take_due(kSoon - milliseconds(1), 10), IsEmpty());
  EXPECT_THAT(looks.take_due(kLater, 10), ElementsAre("a", "b"));
  EXPECT_THAT(looks.take_due(kLater, 10), IsEmpty());
}

TEST(Looks, AreTakenAsManyAsAreAskedFor) {
  Looks looks;
  for (const char* id : {"a", "b", "c"})
    looks.note(id, kSoon);
  EXPECT_THAT(looks.take_due(kSoon, 2), ElementsAre("a", "b"));
  EXPECT_THAT(looks.take_due(kSoon, 2), ElementsAre("c"));
}

TEST(Looks, TheLastTimeCounts) {
  Looks looks;
  looks.note("a", kSoon);
  looks.note("a", kLater);
  EXPECT_THAT(looks.take_due(kSoon, 10), IsEmpty());
  EXPECT_THAT(looks.take_due(kLater, 10), ElementsAre("a"));
}

TEST(Looks, AreRememberedUpToALimit) {
  Looks looks;
  for (size_t i = 0; i < kLooksMax; ++i)
    looks.note(std::to_string(i), kSoon);
  looks.note("one too many", kSoon);
  looks.note("0", kLater);
  EXPECT_EQ(looks.take_due(kSoon, kLooksMax).size(), kLooksMax - 1) << "one that is known may be moved";
  EXPECT_THAT(looks.take_due(kLater, kLooksMax), ElementsAre("0"));
}

}  // namespace
}  // namespace acmecore
