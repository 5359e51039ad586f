#include "acmecore/audit_log.h"

#include <gmock/gmock.h>

#include "acmecore/audit_walk.h"
#include "acmecore/records.h"
#include "storage/memory_store.h"
#include "tests/support/run_task.h"

namespace acmecore {
namespace {

using base::Bytes;
using base::ErrorKind;
using base::Time;
using storage::LedgerHead;
using support::run_task;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Time kNow = base::parse_rfc3339("2026-11-23T04:30:00Z").value();

class AuditLogTest : public testing::Test {
 protected:
  static AuditEvent event(std::string_view kind, const std::string& account) {
    AuditEvent made;
    made.kind = kind;
    made.time = kNow;
    made.account = made.actor.account = account;
    return made;
  }
  void note(const AuditEvent& event) {
    Changes changes;
    changes.note(event);
    run_task(records_.commit(std::move(changes))).value();
  }
  // Entries a minute apart from kNow on.
  void fill(int count) {
    for (int i = 0; i < count; ++i) {
      AuditEvent made = event(audit_kind::kOrderCreated, "a" + std::to_string(i));
      made.time = kNow + std::chrono::minutes(i);
      note(made);
    }
  }

  std::vector<std::string> accounts(AuditFilter filter, uint64_t after = 0, size_t limit = 1000) {
    std::vector<std::string> found;
    const AuditPage page = run_task(log_.page(std::move(filter), after, limit)).value();
    for (const AuditEntry& entry : page.found)
      found.push_back(entry.event.account);
    return found;
  }
  AuditExtent extent() { return run_task(log_.extent()).value(); }
  AuditCheck check_all() {
    return run_task(log_.check(run_task(log_.beginning()).value(), 1'000'000)).value();
  }
  AuditCheck walk(std::vector<LedgerHead> expected) {
    AuditWalk walk(log_, std::move(expected));
    for (;;) {
      const AuditCheck check = run_task(walk.next()).value();
      if (check.at_end || !check.fault.empty()) return check;
    }
  }
  LedgerHead head_at(uint64_t sequence) {
    return run_task(log_.check(extent().before, size_t(sequence - extent().before.sequence))).value().intact;
  }

  Bytes key(uint64_t sequence) { return storage::ledger_key(kAuditLedger, sequence); }
  // What somebody does who can write into the store.
  void overwrite(uint64_t sequence, Bytes value) {
    storage::Batch batch;
    batch.puts.push_back({key(sequence), std::move(value)});
    run_task(store_.commit(std::move(batch))).value();
  }
  void remove(uint64_t sequence) {
    storage::Batch batch;
    batch.deletes.push_back(key(sequence));
    run_task(store_.commit(std::move(batch))).value();
  }
  Bytes value(uint64_t sequence) { return run_task(store_.get(key(sequence))).value()->value; }

