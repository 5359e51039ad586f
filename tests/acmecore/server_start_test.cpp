#include "acmecore/server_start.h"

#include <gmock/gmock.h>

#include "acmecore/audit_log.h"
#include "storage/memory_store.h"
#include "tests/acmecore/certificate_fixtures.h"
#include "tests/support/forwarding_store.h"
#include "tests/support/full_store.h"
#include "tests/support/run_task.h"

namespace acmecore {
namespace {

using base::ErrorKind;
using support::run_task;
using testing::ElementsAre;

using Certificates = std::vector<IssuerCertificate>;

const Certificates kFirst = {{"default", "current", "aa"}};
const Certificates kWithNext = {{"default", "current", "aa"}, {"default", "next", "bb"}};
const Certificates kRotated = {{"default", "retired", "aa"}, {"default", "current", "bb"}};

class ServerStartTest : public testing::Test {
 protected:
  void start(const std::string& configuration, const Certificates& issuers) {
    const ServerStart what{"1.2", configuration, issuers};
    ASSERT_TRUE(run_task(note_start(records_, what, kNow)));
  }
  void reload(const Certificates& issuers, std::vector<base::Error> refused = {}) {
    ServerReload what{std::move(refused), [&issuers] { return issuers; }};
    ASSERT_TRUE(run_task(note_reload(store_, std::move(what), kNow)));
  }

  // What was told since this was asked last.
  std::vector<AuditEvent> told() {
    std::vector<AuditEvent> events;
    const AuditPage page = run_task(log_.page({}, seen_, 100)).value();
    for (const AuditEntry& entry : page.found) {
      events.push_back(entry.event);
      seen_ = entry.entry.head.sequence;
    }
    return events;
  }
  std::vector<std::string> kinds() {
    std::vector<std::string> kinds;
    for (const AuditEvent& event : told())
      kinds.push_back(event.kind);
    return kinds;
  }

  storage::MemoryStore store_;
  Records records_{store_};
  AuditLog log_{store_};
  uint64_t seen_ = 0;
};

TEST_F(ServerStartTest, TellsWhatTheServerIs) {
  start("cc", kWithNext);
  const auto events = told();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].kind, audit_kind::kServerStarted);
  EXPECT_EQ(events[0].detail("version"), "1.2");
  EXPECT_EQ(events[0].detail("configuration_sha256"), "cc");
  EXPECT_EQ(issuers_told(events[0]), kWithNext);
  EXPECT_EQ(events[0].actor, Actor());
}

TEST_F(ServerStartTest, TellsWhatHasChangedSinceTheOneBefore) {
  start("cc", kFirst);
  start("cc", kFirst);
  EXPECT_THAT(kinds(), ElementsAre(audit_kind::kServerStarted, audit_kind::kServerStarted));
  start("dd", kFirst);
  auto events = told();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[1].kind, audit_kind::kConfigurationChanged);
  EXPECT_EQ(events[1].detail("configuration_sha256_before"), "cc");
  EXPECT_EQ(events[1].detail("configuration_sha256"), "dd");
  // The files were rotated while no server ran.
  start("dd", kRotated);
  events = told();
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[1].kind, audit_kind::kIssuerChanged);
  EXPECT_EQ(events[1].detail("issuer_sha256"), "aa");
  EXPECT_EQ(events[1].detail("role"), "retired");
  EXPECT_EQ(events[1].detail("role_before"), "current");
  EXPECT_EQ(events[2].detail("issuer_sha256"), "bb");
  EXPECT_EQ(events[2].detail("role"), "current");
  EXPECT_EQ(events[2].detail("role_before"), "");
}

TEST_F(ServerStartTest, OfAServerThatWasNoCaHasNoChangesOfIssuers) {
  start("cc", {});
  start("cc", kFirst);
  EXPECT_THAT(kinds(), ElementsAre(audit_kind::kServerStarted, audit_kind::kServerStarted));
  start("cc", {});
  EXPECT_THAT(kinds(), ElementsAre(audit_kind::kServerStarted, audit_kind::kIssuerChanged));
}

TEST_F(ServerStartTest, OfANewServerTellsOnceWhichCertificatesSomebodyMade) {
  Certificates issuers = {{"default", "current", "aa"}, {"team", "current", "bb"}};
  issuers[1].about = {{"subject", "CN=Team"}, {"ceremony", "init 2026-11-28T03:10:00Z by uid 998 (assay)"}};
  start("cc", issuers);
  const auto events = told();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].kind, audit_kind::kServerStarted);
  EXPECT_EQ(events[1].kind, audit_kind::kIssuerChanged);
  EXPECT_EQ(events[1].detail("issuer_sha256"), "bb");
  EXPECT_EQ(events[1].detail("subject"), "CN=Team");
  EXPECT_EQ(events[1].detail("ceremony"), "init 2026-11-28T03:10:00Z by uid 998 (assay)");
  start("cc", issuers);
  EXPECT_THAT(kinds(), ElementsAre(audit_kind::kServerStarted));
}

