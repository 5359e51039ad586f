#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>

#include "dnsserver/credentials.h"
#include "dnsserver/publishing.h"
#include "dnsserver/rdata.h"
#include "dnsserver/zone_file.h"
#include "storage/memory_store.h"
#include "tests/dnsserver/act_collector.h"
#include "tests/support/run_task.h"

namespace dnsserver {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kBcryptOfUU = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

Name name(std::string_view text) { return Name::parse(text).value(); }

// The batches that were committed.
struct Committed final : storage::Follower {
  void follow(const storage::Batch& batch) override { batches.push_back(batch); }

  std::vector<storage::Batch> batches;
};

class ActLogTest : public testing::Test {
 protected:
  ActLogTest() { store_.follow(committed_); }
  ~ActLogTest() override { store_.unfollow(committed_); }

  template <class T>
  T run(Task<T> task) {
    return support::run_task(io_, std::move(task));
  }

  static Zone zone(std::string_view apex = "corp.test") {
    Zone zone;
    zone.apex = name(apex);
    zone.name_servers = {name("ns1.ns.test")};
    zone.contact = name("hostmaster.ns.test");
    return zone;
  }

  static RRset rrset(std::string_view owner, const std::vector<std::string>& addresses) {
    RRset rrset{name(owner), kTypeA, 60, {}};
    for (const std::string& address : addresses)
      rrset.rdata.push_back(parse_rdata(kTypeA, address).value());
    return rrset;
  }

  Result<Imported> import(const std::string& rest, bool dry_run = false) {
    const std::string text =
        "$ORIGIN corp.test.\n$TTL 60\n@ SOA ns1 host 7 100 200 300 5\n@ NS ns1.ns.test.\n";
    ZoneFile file = read_zone_file(text + rest, std::nullopt);
    return run(publishing_->import_zone(std::move(file.zone), std::move(file.rrsets), dry_run, anna_));
  }

  static Credential credential() {
    Credential credential;
    credential.comment = "the build farm";
    credential.scopes = {{.name = name("www.corp.test")},
                         {.name = name("b.corp.test"), .reach = Scope::Reach::subtree},
                         {.name = name("x.b.corp.test"), .excluded = true}};
    credential.login = Login{"farm", hash_of_password("secret")};
    credential.tsig_keys = {make_tsig_key(name("key.corp.test"), TsigAlgorithm::hmac_sha256)};
    return credential;
  }

  std::vector<ActKind> kinds() {
    std::vector<ActKind> kinds;
    for (const Act& act : acts_ = log_.take())
      kinds.push_back(act.kind);
    return kinds;
  }

  // Of what was committed last.
  const storage::Batch& last_commit() const { return committed_.batches.back(); }
  bool last_commit_has_an_entry() const {
    const auto is_entry = [](const storage::Put& put) { return put.key.starts_with(ActCollector::kLedger); };
    return last_commit().puts.size() > 1 && std::ranges::any_of(last_commit().puts, is_entry);
  }

