#include "app/act_log_adapter.h"

#include <gmock/gmock.h>

#include <set>

#include "acmecore/audit_event.h"
#include "acmecore/records.h"

namespace app {
namespace {

using dnsserver::Act;
using dnsserver::ActKind;
using testing::ElementsAre;

constexpr base::Time kNow{std::chrono::seconds(1'790'000'000)};

class ActLogAdapterTest : public testing::Test {
 protected:
  acmecore::AuditEvent told(const Act& act) {
    storage::Batch batch;
    adapter_.note(act, batch);
    EXPECT_EQ(batch.appends.size(), 1u);
    EXPECT_EQ(batch.appends.front().ledger, acmecore::kAuditLedger);
    EXPECT_TRUE(batch.puts.empty() && batch.deletes.empty() && batch.expected.empty());
    return acmecore::decode_audit_event(batch.appends.front().payload).value();
  }

  base::ManualClock clock_{kNow};
  ActLogAdapter adapter_{clock_};
};

TEST_F(ActLogAdapterTest, SaysWhoDidWhatToWhichNames) {
  Act act{
      ActKind::zone_created, {"anna", "192.0.2.1"}, {base::Name::parse("Corp.Test").value(), base::Name()}};
  act.add("serial", "7");
  const acmecore::AuditEvent event = told(act);
  EXPECT_EQ(event.kind, "zone.created");
  EXPECT_EQ(event.time, kNow);
  EXPECT_EQ(event.actor, acmecore::Actor("anna", "", "192.0.2.1"));
  EXPECT_THAT(event.identifiers, ElementsAre("corp.test", "."));
  EXPECT_EQ(event.detail("serial"), "7");
}

TEST_F(ActLogAdapterTest, OfNobodyIsThisServer) {
  EXPECT_EQ(told({ActKind::zone_deleted, {}}).actor, acmecore::Actor());
}

TEST_F(ActLogAdapterTest, TellsEachKindByANameOfItsOwn) {
  std::set<std::string> kinds;
  for (int kind = 0; kind <= int(ActKind::credential_removed); ++kind)
    kinds.insert(told({ActKind(kind), {}}).kind);
  EXPECT_THAT(kinds, ElementsAre("publishing_credential.created", "publishing_credential.removed",
                                 "publishing_credential.updated", "rrset.deleted", "rrset.put",
                                 "zone.created", "zone.deleted", "zone.imported"));
}

}  // namespace
}  // namespace app
