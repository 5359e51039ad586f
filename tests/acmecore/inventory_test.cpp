#include "acmecore/inventory.h"

#include <gmock/gmock.h>

#include <set>
#include <utility>

#include "base/openssl.h"
#include "storage/memory_store.h"
#include "tests/acmecore/inventory_fixture.h"
#include "tests/support/full_store.h"
#include "tests/support/run_task.h"

namespace acmecore {
namespace {

using namespace std::chrono_literals;
using base::Bytes;
using base::ErrorKind;
using base::Time;
using std::chrono::days;
using support::run_task;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using testing::UnorderedElementsAreArray;
using Status = CertificateStatus;

const Time kStart = base::parse_rfc3339("2026-11-23T04:30:00Z").value();
const std::string kOwnCa = "00000000000000aa";
const std::string kOtherCa = "00000000000000bb";

class InventoryTest : public testing::Test {
 protected:
  Serial record(const InventoryDraft& draft) {
    Changes changes;
    const IssuedCertificate made = add_certificate(draft, clock_.now(), changes);
    EXPECT_TRUE(run_task(records_.commit(std::move(changes))));
    return made.serial;
  }
  Serial record_for(std::vector<std::string> names) { return record({.names = std::move(names)}); }
  // So many of the same, without signatures of their own.
  std::vector<Serial> record_many(const InventoryDraft& draft, int count, Time issued) {
    std::vector<Serial> made;
    Changes changes;
    Bytes der;
    for (int i = 0; i < count; ++i) {
      IssuedCertificate one = add_certificate(draft, issued, changes, der);
      made.push_back(one.serial);
      der = std::move(one.der);
    }
    EXPECT_TRUE(run_task(records_.commit(std::move(changes))));
    return made;
  }
  void remove(const Serial& serial) {
    Changes changes;
    changes.erase(run_task(records_.certificate(serial)).value());
    EXPECT_TRUE(run_task(records_.commit(std::move(changes))));
  }

  base::Result<Page<InventoryEntry>> page(const InventoryFilter& filter, const std::string& after = "",
                                          size_t limit = 1000) {
    return run_task(inventory_.certificates(filter, after, limit));
  }
  // In the order of the list.
  std::vector<Serial> find(const InventoryFilter& filter, size_t limit = 1000) {
    std::vector<Serial> found;
    std::string after;
    do {
      auto got = page(filter, after, limit).value();
      EXPECT_LE(got.found.size(), limit);
      for (const InventoryEntry& entry : got.found)
        found.push_back(entry.view.record.serial);
      after = got.next;
    } while (!after.empty());
    return found;
  }
  ErrorKind error_of(const InventoryFilter& filter, const std::string& after = "") {
    const auto got = page(filter, after);
    return got ? ErrorKind::internal : got.error().kind;
  }
  size_t entries_in(const char* tables) {
    size_t count = 0;
    for (const char* table = tables; *table != '\0'; ++table)
      count += run_task(store_.list({.prefix = Bytes(1, *table)}))->size();
    return count;
  }