  const Administrator anna_{"anna", "192.0.2.1"};
  boost::asio::io_context io_;
  base::ManualClock clock_{Time(std::chrono::seconds(1'790'000'000))};
  storage::MemoryStore store_;
  Committed committed_;
  ActCollector log_;
  ZoneTableHolder served_;
  std::unique_ptr<Publishing> publishing_ =
      run(Publishing::open(store_, clock_, served_, io_.get_executor(), &log_)).value();
  std::unique_ptr<Credentials> credentials_ =
      run(Credentials::open(store_, clock_, io_.get_executor(), &log_)).value();
  std::vector<Act> acts_;  // that kinds() saw last
};

TEST_F(ActLogTest, AZoneThatIsMadeOrDeletedIsToldByTheCommitOfIt) {
  const Zone made = run(publishing_->create_zone(zone(), anna_)).value();
  EXPECT_TRUE(last_commit_has_an_entry());
  EXPECT_FALSE(last_commit().may_use_reserve);
  ASSERT_THAT(kinds(), ElementsAre(ActKind::zone_created));
  EXPECT_EQ(acts_[0].by, anna_);
  EXPECT_THAT(acts_[0].names, ElementsAre(name("corp.test")));
  EXPECT_EQ(detail_of(acts_[0], "serial"), std::to_string(made.serial));

  const size_t commits = committed_.batches.size();
  ASSERT_TRUE(run(publishing_->delete_zone(name("corp.test"), anna_)));
  EXPECT_THAT(kinds(), ElementsAre(ActKind::zone_deleted));
  // What is swept behind it has no entry.
  EXPECT_EQ(committed_.batches[commits].puts.size(), 2u);
  EXPECT_TRUE(committed_.batches[commits].may_use_reserve);
}

TEST_F(ActLogTest, ARefusedActIsNotTold) {
  ASSERT_TRUE(run(publishing_->create_zone(zone(), anna_)));
  ASSERT_TRUE(run(credentials_->create(credential(), anna_)));
  log_.take();
  EXPECT_FALSE(run(publishing_->create_zone(zone(), anna_)));
  EXPECT_FALSE(run(publishing_->delete_zone(name("other.test"), anna_)));
  EXPECT_FALSE(run(publishing_->put_rrset(rrset("www.other.test", {"192.0.2.1"}), anna_)));
  EXPECT_FALSE(run(publishing_->delete_rrset(name("corp.test"), kTypeNs, anna_)));
  EXPECT_FALSE(run(credentials_->create(credential(), anna_))) << "the user name is taken";
  EXPECT_FALSE(run(credentials_->remove("nobody", anna_)));
  EXPECT_THAT(kinds(), IsEmpty());
}

TEST_F(ActLogTest, AnImportTellsHowMuchItChangedAndNothingWhereItChangesNothing) {
  ASSERT_TRUE(import("www A 192.0.2.2\n", /*dry_run=*/true));
  EXPECT_THAT(kinds(), IsEmpty());
  const auto imported = import("www A 192.0.2.2\napi A 192.0.2.3\n");
  ASSERT_TRUE(imported);
  EXPECT_TRUE(last_commit_has_an_entry());
  ASSERT_THAT(kinds(), ElementsAre(ActKind::zone_imported));
  EXPECT_EQ(detail_of(acts_[0], "created"), "yes");
  EXPECT_EQ(detail_of(acts_[0], "rrsets_added"), "2");
  EXPECT_EQ(detail_of(acts_[0], "serial"), std::to_string(imported->zone.serial));
  EXPECT_EQ(detail_of(acts_[0], "commit"), "");

  ASSERT_TRUE(import("www A 192.0.2.2\napi A 192.0.2.3\n"));
  EXPECT_THAT(kinds(), IsEmpty());
  ASSERT_TRUE(import("www A 192.0.2.9\n"));
  ASSERT_THAT(kinds(), ElementsAre(ActKind::zone_imported));
  EXPECT_EQ(detail_of(acts_[0], "created"), "");
  EXPECT_EQ(detail_of(acts_[0], "serial_before"), std::to_string(imported->zone.serial));
  EXPECT_EQ(detail_of(acts_[0], "rrsets_changed"), "1");
  EXPECT_EQ(detail_of(acts_[0], "rrsets_removed"), "1");
}

TEST_F(ActLogTest, EachCommitOfALargeImportIsTold) {
  std::string records;
  for (size_t i = 0; i <= kImportRRsetsPerCommitMax; ++i)
    records += "n" + std::to_string(i) + " A 192.0.2.2\n";
  ASSERT_TRUE(import(records));
  ASSERT_THAT(kinds(), ElementsAre(ActKind::zone_imported, ActKind::zone_imported));
  EXPECT_EQ(detail_of(acts_[0], "commit"), "1 of 2");
  EXPECT_EQ(detail_of(acts_[1], "commit"), "2 of 2");
}

TEST_F(ActLogTest, AnRRsetIsToldWithItsRecordsAndAChallengeValueNever) {
  ASSERT_TRUE(run(publishing_->create_zone(zone(), anna_)));
  log_.take();
  ASSERT_TRUE(run(publishing_->put_rrset(rrset("www.corp.test", {"192.0.2.2"}), anna_)));
  EXPECT_TRUE(last_commit_has_an_entry());
  ASSERT_THAT(kinds(), ElementsAre(ActKind::rrset_put));
  EXPECT_THAT(acts_[0].names, ElementsAre(name("www.corp.test")));
  EXPECT_THAT(acts_[0].details,
              ElementsAre(ActDetail{"type", "A"}, ActDetail{"ttl", "60"}, ActDetail{"rdata", "192.0.2.2"}));

  const Time expires = clock_.now() + std::chrono::hours(1);
  const Writer writer = Writer::of_configuration("alice");
  ASSERT_TRUE(run(publishing_->present(writer, name("www.corp.test"), "value", expires)));
  ASSERT_TRUE(run(publishing_->remove(writer, name("www.corp.test"), "value")));
  EXPECT_THAT(kinds(), IsEmpty());

  ASSERT_TRUE(run(publishing_->delete_rrset(name("www.corp.test"), kTypeA, anna_)));
  EXPECT_TRUE(last_commit().may_use_reserve);
  ASSERT_THAT(kinds(), ElementsAre(ActKind::rrset_deleted));
  EXPECT_THAT(acts_[0].details, ElementsAre(ActDetail{"type", "A"}));
}

TEST_F(ActLogTest, WhatChangesNothingIsNoActAndNoCommit) {
  ASSERT_TRUE(run(publishing_->create_zone(zone(), anna_)));
  ASSERT_TRUE(run(publishing_->put_rrset(rrset("www.corp.test", {"192.0.2.2"}), anna_)));
  const SharedCredential made = run(credentials_->create(credential(), anna_)).value();
  RRset name_servers{name("corp.test"), kTypeNs, 60, {}};
  name_servers.rdata = {parse_rdata(kTypeNs, "ns2.ns.test.").value()};
  ASSERT_TRUE(run(publishing_->put_rrset(name_servers, anna_)));
  log_.take();

  const size_t commits = committed_.batches.size();
  EXPECT_TRUE(run(publishing_->put_rrset(rrset("www.corp.test", {"192.0.2.2"}), anna_)));
  EXPECT_TRUE(run(publishing_->put_rrset(name_servers, anna_)));
  EXPECT_TRUE(run(publishing_->delete_rrset(name("nobody.corp.test"), kTypeA, anna_)));
  EXPECT_TRUE(run(publishing_->delete_rrset(name("www.corp.test"), kTypeTxt, anna_)));
  const Credentials::Edit nothing = [](Credential&) -> Result<void> { return {}; };
  EXPECT_EQ(run(credentials_->update(made->id, nothing, anna_)).value(), made);
  EXPECT_THAT(kinds(), IsEmpty());
  EXPECT_EQ(committed_.batches.size(), commits);

  name_servers.rdata.push_back(parse_rdata(kTypeNs, "ns3.ns.test.").value());
  EXPECT_TRUE(run(publishing_->put_rrset(name_servers, anna_)));
  EXPECT_TRUE(run(publishing_->delete_rrset(name("www.corp.test"), kTypeA, anna_)));
  EXPECT_TRUE(run(publishing_->delete_rrset(name("www.corp.test"), kTypeA, anna_)));
  EXPECT_THAT(kinds(), ElementsAre(ActKind::rrset_put, ActKind::rrset_deleted));
}

TEST_F(ActLogTest, AnRRsetIsToldAsItIsStored) {
  ASSERT_TRUE(run(publishing_->create_zone(zone(), anna_)));
  log_.take();
  const std::vector<std::string> twice = {"192.0.2.2", "192.0.2.3", "192.0.2.2"};
  ASSERT_TRUE(run(publishing_->put_rrset(rrset("www.corp.test", twice), anna_)));
  ASSERT_THAT(kinds(), ElementsAre(ActKind::rrset_put));
  EXPECT_THAT(acts_[0].details,
              ElementsAre(ActDetail{"type", "A"}, ActDetail{"ttl", "60"}, ActDetail{"rdata", "192.0.2.2"},
                          ActDetail{"rdata", "192.0.2.3"}));
}

TEST_F(ActLogTest, OfManyScopesTheFirstAreToldAndHowManyThereAre) {
  Credential many;
  for (size_t i = 0; i <= kScopesToldMax; ++i)
    many.scopes.push_back({.name = name("n" + std::to_string(i) + ".corp.test")});
  const Act act = act_of(ActKind::credential_created, many, anna_);
  EXPECT_EQ(act.names.size(), kScopesToldMax);
  EXPECT_EQ(act.details.size(), 1 + kScopesToldMax + 1);  // its id, and how many there are
  EXPECT_EQ(detail_of(act, "scopes"), std::to_string(kScopesToldMax + 1));
  many.scopes.pop_back();
  EXPECT_EQ(detail_of(act_of(ActKind::credential_created, many, anna_), "scopes"), "");
}

TEST_F(ActLogTest, OfManyRecordsTheFirstAreToldAndHowManyThereAre) {
  std::vector<std::string> addresses;
  for (size_t i = 0; i <= kRdataToldMax; ++i)
    addresses.push_back("192.0.2." + std::to_string(i));
  const Act put = act_of(rrset("www.corp.test", addresses), anna_);
  EXPECT_EQ(put.details.size(), 2 + kRdataToldMax + 1);
  EXPECT_EQ(detail_of(put, "records"), std::to_string(kRdataToldMax + 1));
  addresses.pop_back();
  EXPECT_EQ(detail_of(act_of(rrset("www.corp.test", addresses), anna_), "records"), "");
}

TEST_F(ActLogTest, ACredentialIsToldWithWhatItMayAndWithoutASecret) {
  const SharedCredential made = run(credentials_->create(credential(), anna_)).value();
  EXPECT_TRUE(last_commit_has_an_entry());
  EXPECT_FALSE(last_commit().may_use_reserve);
  ASSERT_THAT(kinds(), ElementsAre(ActKind::credential_created));
  EXPECT_EQ(acts_[0].by, anna_);
  EXPECT_THAT(acts_[0].names, ElementsAre(name("www.corp.test"), name("b.corp.test")));
  EXPECT_THAT(
      acts_[0].details,
      ElementsAre(ActDetail{"publishing_credential", made->id}, ActDetail{"comment", "the build farm"},
                  ActDetail{"scope", "www.corp.test."}, ActDetail{"scope", "b.corp.test. and below"},
                  ActDetail{"scope", "never x.b.corp.test."}, ActDetail{"user_name", "farm"},
                  ActDetail{"tsig_key", "hmac-sha256:key.corp.test."}));

  const Credentials::Edit disable = [](Credential& changed) -> Result<void> {
    changed.disabled = true;
    return {};
  };
  ASSERT_TRUE(run(credentials_->update(made->id, disable, anna_)));
  EXPECT_TRUE(last_commit().may_use_reserve);
  ASSERT_THAT(kinds(), ElementsAre(ActKind::credential_updated));
  EXPECT_EQ(detail_of(acts_[0], "disabled"), "yes");

  ASSERT_TRUE(run(credentials_->remove(made->id, anna_)));
  EXPECT_TRUE(last_commit().may_use_reserve);
  ASSERT_THAT(kinds(), ElementsAre(ActKind::credential_removed));
  EXPECT_EQ(detail_of(acts_[0], "user_name"), "farm");
}

TEST_F(ActLogTest, AnAccountOfOnesOwnIsToldAndANewHashOfItsPasswordIsNot) {
  NewAccount wanted;
  wanted.apex = name("corp.test");
  const Account account = run(credentials_->register_account(wanted, {"", "192.0.2.7"})).value();
  ASSERT_THAT(kinds(), ElementsAre(ActKind::credential_created));
  EXPECT_EQ(acts_[0].by, Administrator("", "192.0.2.7"));
  EXPECT_THAT(acts_[0].names, ElementsAre(account.name));

  Credential imported;
  imported.scopes = {{.name = name("old.corp.test")}};
  imported.login = Login{"imported", imported_bcrypt(kBcryptOfUU).value()};
  ASSERT_TRUE(run(credentials_->create(imported, anna_)));
  log_.take();
  ASSERT_TRUE(run(credentials_->authenticate("imported", "U*U", std::nullopt)));
  EXPECT_EQ(credentials_->find_by_login("imported")->login->password, hash_of_password("U*U"));
  EXPECT_THAT(kinds(), IsEmpty());
}

}  // namespace
}  // namespace dnsserver
