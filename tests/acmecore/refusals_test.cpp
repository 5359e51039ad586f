#include "acmecore/refusals.h"

#include <gmock/gmock.h>

#include "storage/memory_store.h"
#include "tests/acmecore/audit_fixture.h"

namespace acmecore {
namespace {

using base::ErrorKind;
using base::Time;
using support::run_task;
using testing::ElementsAre;

const Time kNow = base::parse_rfc3339("2026-11-23T04:30:00Z").value();

class RefusalsTest : public testing::Test {
 protected:
  void refuse(const std::string& account, const std::string& problem = "rejectedIdentifier",
              std::string_view kind = audit_kind::kOrderRefused) {
    AuditEvent event;
    event.kind = kind;
    event.time = clock_.now();
    event.actor.account = event.account = account;
    event.problem = problem;
    event.identifiers = {account + ".test"};
    refusals_.note(std::move(event));
  }
  void flush(bool all = false) { ASSERT_TRUE(run_task(refusals_.flush(all))); }
  std::vector<AuditEvent> events() { return audit_events(store_); }

  storage::MemoryStore store_;
  Records records_{store_};
  base::ManualClock clock_{kNow};
  Refusals refusals_{records_, clock_};
};

TEST_F(RefusalsTest, AreWrittenWhenTheyAreFlushed) {
  refuse("a");
  EXPECT_TRUE(events().empty());
  flush();
  ASSERT_EQ(events().size(), 1u);
  EXPECT_EQ(events()[0].count, 1u);
  EXPECT_EQ(events()[0].last, std::nullopt);
  flush();
  EXPECT_EQ(events().size(), 1u);
}

TEST_F(RefusalsTest, ThatAreAlikeAreOneEntryThatCountsThem) {
  refuse("a");
  clock_.advance(std::chrono::seconds(5));
  refuse("a");
  refuse("b");
  refuse("a", "rateLimited");
  refuse("a", "rejectedIdentifier", audit_kind::kCertificateRefused);
  refuse("a");
  flush();
  ASSERT_EQ(events().size(), 4u);
  EXPECT_EQ(events()[0].count, 3u);
  EXPECT_EQ(events()[0].time, kNow);
  EXPECT_EQ(events()[0].last, kNow + std::chrono::seconds(5));
  EXPECT_THAT(events()[0].identifiers, ElementsAre("a.test"));
  EXPECT_EQ(events()[1].count, 1u);
}

TEST_F(RefusalsTest, OfAFloodNoMoreEntriesAreWrittenThanTheRateHasRoomFor) {
  uint64_t refused = 0;
  for (int second = 0; second < 3600; ++second) {
    for (int i = 0; i < 5; ++i, ++refused)
      refuse("account-" + std::to_string(refused));
    flush();
    clock_.advance(std::chrono::seconds(1));
  }
  // All the rate has at once, and what it regains in the hour.
  EXPECT_LE(events().size(), 2 * kRefusalRate.count);
  EXPECT_GE(events().size(), kRefusalRate.count);
  flush(/*all=*/true);
  uint64_t told = 0;
  for (const AuditEvent& event : events())
    told += event.count;
  EXPECT_EQ(told, refused) << "and each is counted";
}

TEST_F(RefusalsTest, BeyondThoseThatAreHeldAreOneEntryOfTheirKind) {
  for (size_t i = 0; i < kRefusalsHeldMax + 10; ++i)
    refuse("account-" + std::to_string(i));
  flush(/*all=*/true);
  ASSERT_EQ(events().size(), kRefusalsHeldMax + 1);
  EXPECT_EQ(events().back().count, 10u);
  EXPECT_EQ(events().back().actor, Actor{});
}

TEST_F(RefusalsTest, AreKeptShort) {
  AuditEvent event;
  event.kind = audit_kind::kOrderRefused;
  event.time = kNow;
  event.reason = std::string(kRefusalSentenceMax - 1, 'r') + "…";
  event.identifiers.assign(100, std::string(1000, 'n'));
  event.evidence.assign(100, "sentence");
  refusals_.note(event);
  flush();
  ASSERT_EQ(events().size(), 1u);
  EXPECT_EQ(events()[0].reason, std::string(kRefusalSentenceMax - 1, 'r'));
  EXPECT_EQ(events()[0].identifiers.size(), kRefusedIdentifiersMax);
  EXPECT_EQ(events()[0].identifiers[0].size(), kRefusalSentenceMax);
  EXPECT_EQ(events()[0].evidence.size(), kRefusedIdentifiersMax);
}

TEST_F(RefusalsTest, ThatCannotBeWrittenWaitForTheNextTime) {
  refuse("a");
  store_.set_full(true);
  EXPECT_EQ(run_task(refusals_.flush()).error().kind, ErrorKind::unavailable);
  refuse("a");
  store_.set_full(false);
  flush();
  ASSERT_EQ(events().size(), 1u);
  EXPECT_EQ(events()[0].count, 2u);
}

TEST(IsRefusal, IsNoMistakeAndNoTroubleOfOurs) {
  for (const ErrorKind kind : {ErrorKind::unauthorized, ErrorKind::rejected_identifier, ErrorKind::bad_csr,
                               ErrorKind::rate_limited, ErrorKind::paused, ErrorKind::compound}) {
    EXPECT_TRUE(is_refusal(kind)) << base::name_of(kind);
  }
  for (const ErrorKind kind : {ErrorKind::internal, ErrorKind::unavailable, ErrorKind::not_found,
                               ErrorKind::malformed, ErrorKind::conflict, ErrorKind::order_not_ready}) {
    EXPECT_FALSE(is_refusal(kind)) << base::name_of(kind);
  }
}

}  // namespace
}  // namespace acmecore