  base::ManualClock clock_{kStart};
  storage::MemoryStore store_;
  Records records_{store_};
  Inventory inventory_{records_, clock_, [](const IssuedCertificate& certificate) {
                         return certificate.crl ? certificate.crl->ca : kOwnCa;
                       }};
};

TEST_F(InventoryTest, FindsByOneNameThoseThatHaveThisVeryOne) {
  const Serial apex = record_for({"corp.test"});
  const Serial wildcard = record_for({"*.corp.test"});
  const Serial both = record_for({"www.other.test", "corp.test", "*.corp.test"});
  record_for({"www.corp.test"});
  record_for({"mycorp.test", "corp.tests.test", "corp.test.other.test"});
  EXPECT_THAT(find({.name = "corp.test"}), ElementsAre(apex, both));
  EXPECT_THAT(find({.name = "*.corp.test"}), ElementsAre(wildcard, both));
  EXPECT_THAT(find({.name = "a.corp.test"}), IsEmpty());  // that a wildcard is good for
  EXPECT_THAT(find({.name = "test"}), IsEmpty());
}

TEST_F(InventoryTest, FindsByDomainWhatIsAtAndBelowItOnce) {
  const Serial apex = record_for({"corp.test"});
  const Serial deep = record_for({"c.b.a.corp.test", "d.b.a.corp.test", "other.test"});
  const Serial wildcard = record_for({"*.a.corp.test", "a.corp.test"});
  const Serial other = record_for({"mycorp.test", "corp.test.other.test", "corp-1.test"});
  for (int i = 0; i < 10; ++i)
    record_for({"corp.example"});  // the fewest to look at are the names below the domain
  EXPECT_THAT(find({.domain = "corp.test"}), ElementsAre(apex, wildcard, deep));
  EXPECT_THAT(find({.domain = "a.corp.test"}), ElementsAre(wildcard, deep));
  EXPECT_THAT(find({.domain = "b.a.corp.test"}), ElementsAre(deep));
  EXPECT_THAT(find({.domain = "c.b.a.corp.test"}), ElementsAre(deep));
  EXPECT_THAT(find({.domain = "b.corp.test"}), IsEmpty());
  EXPECT_THAT(find({.domain = "test"}), UnorderedElementsAre(apex, deep, wildcard, other));
  EXPECT_THAT(find({.domain = "corp.test"}, 1), ElementsAre(apex, wildcard, deep));
}

TEST_F(InventoryTest, FindsByAccountKeyProfileAndIssuer) {
  const base::PkeyHandle key = make_p256();
  const Serial first = record({.account = "a1", .profile = "web", .ca = kOtherCa});
  const Serial second = record({.account = "a2", .profile = "web2", .key = key.get()});
  const Serial third = record({.account = "a1", .profile = "web", .key = key.get()});
  EXPECT_THAT(find({.account = "a1"}), ElementsAre(first, third));
  EXPECT_THAT(find({.account = "a2"}), ElementsAre(second));
  EXPECT_THAT(find({.account = "a"}), IsEmpty());
  EXPECT_THAT(find({.account = "a11"}), IsEmpty());
  const Bytes digest = base::sha256(spki_of(key.get()));
  EXPECT_THAT(find({.spki_digest = digest}), ElementsAre(second, third));
  EXPECT_THAT(find({.spki_digest = base::sha256(digest)}), IsEmpty());
  EXPECT_THAT(find({.profile = "web"}), ElementsAre(first, third));
  EXPECT_THAT(find({.profile = "we"}), IsEmpty());
  EXPECT_THAT(find({.ca = kOtherCa}), ElementsAre(first));
  EXPECT_THAT(find({.ca = kOwnCa}), ElementsAre(second, third));
  EXPECT_THAT(find({.account = "a1", .spki_digest = digest, .profile = "web"}), ElementsAre(third));
  EXPECT_THAT(find({.account = "a2", .profile = "web"}), IsEmpty());
}

TEST_F(InventoryTest, FindsByTheEndOfTheirLife) {
  const Serial late = record({.life = days(30)});
  const Serial early = record({.life = days(10)});
  const Serial middle = record({.life = days(20)});
  const auto end = [&](const Serial& serial) {
    return run_task(records_.certificate(serial))->value.not_after;
  };
  EXPECT_THAT(find({}), ElementsAre(early, middle, late));
  EXPECT_THAT(find({.ends_from = end(middle)}), ElementsAre(middle, late));
  EXPECT_THAT(find({.ends_from = end(middle) + 1ms}), ElementsAre(late));
  EXPECT_THAT(find({.ends_before = end(middle)}), ElementsAre(early));
  EXPECT_THAT(find({.ends_before = end(middle) + 1ms}), ElementsAre(early, middle));
  EXPECT_THAT(find({.ends_from = end(middle), .ends_before = end(late)}), ElementsAre(middle));
  EXPECT_THAT(find({.ends_from = end(late), .ends_before = end(early)}), IsEmpty());
}

TEST_F(InventoryTest, FindsByStatusToTheSecond) {
  const Revocation revocation{kStart, RevocationReason::superseded};
  const Serial valid = record({.life = days(30)});
  const Serial revoked = record({.ca = kOtherCa, .life = days(30), .revocation = revocation});
  const Serial ends = record({.life = days(10)});
  const Serial ends_revoked = record({.life = days(10), .revocation = revocation});
  const Time last = run_task(records_.certificate(ends))->value.not_after;
  clock_.advance(last - clock_.now());
  EXPECT_THAT(find({.status = Status::valid}), ElementsAre(ends, valid));
  EXPECT_THAT(find({.status = Status::revoked}), ElementsAre(ends_revoked, revoked));
  EXPECT_THAT(find({.status = Status::expired}), IsEmpty());
  clock_.advance(1s);
  EXPECT_THAT(find({.status = Status::valid}), ElementsAre(valid));
  EXPECT_THAT(find({.status = Status::revoked}), ElementsAre(revoked));
  EXPECT_THAT(find({.status = Status::expired}), ElementsAre(ends, ends_revoked));
  EXPECT_THAT(find({.ca = kOtherCa, .status = Status::revoked}), ElementsAre(revoked));
  EXPECT_THAT(find({.ca = kOwnCa, .status = Status::revoked}), IsEmpty());
  EXPECT_EQ(run_task(inventory_.certificate(ends_revoked))->status, Status::expired);
}

// Of a CA that is not configured any more, or was issued while no CRLs were made.
TEST_F(InventoryTest, FindsARevokedCertificateThatNoCrlHas) {
  const Serial serial = record({.life = days(30)});
  record({.life = days(30)});
  auto stored = run_task(records_.certificate(serial)).value();
  ASSERT_FALSE(stored->crl);
  EXPECT_THAT(find({.status = Status::revoked}), IsEmpty());
  stored->revocation = Revocation{kStart, RevocationReason::superseded};
  Changes changes;
  changes.revoke(stored);
  ASSERT_TRUE(run_task(records_.commit(std::move(changes))));
  EXPECT_EQ(entries_in("R"), 0u);
  EXPECT_THAT(find({.status = Status::revoked}), ElementsAre(serial));
  EXPECT_THAT(find({.ca = kOtherCa, .status = Status::revoked}), IsEmpty());
  remove(serial);
  EXPECT_THAT(find({.status = Status::revoked}), IsEmpty());
  EXPECT_EQ(entries_in("V"), 0u);
}

TEST_F(InventoryTest, EverythingThatIsGivenHolds) {
  const Serial fits = record({.names = {"a.corp.test"}, .account = "a1", .life = days(30)});
  record({.names = {"a.corp.test"}, .account = "a2", .life = days(30)});
  record({.names = {"a.other.test"}, .account = "a1", .life = days(30)});
  record({.names = {"b.corp.test"}, .account = "a1", .life = days(30)});
  record({.names = {"a.corp.test"}, .account = "a1", .life = days(10)});
  InventoryFilter filter{.name = "a.corp.test", .domain = "corp.test", .account = "a1"};
  filter.status = Status::valid;
  filter.ends_from = kStart + days(15);
  EXPECT_THAT(find(filter), ElementsAre(fits));
  filter.domain = "other.test";
  EXPECT_THAT(find(filter), IsEmpty());
}

TEST_F(InventoryTest, RefusesWhatIsNothingToLookFor) {
  record({.account = "a1"});
  for (const char* bad :
       {".", "corp..test", "Corp.test", "corp.test.", "*.*.corp.test", "a*.corp.test", "1.2.3.4"}) {
    EXPECT_EQ(error_of({.name = bad}), ErrorKind::malformed) << bad;
    EXPECT_EQ(error_of({.domain = bad}), ErrorKind::malformed) << bad;
  }
  EXPECT_EQ(error_of({.ca = "00000000000000a"}), ErrorKind::malformed);
  EXPECT_EQ(error_of({.spki_digest = Bytes(31, 'k')}), ErrorKind::malformed);
  const std::string next = page({.account = "a1"}, "", 1)->next;
  ASSERT_EQ(next.substr(0, 1), "a");
  EXPECT_TRUE(page({.account = "a1"}, next));
  EXPECT_TRUE(page({.account = "a2"}, next));                              // of another list of the same kind
  EXPECT_EQ(error_of({.name = "corp.test"}, next), ErrorKind::malformed);  // of another kind
  for (const std::string& bad :
       {std::string("a"), std::string("x"), std::string("a="), next + "=", next.substr(1)})
    EXPECT_EQ(error_of({.account = "a1"}, bad), ErrorKind::malformed) << bad;
}

TEST_F(InventoryTest, ShowsOneAndSaysWhatThereIsNot) {
  const Serial serial = record_for({"corp.test", "*.corp.test"});
  const CertificateView view = run_task(inventory_.certificate(serial)).value();
  EXPECT_EQ(view.record.serial, serial);
  EXPECT_EQ(view.certificate.subject_alt_name.dns_names,
            (std::vector<std::string>{"*.corp.test", "corp.test"}));
  EXPECT_EQ(view.status, Status::valid);
  EXPECT_EQ(view.ca, kOwnCa);
  EXPECT_EQ(run_task(inventory_.certificate(new_serial())).error().kind, ErrorKind::not_found);
  Changes changes;
  IssuedCertificate unsigned_one;  // as of our own, before it is signed
  unsigned_one.serial = new_serial();
  unsigned_one.not_after = kStart + days(90);
  changes.create(unsigned_one);
  EXPECT_TRUE(run_task(records_.commit(std::move(changes))));
  EXPECT_EQ(run_task(inventory_.certificate(unsigned_one.serial)).error().kind, ErrorKind::not_found);
  EXPECT_THAT(find({}), ElementsAre(serial));
}

TEST_F(InventoryTest, PagesHaveEachOnceHoweverLargeTheyAre) {
  const auto many = record_many({.names = {"a.corp.test", "*.corp.test"}, .account = "a1"}, 250, kStart);
  record_many({.names = {"other.test"}, .account = "a2"}, 50, kStart);
  const InventoryFilter filters[] = {{.name = "a.corp.test"},
                                     {.domain = "corp.test"},
                                     {.account = "a1"},
                                     {.account = "a1", .status = Status::valid}};
  for (const InventoryFilter& filter : filters) {
    for (const size_t limit : {1u, 7u, 249u, 250u, 251u})
      EXPECT_THAT(find(filter, limit), UnorderedElementsAreArray(many)) << limit;
  }
  EXPECT_EQ(find({}, 7).size(), 300u);
}

TEST_F(InventoryTest, WhatComesAndGoesBetweenPagesChangesNothingAboutTheOthers) {
  const InventoryFilter filters[] = {{.domain = "corp.test"}, {.account = "a1"}, {.name = "corp.test"}, {}};
  for (const InventoryFilter& filter : filters) {
    auto made = record_many({.account = "a1"}, 30, kStart);
    std::vector<Serial> found;
    std::string after;
    for (int pages = 0;; ++pages) {
      const auto got = page(filter, after, 5).value();
      for (const InventoryEntry& entry : got.found)
        found.push_back(entry.view.record.serial);
      if (pages == 1) {
        remove(found.back());                           // where the next page goes on
        remove(made[2]);                                // seen
        remove(std::exchange(made[20], made.front()));  // not seen yet
        record({.account = "a2", .life = days(1)});
      }
      if (got.next.empty()) break;
      after = got.next;
    }
    const std::set<Bytes> each = [&] {
      std::set<Bytes> octets;
      for (const Serial& serial : found)
        EXPECT_TRUE(octets.insert(serial.octets).second);
      return octets;
    }();
    for (const Serial& serial : made)
      EXPECT_TRUE(each.contains(serial.octets)) << text_of(serial);
    for (const Serial& serial : found)
      if (run_task(records_.certificate(serial))) remove(serial);
    for (const Serial& serial : find({}))
      remove(serial);
  }
}

TEST_F(InventoryTest, APageReadsABoundedNumberOfCertificates) {
  record_many({.profile = "web"}, int(kReadMax) + 100, kStart);
  const Serial wanted = record({.profile = "mail", .life = days(100)});
  const auto first = page({.profile = "mail"}).value();
  EXPECT_THAT(first.found, IsEmpty());
  ASSERT_NE(first.next, "");
  const auto second = page({.profile = "mail"}, first.next).value();
  ASSERT_EQ(second.found.size(), 1u);
  EXPECT_EQ(second.found[0].view.record.serial, wanted);
  EXPECT_EQ(second.next, "");
}

TEST_F(InventoryTest, APagePassesOverABoundedNumberOfEntries) {
  record_many({.account = "a1", .life = days(1)}, int(kIndexedMax) + 100, kStart);
  clock_.advance(days(2));
  record_many({.account = "a2"}, 200, clock_.now());
  const auto wanted = record_many({.account = "a1"}, 150, clock_.now());
  const InventoryFilter filter{.account = "a1", .status = Status::valid};
  const auto first = page(filter).value();
  EXPECT_THAT(first.found, IsEmpty());
  ASSERT_NE(first.next, "");
  EXPECT_EQ(page(filter, first.next)->found.size(), 150u);
}

TEST_F(InventoryTest, TheIndexWithTheFewestIsUsed) {
  record_many({.names = {"corp.test"}, .account = "a1"}, 300, kStart);
  record_many({.names = {"corp.test"}, .account = "a2"}, 3, kStart);
  EXPECT_EQ(page({.name = "corp.test", .account = "a2"}, "", 1)->next.substr(0, 1), "a");
  EXPECT_EQ(page({.name = "corp.test", .account = "a1"}, "", 1)->next.substr(0, 1), "n");
  EXPECT_EQ(page({.account = "a1", .ends_before = kStart + days(1)})->next, "");
}

// BR 5.5.2.
TEST_F(InventoryTest, ACertificateIsDueLongAfterItsEndAndAPubliclyTrustedOneMuchLater) {
  const auto due = [&](Time time) { return run_task(records_.due_certificates(time, 10)).value(); };
  Stored<IssuedCertificate> stored = run_task(records_.certificate(record({}))).value();
  const Time end = stored->not_after;
  EXPECT_THAT(due(end + days(90) - 1ms), IsEmpty());
  EXPECT_THAT(due(end + days(90)), ElementsAre(stored->serial));
  stored->publicly_trusted = true;
  Changes changes;
  changes.update(stored);
  EXPECT_TRUE(run_task(records_.commit(std::move(changes))));
  EXPECT_THAT(due(end + days(731) - 1ms), IsEmpty());
  EXPECT_THAT(due(end + days(731)), ElementsAre(stored->serial));
}

TEST_F(InventoryTest, WhatIsRemovedLeavesNothing) {
  const Serial first = record({.names = {"corp.test", "*.corp.test"}, .account = "a1"});
  const Serial own = record({.names = {"localhost"}, .account = ""});
  EXPECT_EQ(entries_in("NAEfx"), 3u + 1u + 2u + 2u + 2u);
  remove(first);
  remove(own);
  EXPECT_EQ(entries_in("NAEfx"), 0u);
}

TEST_F(InventoryTest, AStoreFromBeforeItIsTakenIn) {
  const auto many = record_many({.names = {"corp.test", "*.corp.test"}, .account = "a1"}, 1'200, kStart);
  storage::Batch none;
  for (const char table : {'N', 'A', 'E', 'f'}) {
    const auto entries = run_task(store_.list({.prefix = Bytes(1, table), .limit = 10'000})).value();
    for (const storage::Entry& entry : entries)
      none.deletes.push_back(entry.key);
  }
  EXPECT_TRUE(run_task(store_.commit(std::move(none))));
  EXPECT_THAT(find({}), IsEmpty());
  EXPECT_TRUE(run_task(complete_inventory(records_)));
  const InventoryFilter filters[] = {{}, {.name = "*.corp.test"}, {.domain = "test"}, {.account = "a1"}};
  for (const InventoryFilter& filter : filters)
    EXPECT_THAT(find(filter), UnorderedElementsAreArray(many));
  EXPECT_EQ(entries_in("f"), 1'000u);  // as many as are asked for at once

  const auto revision = run_task(store_.commit({})).value();
  EXPECT_TRUE(run_task(complete_inventory(records_)));
  EXPECT_EQ(run_task(store_.commit({})).value(), revision + 1);  // nothing was left to be done
}

TEST_F(InventoryTest, AStoreThatDidNotKnowItsRevokedOnesIsTakenInAgain) {
  const Serial revoked = record({.revocation = Revocation{kStart, RevocationReason::superseded}});
  record({});
  storage::Batch before;
  before.puts.push_back({"I", ""});
  const auto known = run_task(store_.list({.prefix = "V"})).value();
  for (const storage::Entry& entry : known)
    before.deletes.push_back(entry.key);
  EXPECT_TRUE(run_task(store_.commit(std::move(before))));
  EXPECT_FALSE(run_task(records_.is_inventory_complete()).value());
  EXPECT_TRUE(run_task(complete_inventory(records_)));
  EXPECT_TRUE(run_task(records_.is_inventory_complete()).value());
  EXPECT_THAT(find({.status = Status::revoked}), ElementsAre(revoked));
}

TEST_F(InventoryTest, AFullStoreIsTakenInAllTheSame) {
  record({});
  support::FullStore full(store_);
  full.fill();
  Records records(full);
  EXPECT_TRUE(run_task(complete_inventory(records)));
  EXPECT_TRUE(run_task(records_.is_inventory_complete()).value());
}

TEST_F(InventoryTest, ANewStoreHasNothingToTakeIn) {
  EXPECT_FALSE(run_task(records_.is_inventory_complete()).value());
  EXPECT_TRUE(run_task(complete_inventory(records_)));
  EXPECT_TRUE(run_task(records_.is_inventory_complete()).value());
}

}  // namespace
}  // namespace acmecore