  storage::MemoryStore store_;
  Records records_{store_};
  AuditLog log_{store_};
};

TEST_F(AuditLogTest, IsEmptyAtFirst) {
  EXPECT_THAT(accounts({}), IsEmpty());
  EXPECT_EQ(extent().last, LedgerHead{});
  EXPECT_TRUE(check_all().at_end);
}

TEST_F(AuditLogTest, GoesOnBehindTheLastOfAPage) {
  fill(5);
  AuditPage page = run_task(log_.page({}, 0, 2)).value();
  EXPECT_EQ(page.found.size(), 2u);
  EXPECT_EQ(page.next, 2u);
  EXPECT_THAT(accounts({}, *page.next, 2), ElementsAre("a2", "a3"));
  EXPECT_THAT(accounts({}, 4, 2), ElementsAre("a4"));
  EXPECT_EQ(run_task(log_.page({}, 4, 2)).value().next, std::nullopt);
}

TEST_F(AuditLogTest, FindsWhatAFilterAsksFor) {
  AuditEvent first = event(audit_kind::kCertificateIssued, "a");
  first.serial = Serial{"\x01\x02"};
  first.identifiers = {"corp.test"};
  first.actor = {"admin", "", "192.0.2.1"};
  note(first);
  note(event(audit_kind::kCertificateRevoked, "b"));
  note(event(audit_kind::kOrderCreated, "c"));
  AuditFilter filter;
  filter.kinds = {"certificate."};
  EXPECT_THAT(accounts(filter), ElementsAre("a", "b"));
  filter.kinds = {"order.created", "certificate.revoked"};
  EXPECT_THAT(accounts(filter), ElementsAre("b", "c"));
  filter.kinds = {"order"};
  EXPECT_THAT(accounts(filter), IsEmpty());
  for (const std::string who : {"admin", "192.0.2.1"}) {
    filter = {};
    filter.actor = who;
    EXPECT_THAT(accounts(filter), ElementsAre("a"));
  }
  filter = {};
  filter.actor = filter.account = "b";
  EXPECT_THAT(accounts(filter), ElementsAre("b"));
  filter = {};
  filter.identifier = "corp.test";
  EXPECT_THAT(accounts(filter), ElementsAre("a"));
  filter.identifier = "orp.test";
  EXPECT_THAT(accounts(filter), IsEmpty());
  filter = {};
  filter.serial = "0102";
  EXPECT_THAT(accounts(filter), ElementsAre("a"));
}

TEST_F(AuditLogTest, FindsAPeriodInALongLog) {
  fill(500);
  AuditFilter filter;
  filter.since = kNow + std::chrono::minutes(300);
  filter.until = kNow + std::chrono::minutes(303);
  EXPECT_THAT(accounts(filter), ElementsAre("a300", "a301", "a302"));
  filter.until = std::nullopt;
  EXPECT_EQ(accounts(filter).size(), 200u);
  filter.since = kNow + std::chrono::hours(1000);
  EXPECT_THAT(accounts(filter), IsEmpty());
}

TEST_F(AuditLogTest, FindsWhatALateCommitPutOutOfOrder) {
  fill(200);
  AuditEvent late = event(audit_kind::kOrderCreated, "late");
  late.time = kNow + std::chrono::minutes(150);
  note(late);
  AuditFilter filter;
  filter.since = filter.until = late.time;
  *filter.until += std::chrono::seconds(1);
  EXPECT_THAT(accounts(filter), ElementsAre("a150", "late"));
}

TEST_F(AuditLogTest, KnowsItsExtentWhateverItsLength) {
  for (uint64_t count = 1; count <= 70; ++count) {
    fill(1);
    EXPECT_EQ(extent().last.sequence, count);
  }
  EXPECT_EQ(extent().last, check_all().intact);
}

TEST_F(AuditLogTest, IsIntactUntilSomebodyChangesAnEntry) {
  fill(10);
  const AuditCheck whole = check_all();
  EXPECT_EQ(whole.fault, "");
  EXPECT_TRUE(whole.at_end);
  EXPECT_EQ(whole.intact.sequence, 10u);
  for (const uint64_t changed : {1, 5, 10}) {
    const Bytes before = value(changed);
    for (const size_t at : {size_t{0}, size_t{31}, size_t{32}, before.size() - 1}) {
      Bytes forged = before;
      forged[at] ^= 1;
      overwrite(changed, forged);
      const AuditCheck check = check_all();
      EXPECT_THAT(check.fault, HasSubstr("entry " + std::to_string(changed) + " "));
      EXPECT_EQ(check.intact.sequence, changed - 1);
    }
    overwrite(changed, before);
  }
  EXPECT_EQ(check_all().fault, "");
}

TEST_F(AuditLogTest, MissesAnEntryThatWasRemovedOrPutSomewhereElse) {
  fill(10);
  const Bytes fifth = value(5);
  remove(5);
  EXPECT_THAT(check_all().fault, HasSubstr("entry 5 "));
  overwrite(5, value(6));
  EXPECT_THAT(check_all().fault, HasSubstr("entry 5 "));
  overwrite(5, fifth);
  overwrite(5, fifth.substr(0, storage::kLinkSize));  // as if it had been cut down to its link
  EXPECT_THAT(check_all().fault, HasSubstr("entry 5 "));
  overwrite(5, fifth);
  EXPECT_EQ(check_all().fault, "");
  remove(1);
  EXPECT_THAT(check_all().fault, HasSubstr("entry 1 "));
}

TEST_F(AuditLogTest, RemovesWhatIsOlderAndStaysVerifiable) {
  fill(10);
  const LedgerHead head = extent().last;
  EXPECT_FALSE(run_task(log_.remove_before(kNow)).value());
  EXPECT_EQ(extent().before.sequence, 0u);
  EXPECT_FALSE(run_task(log_.remove_before(kNow + std::chrono::minutes(4))).value());
  EXPECT_EQ(extent().before, head_at(4));
  EXPECT_EQ(extent().last, head);
  EXPECT_THAT(accounts({}), ElementsAre("a4", "a5", "a6", "a7", "a8", "a9"));
  EXPECT_EQ(check_all().fault, "");
  EXPECT_EQ(walk({head}).fault, "");
}

TEST_F(AuditLogTest, GoesOnWhenEverythingWasRemoved) {
  fill(3);
  const LedgerHead head = extent().last;
  EXPECT_FALSE(run_task(log_.remove_before(kNow + std::chrono::hours(1))).value());
  EXPECT_FALSE(run_task(log_.remove_before(kNow + std::chrono::hours(1))).value());
  EXPECT_THAT(accounts({}), IsEmpty());
  EXPECT_EQ(extent().before, head);
  EXPECT_EQ(extent().last, head);
  fill(2);
  EXPECT_EQ(extent().last.sequence, 5u);
  EXPECT_EQ(walk({head}).fault, "");
}

TEST_F(AuditLogTest, RemovesALongTailBitByBit) {
  fill(int(kAuditSweepMax) + 10);
  const Time all = kNow + std::chrono::hours(1000);
  EXPECT_TRUE(run_task(log_.remove_before(all)).value());
  EXPECT_EQ(extent().before.sequence, kAuditSweepMax);
  EXPECT_FALSE(run_task(log_.remove_before(all)).value());
  EXPECT_EQ(extent().before.sequence, kAuditSweepMax + 10);
}

TEST_F(AuditLogTest, AWalkPassesTheHeadsThatWereKept) {
  fill(10);
  const LedgerHead third = head_at(3);
  const LedgerHead seventh = head_at(7);
  const LedgerHead last = extent().last;
  EXPECT_EQ(walk({}).intact, last);
  const AuditCheck good = walk({last, third, seventh, third});
  EXPECT_EQ(good.fault, "");
  EXPECT_EQ(good.intact, last);
  EXPECT_THAT(walk({third, {7, third.link}}).fault, HasSubstr("entry 7 is another"));
  EXPECT_THAT(walk({third, {11, last.link}}).fault, HasSubstr("entry 11 was expected"));
}

// Whoever can write into the store can write it anew from there on, which only a head elsewhere shows.
TEST_F(AuditLogTest, AHeadThatWasKeptShowsThatTheLogWasWrittenAnewOrCutAtItsEnd) {
  fill(10);
  const LedgerHead kept = extent().last;
  remove(10);
  remove(9);
  EXPECT_EQ(walk({}).fault, "");
  EXPECT_THAT(walk({kept}).fault, HasSubstr("entry 10 was expected"));
  note(event(audit_kind::kOrderCreated, "forged"));
  note(event(audit_kind::kOrderCreated, "forged"));
  EXPECT_EQ(walk({}).fault, "");
  EXPECT_THAT(walk({kept}).fault, HasSubstr("entry 10 is another"));
}

TEST_F(AuditLogTest, AHeadThatWasRemovedCannotBeCompared) {
  fill(10);
  const LedgerHead third = head_at(3);
  const LedgerHead fourth = head_at(4);
  run_task(log_.remove_before(kNow + std::chrono::minutes(4))).value();
  EXPECT_THAT(walk({third}).fault, HasSubstr("entry 3 was removed"));
  EXPECT_EQ(walk({fourth}).fault, "");
  EXPECT_THAT(walk({{4, third.link}}).fault, HasSubstr("entry 4 is another"));
}

TEST_F(AuditLogTest, AWalkGoesOnWhereTheLogBeginsOnceTheSweepOvertookIt) {
  fill(int(kAuditScanMax) + 20);
  AuditWalk walk(log_, {});
  EXPECT_EQ(run_task(walk.next())->intact.sequence, kAuditScanMax);
  const Time all = kNow + std::chrono::hours(1'000'000);
  while (run_task(log_.remove_before(all)).value()) {
  }
  const AuditCheck check = run_task(walk.next()).value();
  EXPECT_EQ(check.fault, "");
  EXPECT_EQ(walk.removed().sequence, kAuditScanMax + 20);
  EXPECT_TRUE(run_task(walk.next())->at_end);
}

TEST_F(AuditLogTest, AnEntryThatCannotBeReadIsInternal) {
  fill(2);
  overwrite(2, Bytes(40, '\xff'));
  EXPECT_EQ(run_task(log_.page({}, 0, 10)).error().kind, ErrorKind::internal);
  overwrite(2, "short");
  EXPECT_THAT(check_all().fault, HasSubstr("entry 2 "));
}

}  // namespace
}  // namespace acmecore
