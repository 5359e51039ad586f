#include "tests/acmecore/killed_authority.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <sstream>

#include "acmecore/audit_walk.h"
#include "base/log.h"
#include "base/openssl.h"
#include "tests/acmecore/certificate_fixtures.h"
#include "tests/support/temp_directory.h"

// A CA is killed between any two steps of what it does, again and again, also while it takes up what the one before
// left behind. At the end each order has one certificate, each serial number was signed once, and what was revoked
// stays so.
namespace acmecore {
namespace {

constexpr size_t kKills = 150;
constexpr size_t kKillsOfALife = 75;  // of one directory
constexpr size_t kLastStep = 450;     // some rounds of work behind the start

// Steps that none may be left out of, in an order in which each of them comes: what is taken up was left behind.
const std::vector<std::string> kSteps = {"before the commit of order.created",
                                         "behind the commit of order.created",
                                         "behind the commit of challenge.validated",
                                         "before the commit of order.finalized",
                                         "behind the commit of order.finalized",
                                         "before the commit of order.taken_up",
                                         "behind the commit of order.taken_up",
                                         "before the signature of a leaf",
                                         "behind the signature of a leaf",
                                         "before the commit of certificate.issued",
                                         "behind the commit of certificate.issued",
                                         "before the commit of certificate.revoked",
                                         "behind the commit of certificate.revoked",
                                         "before the commit of crl.numbered",
                                         "behind the commit of crl.numbered",
                                         "before the signature of a crl",
                                         "behind the signature of a crl",
                                         "behind a write of data.mdb",
                                         "before a sync of data.mdb",
                                         "behind a sync of data.mdb",
                                         "before a write of 0.crl.new",
                                         "before a sync of 0.crl.new",
                                         "before a rename of 0.crl",
                                         "behind a rename of 0.crl"};

// What a killed process had told, and where it was killed.
struct Told {
  std::vector<std::string> orders;
  std::multimap<std::string, std::string> certificates;  // by order
  std::vector<std::string> revoked;
  std::vector<std::string> leaves;                    // that were signed
  std::map<std::string, std::vector<uint64_t>> crls;  // that were signed, by their URL
  std::vector<std::string> killed;
};

Told read_journal(const std::filesystem::path& file) {
  Told told;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string verb, kind, object, other;
    words >> verb;
    if (verb == "killed") told.killed.push_back(line.substr(verb.size() + 1));
    if (verb == "signed") words >> kind;
    words >> object >> other;
    if (verb == "order") told.orders.push_back(object);
    if (verb == "has") told.certificates.insert({object, other});
    if (verb == "revoked") told.revoked.push_back(object);
    if (kind == "leaf") told.leaves.push_back(object);
    if (kind == "crl") told.crls[object].push_back(std::stoull(other));
  }
  return told;
}

// The CRLs in files: number and serials.
struct CrlContent {
  uint64_t number;
  std::set<std::string> serials;
};
using Crls = std::map<CrlShard, CrlContent>;

Crls read_crls(const CrlFiles& files, const std::string& ca) {
  Crls crls;
  const auto found = files.read(ca).value();
  for (const CrlFiles::File& file : found) {
    const Crl crl = parse_crl(file.der).value();
    CrlContent content{crl_number(crl).value(), {}};
    const auto take = [&](const CrlEntry& entry) {
      const bool is_first = content.serials.insert(text_of(revoked_certificate(entry)->serial)).second;
      EXPECT_TRUE(is_first) << "a serial number stands there twice";
      return true;
    };
    EXPECT_TRUE(for_each_entry(crl.entries.value_or(""), take));
    EXPECT_TRUE(test_issuer().signed_crl(crl));
    crls.insert({file.shard, std::move(content)});
  }
  return crls;
}

std::vector<IssuedCertificate> all_certificates(KilledAuthority& ca) {
  std::vector<IssuedCertificate> all;
  for (const Serial& serial : ca.must(ca.records().certificates("", 10'000)))
    all.push_back(ca.must(ca.records().certificate(serial)).value);
  return all;
}

// All events, once the chain of them was followed to its end.
std::vector<AuditEvent> audited(KilledAuthority& ca) {
  AuditLog log(ca.store());
  AuditWalk walk(log, {});
  AuditCheck check;
  while (!check.at_end && check.fault.empty())
    check = ca.must(walk.next());
  EXPECT_EQ(check.fault, "");
  std::vector<AuditEvent> events;
  AuditPage page;
  for (std::optional<uint64_t> after = 0; after; after = page.next) {
    page = ca.must(log.page({}, *after, 1000));
    for (AuditEntry& entry : page.found)
      events.push_back(std::move(entry.event));
  }
  return events;
}

class KilledAuthorityTest : public testing::Test {
 protected:
  KilledAuthorityTest() {
    base::log::configure(base::log::Level::error, base::log::Format::text);
    test_issuer();  // and what else all processes share
  }

  // One directory, whose processes end so, but for the last one.
  void live(const std::vector<Death>& deaths) {
    const support::TempDirectory temporary(support::TempDirectory::Place::memory);
    directory_ = temporary.path();
    time_ = kNow;
    crls_.clear();
    for (const Death& death : deaths) {
      SCOPED_TRACE("killed at step " + std::to_string(death.number) + " " + death.name);
      ASSERT_NO_FATAL_FAILURE(run(death));
      ASSERT_NO_FATAL_FAILURE(check_files());
      time_ += std::chrono::minutes(10);
    }
    ASSERT_NO_FATAL_FAILURE(run({}));
    Journal journal(directory_ / "journal");
    KilledAuthority ca(directory_ / "state", client_, time_, journal);
    ca.start();
    told_ = read_journal(directory_ / "journal");
    certificates_ = all_certificates(ca);
    events_ = audited(ca);
    check_orders(ca.orders());
    check_certificates();
    check_revocations(ca);
    check_events();
    check_files();
    for (const std::string& where : told_.killed)
      ++killed_[where];
  }

  // Where, and how often.
  std::map<std::string, size_t> killed_;

 private:
  // A process that is killed or, where it is not, finishes what is there and ends.
  void run(const Death& death) {
    const bool is_last = death.last == 0;
    const pid_t process = fork();
    ASSERT_GE(process, 0);
    if (process == 0) {
      Journal journal(directory_ / "journal");
      kill_at(death, directory_ / "state", journal);
      KilledAuthority ca(directory_ / "state", client_, time_, journal);
      ca.start();
      if (!is_last) ca.work();
      ca.finish();
      _exit(0);
    }
    int status = 0;
    ASSERT_EQ(waitpid(process, &status, 0), process);
    const bool was_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    const bool has_finished = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    ASSERT_TRUE(is_last ? has_finished : was_killed) << "it ended with " << status;
  }

  // What was published is not taken back: numbers rise, and who was in a CRL is in the next.
  void check_files() {
    const Crls now = read_crls(CrlFiles(directory_ / "state" / "crl"), ca_id(test_issuer().certificate()));
    for (const auto& [shard, before] : crls_) {
      const auto found = now.find(shard);
      ASSERT_NE(found, now.end());
      EXPECT_GE(found->second.number, before.number);
      EXPECT_THAT(found->second.serials, testing::IsSupersetOf(before.serials));
    }
    crls_ = now;
  }

  // What was acknowledged is there; each order has one certificate, the one that its client was told of; and what was
  // signed had been decided on before.
  void check_orders(const std::vector<OrderView>& orders) {
    std::map<std::string, std::string> had;  // serials, by order
    std::set<std::string> abandoned;
    for (const OrderView& order : orders) {
      ASSERT_EQ(order.status, OrderStatus::valid) << order.order.id;
      had[order.order.id] = text_of(*order.order.certificate);
      for (const Serial& serial : order.order.abandoned)
        abandoned.insert(text_of(serial));
    }
    for (const std::string& order : told_.orders)
      EXPECT_TRUE(had.contains(order)) << order;
    for (const auto& [order, serial] : told_.certificates)
      EXPECT_EQ(had[order], serial) << order;

    std::set<std::string> signed_once;
    for (const std::string& serial : told_.leaves)
      EXPECT_TRUE(signed_once.insert(serial).second) << serial << " was signed twice";
    for (const auto& [order, serial] : had) {
      EXPECT_TRUE(signed_once.contains(serial));
      EXPECT_FALSE(abandoned.contains(serial));
      signed_once.erase(serial);
    }
    EXPECT_THAT(abandoned, testing::IsSupersetOf(signed_once)) << "of those that were signed for nothing";
    abandoned_ = abandoned.size();
    ASSERT_EQ(certificates_.size(), orders.size());
    for (const IssuedCertificate& certificate : certificates_)
      EXPECT_EQ(had[certificate.order], text_of(certificate.serial));
  }

  void check_certificates() {
    std::set<base::Bytes> keys;
    for (const IssuedCertificate& certificate : certificates_) {
      const auto read = parse_certificate(certificate.der);
      ASSERT_TRUE(read);
      EXPECT_EQ(read->serial, certificate.serial);
      EXPECT_TRUE(keys.insert(read->spki_der).second) << "of two orders, whose keys were others";
    }
  }

  void check_revocations(KilledAuthority& ca) {
    std::map<std::string, IssuedCertificate> revoked;
    std::map<CrlShard, std::set<std::string>> expected;
    for (const IssuedCertificate& certificate : certificates_) {
      if (!certificate.revocation) continue;
      revoked[text_of(certificate.serial)] = certificate;
      expected[*certificate.crl].insert(text_of(certificate.serial));
      const bool is_compromise = certificate.revocation->reason == RevocationReason::key_compromise;
      const base::Bytes key = base::sha256(parse_certificate(certificate.der)->spki_der);
      EXPECT_EQ(ca.must(ca.records().is_blocked(key)), is_compromise);
    }
    for (const std::string& serial : told_.revoked)
      EXPECT_TRUE(revoked.contains(serial)) << serial;
    const Crls published = read_crls(ca.files(), test_issuer().ca());
    EXPECT_EQ(published.size(), KilledAuthority::kShards);
    for (const auto& [shard, crl] : published) {
      EXPECT_EQ(crl.serials, expected[shard]);
      const std::vector<uint64_t>& numbers = told_.crls[ca.urls().crl(shard)];
      ASSERT_FALSE(numbers.empty());
      EXPECT_EQ(std::ranges::adjacent_find(numbers, std::greater_equal()), numbers.end())
          << "they do not rise";
    }
  }

  // The log tells of each once, of nothing that did not happen, and of each CRL's number that it was decided on.
  void check_events() {
    std::map<std::string, std::multiset<std::string>> told;  // by kind
    for (const AuditEvent& event : events_) {
      const bool is_crl = event.kind == audit_kind::kCrlNumbered;
      const bool is_of_certificate = event.kind.starts_with("certificate.");
      told[event.kind].insert(is_crl ? std::string(event.detail("shard")) + ' ' +
                                           std::string(event.detail("crl_number"))
                              : is_of_certificate ? text_of(*event.serial)
                                                  : event.order);
    }
    std::multiset<std::string> issued, revoked, orders;
    for (const IssuedCertificate& certificate : certificates_) {
      issued.insert(text_of(certificate.serial));
      orders.insert(certificate.order);
      if (certificate.revocation) revoked.insert(text_of(certificate.serial));
    }
    EXPECT_EQ(told[std::string(audit_kind::kOrderCreated)], orders);
    EXPECT_EQ(told[std::string(audit_kind::kOrderFinalized)], orders);
    EXPECT_EQ(told[std::string(audit_kind::kCertificateIssued)], issued);
    EXPECT_EQ(told[std::string(audit_kind::kCertificateRevoked)], revoked);
    EXPECT_EQ(told[std::string(audit_kind::kOrderTakenUp)].size(), abandoned_);
    const auto& numbered = told[std::string(audit_kind::kCrlNumbered)];
    for (const auto& [url, numbers] : told_.crls) {
      const size_t begin = url.rfind('/') + 1;
      for (const uint64_t number : numbers)
        EXPECT_EQ(numbered.count(url.substr(begin, url.rfind('.') - begin) + ' ' + std::to_string(number)),
                  1u);
    }
  }

  const ClientKey client_;
  std::filesystem::path directory_;
  base::Time time_;
  Crls crls_;  // as they were last seen
  Told told_;
  std::vector<IssuedCertificate> certificates_;
  std::vector<AuditEvent> events_;
  size_t abandoned_ = 0;
};

size_t number_from(const char* variable, size_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : size_t(std::strtoul(text, nullptr, 10));
}

// ASSAY_KILLS=n kills so often. In each directory first at the steps that have a name here, and then anywhere.
TEST_F(KilledAuthorityTest, HasOneCertificateForAnOrderAndNoSerialTwiceWhereverItIsKilled) {
  const size_t kills = number_from("ASSAY_KILLS", kKills);
  std::mt19937 random(20261127);
  std::uniform_int_distribution<size_t> anywhere(1, kLastStep);
  for (size_t done = 0; done < kills; done += kKillsOfALife) {
    SCOPED_TRACE("after " + std::to_string(done) + " kills");
    const size_t number = 1 + done / kKillsOfALife % 2;  // in every other one a little later
    std::vector<Death> deaths(std::min(kKillsOfALife, kills - done));
    for (size_t i = 0; i < deaths.size(); ++i) {
      if (i < kSteps.size()) deaths[i] = {kSteps[i], number, kLastStep};
      if (i >= kSteps.size()) deaths[i] = {"", anywhere(random), kLastStep};
    }
    ASSERT_NO_FATAL_FAILURE(live(deaths));
    ASSERT_FALSE(HasFailure());
  }
  for (const auto& [where, count] : killed_)
    std::cout << count << " were killed " << where << '\n';
  for (const std::string& step : kills < kKills ? std::vector<std::string>() : kSteps) {
    const auto found = killed_.lower_bound(step);
    EXPECT_TRUE(found != killed_.end() && found->first.starts_with(step)) << "nobody was killed " << step;
  }
}

}  // namespace
}  // namespace acmecore
