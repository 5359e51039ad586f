#include "acmecore/audit_retention.h"

#include <gtest/gtest.h>

#include "storage/memory_store.h"
#include "tests/support/run_task.h"

namespace acmecore {
namespace {

using base::Time;
using std::chrono::days;
using support::run_task;

// What was issued in the 200 days before rests on proofs of days when 200 days were the limit (BR 4.2.1).
const Time kNow = base::parse_rfc3339("2027-05-01T04:30:00Z").value();
constexpr std::chrono::seconds kRetention = days(30);

class AuditRetentionTest : public testing::Test {
 protected:
  // A certificate with this number.
  void record(int number, Time issued, bool publicly_trusted) {
    Changes changes;
    changes.create(certificate(number, issued, publicly_trusted));
    run_task(records_.commit(std::move(changes))).value();
  }
  void forget(int number) {
    Changes changes;
    changes.erase(run_task(records_.certificate(serial(number))).value());
    run_task(records_.commit(std::move(changes))).value();
  }
  static Serial serial(int number) {
    return {"\x01" + base::Bytes(1, char(number >> 8)) + base::Bytes(1, char(number))};
  }
  static IssuedCertificate certificate(int number, Time issued, bool publicly_trusted) {
    IssuedCertificate made{serial(number), "account", "order", "leaf", issued, issued + days(90), {}};
    made.publicly_trusted = publicly_trusted;
    return made;
  }
  std::optional<Time> needed_from() { return run_task(retention_.needed_from(kNow)).value(); }

  storage::MemoryStore store_;
  Records records_{store_};
  AuditRetention retention_{records_, kRetention};
};

TEST_F(AuditRetentionTest, IsTheConfigurationsWithoutPublicCertificates) {
  EXPECT_EQ(needed_from(), kNow - kRetention);
  record(1, kNow - days(300), false);
  EXPECT_EQ(needed_from(), kNow - kRetention);
}

TEST_F(AuditRetentionTest, BeginsWithTheProofOfTheOldestPublicCertificate) {
  record(1, kNow - days(600), false);
  record(2, kNow - days(200), true);
  record(3, kNow - days(100), true);
  EXPECT_EQ(needed_from(), kNow - days(200) - days(200));
  EXPECT_EQ(needed_from(), kNow - days(200) - days(200));
  forget(2);
  EXPECT_EQ(needed_from(), kNow - days(100) - days(200));
  forget(3);
  EXPECT_EQ(needed_from(), kNow - kRetention);
  record(4, kNow - days(1), true);
  EXPECT_EQ(needed_from(), kNow - days(1) - days(200));
}

// BR 4.2.1: from 2027-03-15 on 100 days, where it was 200.
TEST_F(AuditRetentionTest, AProofMayBeAsOldAsItsOwnDayAllowed) {
  const Time fell = base::parse_rfc3339("2027-03-15T00:00:00Z").value();
  const Time later = fell + days(300);
  const auto needed_later = [&] { return run_task(retention_.needed_from(later)).value(); };
  const Time last_of_before = fell + days(100) - std::chrono::seconds(1);
  record(1, last_of_before, true);
  EXPECT_EQ(needed_later(), last_of_before - days(200));
  forget(1);
  record(2, fell + days(100), true);
  EXPECT_EQ(needed_later(), fell);
}

TEST_F(AuditRetentionTest, IsNeverLessThanTheConfigurations) {
  AuditRetention longer(records_, days(3000));
  record(1, kNow - days(10), true);
  EXPECT_EQ(run_task(longer.needed_from(kNow)).value(), kNow - days(3000));
}

TEST_F(AuditRetentionTest, NothingGoesBeforeAllCertificatesAreLookedAt) {
  Changes changes;
  for (int i = 0; i < 201; ++i)
    changes.create(certificate(i, kNow, false));
  run_task(records_.commit(std::move(changes))).value();
  record(201, kNow - days(200), true);
  EXPECT_EQ(needed_from(), std::nullopt);
  EXPECT_EQ(needed_from(), kNow - days(200) - days(200));
}

TEST_F(AuditRetentionTest, CatchesUpWithCertificatesThatAreIssuedMeanwhile) {
  int issued = 0;
  const auto issue = [&](int count) {
    Changes changes;
    for (int i = 0; i < count; ++i)
      changes.create(certificate(issued++, kNow, false));
    run_task(records_.commit(std::move(changes))).value();
  };
  issue(300);
  EXPECT_EQ(needed_from(), std::nullopt);
  issue(150);
  EXPECT_EQ(needed_from(), std::nullopt);
  EXPECT_EQ(needed_from(), kNow - kRetention);
}

}  // namespace
}  // namespace acmecore
