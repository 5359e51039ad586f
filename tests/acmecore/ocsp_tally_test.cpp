#include "acmecore/ocsp_tally.h"

#include <gmock/gmock.h>

#include "storage/memory_store.h"
#include "tests/acmecore/audit_fixture.h"
#include "tests/support/full_store.h"

namespace acmecore {
namespace {

using base::ErrorKind;
using base::Time;
using support::run_task;
using testing::ElementsAre;
using namespace std::chrono_literals;

const Time kNow = base::parse_rfc3339("2026-11-23T04:30:00Z").value();

class OcspTallyTest : public testing::Test {
 protected:
  void sign(const std::string& ca, int responses = 1) {
    for (int i = 0; i < responses; ++i)
      tally_.note(ca, clock_.now());
  }
  void flush(bool all = false) { ASSERT_TRUE(run_task(tally_.flush(all))); }
  std::vector<AuditEvent> events() { return audit_events(memory_); }

  storage::MemoryStore memory_;
  support::FullStore store_{memory_};
  Records records_{store_};
  base::ManualClock clock_{kNow};
  OcspTally tally_{records_, clock_};
};

TEST_F(OcspTallyTest, IsOneEntryForAllThatACaSignedInAPeriod) {
  sign("a");
  clock_.advance(1min);
  sign("a", 98);
  clock_.advance(4min);
  sign("a");
  flush();
  EXPECT_TRUE(events().empty());
  clock_.advance(5min);
  flush();
  ASSERT_EQ(events().size(), 1u);
  const AuditEvent event = events().front();
  EXPECT_EQ(event.kind, audit_kind::kOcspSigned);
  EXPECT_EQ(event.count, 100u);
  EXPECT_EQ(event.time, kNow);
  EXPECT_EQ(event.last, kNow + 5min);
  EXPECT_EQ(event.actor, Actor{});
  EXPECT_THAT(event.details, ElementsAre(AuditDetail{"ca", "a"}));
  clock_.advance(1h);
  flush();
  EXPECT_EQ(events().size(), 1u) << "and nothing where none was signed";
}

TEST_F(OcspTallyTest, ThePeriodBeginsWithTheFirstOne) {
  sign("a");
  clock_.advance(kOcspTallyPeriod - 1ms);
  flush();
  EXPECT_TRUE(events().empty());
  clock_.advance(1ms);
  flush();
  ASSERT_EQ(events().size(), 1u);
  EXPECT_EQ(events().front().count, 1u);
  EXPECT_EQ(events().front().last, std::nullopt);
  sign("a", 2);
  flush();
  EXPECT_EQ(events().size(), 1u);
}

TEST_F(OcspTallyTest, EachCaHasItsOwn) {
  sign("a", 2);
  clock_.advance(5min);
  sign("b", 3);
  clock_.advance(5min);
  flush();
  ASSERT_EQ(events().size(), 1u);
  EXPECT_EQ(events()[0].detail("ca"), "a");
  clock_.advance(5min);
  flush();
  ASSERT_EQ(events().size(), 2u);
  EXPECT_EQ(events()[1].detail("ca"), "b");
  EXPECT_EQ(events()[1].count, 3u);
}

TEST_F(OcspTallyTest, AllAreToldAtTheEnd) {
  sign("a");
  sign("b", 2);
  flush(/*all=*/true);
  ASSERT_EQ(events().size(), 2u);
  EXPECT_EQ(events()[0].count + events()[1].count, 3u);
}

TEST_F(OcspTallyTest, WaitsNotForAClockThatWasSetBack) {
  sign("a");
  clock_.advance(-24h);
  flush();
  EXPECT_EQ(events().size(), 1u);
}

TEST_F(OcspTallyTest, WhatCannotBeWrittenIsCountedFurther) {
  sign("a", 2);
  memory_.set_full(true);
  EXPECT_EQ(run_task(tally_.flush(/*all=*/true)).error().kind, ErrorKind::unavailable);
  clock_.advance(1min);
  sign("a", 3);
  memory_.set_full(false);
  flush(/*all=*/true);
  ASSERT_EQ(events().size(), 1u);
  EXPECT_EQ(events()[0].count, 5u);
  EXPECT_EQ(events()[0].time, kNow);
  EXPECT_EQ(events()[0].last, kNow + 1min);
}

TEST_F(OcspTallyTest, IsToldWhereTheStoreHasNoRoomButItsReserve) {
  sign("a");
  store_.fill();
  flush(/*all=*/true);
  EXPECT_EQ(events().size(), 1u);
}

}  // namespace
}  // namespace acmecore
