#include "acmecore/retries.h"

#include <gtest/gtest.h>

namespace acmecore {
namespace {

using base::Error;
using base::ErrorKind;
using base::Suberror;
using base::Time;
using namespace std::chrono_literals;

const Time kNow = base::parse_rfc3339("2026-11-23T04:30:00Z").value();
constexpr Retries kRetries{.total = 15s, .interval = 5s};

class RetriesTest : public testing::Test {
 protected:
  RetriesTest() {
    authorization_.identifier = {"corp.test", true};
    authorization_.expires = kNow + 24h;
    challenge_.status = ChallengeStatus::processing;
    challenge_.responded = kNow;
  }

  void fail(ErrorKind kind, const std::string& detail, Time when, const Retries& retries = kRetries) {
    Verdict verdict;
    verdict.outcome = base::fail(kind, detail);
    Observation observation{};
    observation.asked = when;
    verdict.evidence = {observation};
    add_failure(authorization_, challenge_, verdict, retries, when);
  }

  Authorization authorization_;
  Challenge challenge_;
};

TEST_F(RetriesTest, WithoutThemTheFirstFailureDecides) {
  fail(ErrorKind::dns, "SERVFAIL", kNow, {.total = 0s, .interval = 5s});
  EXPECT_EQ(challenge_.status, ChallengeStatus::invalid);
  EXPECT_EQ(challenge_.error, (Error{ErrorKind::dns, "SERVFAIL", {}}));
  EXPECT_FALSE(challenge_.next_look);
  EXPECT_EQ(challenge_.evidence.size(), 1u);
}

TEST_F(RetriesTest, EachFailureIsAddedToTheErrorWhileItIsProcessing) {
  fail(ErrorKind::unauthorized, "nothing there", kNow);
  EXPECT_EQ(challenge_.status, ChallengeStatus::processing);
  EXPECT_EQ(challenge_.error, (Error{ErrorKind::unauthorized, "nothing there", {}}));
  EXPECT_EQ(challenge_.next_look, kNow + 5s);
  fail(ErrorKind::dns, "SERVFAIL", kNow + 5s);
  const Error both{ErrorKind::dns,
                   "SERVFAIL",
                   {Suberror{ErrorKind::unauthorized, "nothing there", "corp.test"},
                    Suberror{ErrorKind::dns, "SERVFAIL", "corp.test"}}};
  EXPECT_EQ(challenge_.error, both);
  EXPECT_EQ(challenge_.status, ChallengeStatus::processing);
  EXPECT_EQ(challenge_.evidence.size(), 2u);
}

TEST_F(RetriesTest, TheLastLookIsTheLastWithinTheTime) {
  fail(ErrorKind::dns, "a", kNow + 10s);
  EXPECT_EQ(challenge_.next_look, kNow + 15s);
  fail(ErrorKind::dns, "b", kNow + 10s + 1ms);
  EXPECT_EQ(challenge_.status, ChallengeStatus::invalid);
  EXPECT_FALSE(challenge_.next_look);
}

TEST_F(RetriesTest, NoLookIsPromisedForWhenTheAuthorizationHasExpired) {
  authorization_.expires = kNow + 5s;
  fail(ErrorKind::dns, "a", kNow);
  EXPECT_EQ(challenge_.status, ChallengeStatus::invalid);
}

TEST_F(RetriesTest, OnlyTheNewestFailuresAreKept) {
  const Retries long_lasting{.total = 24h, .interval = 5s};
  for (size_t i = 0; i < kFailuresKeptMax + 1; ++i)
    fail(ErrorKind::dns, std::to_string(i), kNow + 5s * i, long_lasting);
  EXPECT_EQ(challenge_.error->detail, std::to_string(kFailuresKeptMax));
  ASSERT_EQ(challenge_.error->suberrors.size(), kFailuresKeptMax);
  EXPECT_EQ(challenge_.error->suberrors.front().detail, "1");
  EXPECT_EQ(challenge_.error->suberrors.back().detail, std::to_string(kFailuresKeptMax));
  ASSERT_EQ(challenge_.evidence.size(), kFailuresKeptMax);
  EXPECT_EQ(challenge_.evidence.front().asked, kNow + 5s);
}

TEST_F(RetriesTest, AClientGetsALookAtOnceButNotAllTheTime) {
  EXPECT_TRUE(may_look_at_once(challenge_, kRetries, kNow));  // responded, and in nobody's hand
  fail(ErrorKind::dns, "a", kNow);
  EXPECT_FALSE(may_look_at_once(challenge_, kRetries, kNow + kRequestedLookMin - 1ms));
  EXPECT_TRUE(may_look_at_once(challenge_, kRetries, kNow + kRequestedLookMin));
  for (const auto status : {ChallengeStatus::pending, ChallengeStatus::valid, ChallengeStatus::invalid}) {
    challenge_.status = status;
    EXPECT_FALSE(may_look_at_once(challenge_, kRetries, kNow + 5s));
  }
}

// RFC 8555 §8.2: a time after the next query.
TEST_F(RetriesTest, TheTimeToWaitIsThatOfTheNextLookAndASecond) {
  EXPECT_EQ(time_to_wait(challenge_, kNow), 1s);
  challenge_.next_look = kNow + 5s;
  EXPECT_EQ(time_to_wait(challenge_, kNow), 6s);
  EXPECT_EQ(time_to_wait(challenge_, kNow + 1ms), 6s);
  EXPECT_EQ(time_to_wait(challenge_, kNow + 4s), 2s);
  EXPECT_EQ(time_to_wait(challenge_, kNow + 5s), 1s);
  EXPECT_EQ(time_to_wait(challenge_, kNow + 9s), 1s);
}

}  // namespace
}  // namespace acmecore
