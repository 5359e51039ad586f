#include "acmecore/ocsp_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace acmecore {
namespace {

using base::Time;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

const Time kNow = base::parse_rfc3339("2026-11-23T04:30:00Z").value();

class OcspAnswersTest : public testing::Test {
 protected:
  static OcspCertId id(const std::string& serial, const std::string& hash = "sha1") {
    OcspCertId id;
    id.der = hash + serial;
    id.serial = serial;
    return id;
  }
  // One that is good for a day.
  static OcspAnswers::Answer made_at(Time time) {
    return std::make_shared<const OcspAnswer>(OcspAnswer{"answer", time, time + hours(24)});
  }
  void keep(const OcspCertId& id, Time time = kNow) {
    answers_.keep(id, made_at(time), answers_.revocations());
  }
  std::vector<OcspCertId> due(Time now, size_t limit = 10) {
    return answers_.due(now, minutes::zero(), limit);
  }
  bool has(const OcspCertId& id, Time time = kNow) { return answers_.find(id, time) != nullptr; }

  OcspAnswers answers_{3};
};

TEST_F(OcspAnswersTest, AreKeptUntilHalfOfTheirLifeByWhatWasAsked) {
  keep(id("01"));
  EXPECT_TRUE(has(id("01"), kNow + hours(12) - seconds(1)));
  EXPECT_FALSE(has(id("01"), kNow + hours(12)));
  EXPECT_FALSE(has(id("01", "sha256")));
  EXPECT_FALSE(has(id("02")));
}

TEST_F(OcspAnswersTest, WhatWasMadeFirstMakesRoomAndNothingElse) {
  for (const char* serial : {"01", "02", "03"})
    keep(id(serial));
  keep(id("01"));  // made again
  keep(id("04"));
  EXPECT_FALSE(has(id("02")));
  for (const char* serial : {"01", "03", "04"})
    EXPECT_TRUE(has(id(serial))) << serial;
}

TEST_F(OcspAnswersTest, ARevocationIsOfAllAnswersAboutTheCertificate) {
  keep(id("01"));
  keep(id("01", "sha256"));
  keep(id("02"));
  answers_.revoked("01");
  EXPECT_FALSE(has(id("01")));
  EXPECT_FALSE(has(id("01", "sha256")));
  EXPECT_TRUE(has(id("02")));
}

TEST_F(OcspAnswersTest, WhatWasMadeBeforeARevocationIsNotKeptAfterIt) {
  const uint64_t before = answers_.revocations();
  answers_.revoked("01");
  answers_.keep(id("01"), made_at(kNow), before);
  EXPECT_FALSE(has(id("01")));
}

TEST_F(OcspAnswersTest, AreDueAtHalfOfTheirLifeTheOldestFirst) {
  keep(id("01"));
  keep(id("02"), kNow + seconds(1));
  keep(id("03"), kNow + seconds(2));
  EXPECT_THAT(due(kNow + hours(12) - seconds(1), 10), IsEmpty());
  EXPECT_THAT(due(kNow + hours(12) + seconds(1), 1), ElementsAre(id("01")));
  keep(id("01"), kNow + hours(12));
  EXPECT_THAT(due(kNow + hours(12) + seconds(1), 10), ElementsAre(id("02")));
}

TEST_F(OcspAnswersTest, AreDueSoMuchAhead) {
  keep(id("01"));
  EXPECT_THAT(answers_.due(kNow + hours(12) - minutes(5) - seconds(1), minutes(5), 10), IsEmpty());
  EXPECT_THAT(answers_.due(kNow + hours(12) - minutes(5), minutes(5), 10), ElementsAre(id("01")));
}

// Half of its life is still to come.
TEST_F(OcspAnswersTest, WhatIsDueAndNotMadeAgainIsKeptUntilItsEnd) {
  keep(id("01"));
  EXPECT_THAT(due(kNow + hours(12)), ElementsAre(id("01")));
  EXPECT_FALSE(has(id("01"), kNow + hours(12)));
  for (const Time time : {kNow, kNow + hours(12), kNow + hours(24)})
    EXPECT_NE(answers_.find_last(id("01"), time), nullptr);
  EXPECT_EQ(answers_.find_last(id("01"), kNow + hours(24) + seconds(1)), nullptr);
  EXPECT_EQ(answers_.find_last(id("02"), kNow), nullptr);
}

TEST_F(OcspAnswersTest, WhatIsDueAndNotMadeAgainIsDueOnceMoreALittleLater) {
  keep(id("01"));
  EXPECT_THAT(due(kNow + hours(12)), ElementsAre(id("01")));
  EXPECT_THAT(due(kNow + hours(12) + kOcspRetryAfter - seconds(1)), IsEmpty());
  answers_.revoked("02");  // which kept the next one from being kept
  EXPECT_THAT(due(kNow + hours(12) + kOcspRetryAfter), ElementsAre(id("01")));
  EXPECT_THAT(due(kNow + hours(24)), ElementsAre(id("01")));
  EXPECT_THAT(due(kNow + hours(24) + kOcspRetryAfter), IsEmpty());
  EXPECT_EQ(answers_.find_last(id("01"), kNow), nullptr);  // it is forgotten
}

TEST_F(OcspAnswersTest, WhatRestsHoldsUpNoOtherOne) {
  keep(id("01"));
  keep(id("02"));
  EXPECT_THAT(due(kNow + hours(12), 1), ElementsAre(id("01")));
  EXPECT_THAT(due(kNow + hours(12), 1), ElementsAre(id("02")));
}

TEST_F(OcspAnswersTest, OfARevokedCertificateNoneIsLeft) {
  keep(id("01"));
  EXPECT_THAT(due(kNow + hours(12)), ElementsAre(id("01")));
  answers_.revoked("01");
  EXPECT_EQ(answers_.find_last(id("01"), kNow + hours(12)), nullptr);
  EXPECT_THAT(due(kNow + hours(13)), IsEmpty());
}

TEST_F(OcspAnswersTest, WhatNobodyAsksForIsMadeAgainOnce) {
  keep(id("01"));
  keep(id("02"));
  EXPECT_THAT(due(kNow + hours(12), 10), ElementsAre(id("01"), id("02")));
  keep(id("01"), kNow + hours(12));
  keep(id("02"), kNow + hours(12));
  EXPECT_TRUE(has(id("02"), kNow + hours(13)));
  EXPECT_THAT(due(kNow + hours(24), 10), ElementsAre(id("02")));
  EXPECT_FALSE(has(id("01"), kNow + hours(23)));
}

}  // namespace
}  // namespace acmecore