TEST_F(ServerStartTest, UsesTheReserveOfAFullStore) {
  support::FullStore full(store_);
  full.fill();
  Records records(full);
  const ServerStart first{"1.2", "cc", kFirst};
  EXPECT_TRUE(run_task(note_start(records, first, kNow)));
  const ServerStart second{"1.2", "dd", kRotated};
  EXPECT_TRUE(run_task(note_start(records, second, kNow)));
  EXPECT_EQ(told().size(), 5u);
}

TEST_F(ServerStartTest, AReloadTellsWhatItChangedAndTheNextStartDoesNotTellItAgain) {
  start("cc", kFirst);
  told();
  reload(kFirst);
  EXPECT_THAT(kinds(), ElementsAre(audit_kind::kServerReloaded));
  reload(kWithNext);
  const auto events = told();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].kind, audit_kind::kServerReloaded);
  EXPECT_EQ(events[1].kind, audit_kind::kIssuerChanged);
  EXPECT_EQ(events[1].detail("issuer_sha256"), "bb");
  EXPECT_EQ(events[1].detail("role"), "next");
  start("cc", kWithNext);
  EXPECT_THAT(kinds(), ElementsAre(audit_kind::kServerStarted));
}

TEST_F(ServerStartTest, OfAReloadEachRefusedPartIsToldAndWhatTheOtherChanged) {
  start("cc", kFirst);
  told();
  reload(kWithNext, {{ErrorKind::unavailable, "acme.tls: no such file"}});
  const auto events = told();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].kind, audit_kind::kServerReloadRefused);
  EXPECT_EQ(events[0].reason, "acme.tls: no such file");
  EXPECT_EQ(events[1].kind, audit_kind::kIssuerChanged);
  reload(kWithNext, {{ErrorKind::unavailable, "one"}, {ErrorKind::unavailable, "two"}});
  EXPECT_THAT(kinds(), ElementsAre(audit_kind::kServerReloadRefused, audit_kind::kServerReloadRefused));
}

TEST_F(ServerStartTest, ARotationThatWasNotRecordedIsToldAtTheNextChance) {
  start("cc", kWithNext);
  told();
  AuditEvent rotated;
  rotated.kind = audit_kind::kIssuerRotated;
  rotated.time = kNow;
  ASSERT_TRUE(run_task(note_rotation(store_, rotated, [] { return kRotated; })));
  EXPECT_THAT(kinds(), ElementsAre(audit_kind::kIssuerRotated, audit_kind::kIssuerChanged,
                                   audit_kind::kIssuerChanged));
  start("cc", kRotated);
  EXPECT_THAT(kinds(), ElementsAre(audit_kind::kServerStarted));
  // Another one, of which nothing was recorded.
  start("cc", kFirst);
  EXPECT_THAT(kinds(), ElementsAre(audit_kind::kServerStarted, audit_kind::kIssuerChanged,
                                   audit_kind::kIssuerChanged));
}

// Somebody else acts before each commit, for so many times.
class MeddledStore final : public support::ForwardingStore {
 public:
  MeddledStore(storage::Store& store, std::function<void()> meddle)
      : ForwardingStore(store), meddle_(std::move(meddle)) {}

  base::Task<base::Result<storage::Revision>> commit(storage::Batch batch) override {
    if (left > 0) {
      --left;
      meddle_();
    }
    co_return co_await ForwardingStore::commit(std::move(batch));
  }

  int left = 1;

 private:
  const std::function<void()> meddle_;
};

TEST_F(ServerStartTest, WhereAReloadAndARotationMeetEachChangeIsToldOnce) {
  start("cc", kWithNext);
  told();
  Certificates now = kWithNext;
  const IssuersNow issuers = [&now] { return now; };
  MeddledStore meddled(store_, [&] {
    now = kRotated;
    AuditEvent rotated;
    rotated.kind = audit_kind::kIssuerRotated;
    rotated.time = kNow;
    ASSERT_TRUE(run_task(note_rotation(store_, rotated, issuers)));
  });
  ASSERT_TRUE(run_task(note_reload(meddled, ServerReload{{}, issuers}, kNow)));
  EXPECT_THAT(kinds(), ElementsAre(audit_kind::kIssuerRotated, audit_kind::kIssuerChanged,
                                   audit_kind::kIssuerChanged, audit_kind::kServerReloaded));
  start("cc", kRotated);
  EXPECT_THAT(kinds(), ElementsAre(audit_kind::kServerStarted));
}

TEST_F(ServerStartTest, AReloadThatOthersComeBeforeWithoutPauseIsNotToldForEver) {
  start("cc", kFirst);
  MeddledStore meddled(store_, [this] { reload(kFirst); });
  meddled.left = 1'000;
  const IssuersNow issuers = [] { return kFirst; };
  EXPECT_EQ(run_task(note_reload(meddled, ServerReload{{}, issuers}, kNow)).error().kind,
            ErrorKind::unavailable);
}

}  // namespace
}  // namespace acmecore
