#include "app/identities.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "acmecore/certificate.h"
#include "acmecore/pem.h"
#include "app/files.h"
#include "tests/acmecore/identity_fixture.h"
#include "tests/acmecore/issuer_fixture.h"
#include "tests/support/temp_directory.h"

namespace app {
namespace {

using base::http::TlsIdentity;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;

class IdentitiesTest : public testing::Test {
 protected:
  static acmecore::Certificate leaf_of(const TlsIdentity& identity) {
    const std::string leaf = identity.chain_pem.substr(0, identity.chain_pem.find("-----BEGIN", 1));
    return acmecore::parse_certificate(acmecore::parse_pem(acmecore::kPemCertificate, leaf).value()).value();
  }

  // The identity in files.
  base::TlsFiles save(const TlsIdentity& identity, const std::string& name) {
    const base::TlsFiles files{directory_.path() / (name + ".pem"), directory_.path() / (name + ".key")};
    EXPECT_TRUE(write_file(files.certificate, identity.chain_pem, FileMode::open_to_all));
    EXPECT_TRUE(write_file(files.key, identity.key_pem, FileMode::secret));
    return files;
  }

  // Adds a listener, and shows what it has.
  void add(Identities& identities, const std::string& name, const base::TlsFiles& files = {}) {
    const auto give = [this, name](const TlsIdentity& identity) -> base::Result<void> {
      if (name == refusing_) return base::fail(base::ErrorKind::malformed, name + " takes none");
      shown_[name] = leaf_of(identity).serial;
      return {};
    };
    shown_[name] = leaf_of(identities.first(files, give).value()).serial;
  }
  // Whose was replaced since.
  std::vector<std::string> changed_since(const std::map<std::string, acmecore::Serial>& before) const {
    std::vector<std::string> names;
    for (const auto& [name, serial] : shown_) {
      if (before.at(name) != serial) names.push_back(name);
    }
    return names;
  }
  // What an hourly look does where this one was revoked.
  static base::Result<void> renew_due(Identities& identities, const acmecore::Serial& revoked = {}) {
    return identities.renew_due([&](const acmecore::Serial& serial) { return serial == revoked; });
  }
  TlsIdentity from_elsewhere() const {
    auto made = acmecore::make_identity(issuers_, {}, clock_.now()).value();
    return {std::move(made.chain_pem), std::move(made.key_pem)};
  }

  support::TempDirectory directory_;
  base::ManualClock clock_{base::parse_rfc3339("2026-11-23T04:30:00Z").value()};
  acmecore::Issuers issuers_{acmecore::new_issuer(clock_.now())};
  int issued_ = 0;
  const Identities::Issue issue_ = [this](const std::vector<std::string>& hosts) {
    ++issued_;
    return acmecore::make_identity(issuers_, hosts, clock_.now());
  };
  const Identities::Give nowhere_ = [](const TlsIdentity&) { return base::Result<void>(); };
  std::map<std::string, acmecore::Serial> shown_;  // by listener
  std::string refusing_;                           // a listener that keeps what it has
  base::Config config_;
};

TEST_F(IdentitiesTest, OfOurCaAreForWhatClientsMayCallUs) {
  config_.acme.external_url = "https://acme.corp.test:8443";
  config_.grpc.listen = {{"192.0.2.1", 8444}, {"0.0.0.0", 8445}};
  Identities identities(config_, issue_, clock_);
  const auto identity = identities.first({}, nowhere_);
  ASSERT_TRUE(identity);
  const auto names = leaf_of(*identity).subject_alt_name;
  EXPECT_THAT(names.dns_names, IsSupersetOf({"localhost", "acme.corp.test"}));
  EXPECT_THAT(names.ip_addresses, IsSupersetOf({std::string("\x7f\0\0\1", 4), std::string("\xc0\0\2\1", 4)}));
}

TEST_F(IdentitiesTest, OfOurCaAreForTheNameServersToo) {
  config_.dns.tls.listen = {{"192.0.2.53", 853}, {"::", 853}};
  config_.dns.tls.names = {"ns1.acme.corp.test"};
  Identities identities(config_, issue_, clock_);
  const auto identity = identities.first({}, nowhere_);
  ASSERT_TRUE(identity);
  const auto names = leaf_of(*identity).subject_alt_name;
  EXPECT_THAT(names.dns_names, IsSupersetOf({"localhost", "ns1.acme.corp.test"}));
  EXPECT_THAT(names.ip_addresses, IsSupersetOf({std::string("\xc0\0\2\x35", 4)}));
}

TEST_F(IdentitiesTest, OfOurCaAreNewForEachListener) {
  Identities identities(config_, issue_, clock_);
  EXPECT_NE(identities.first({}, nowhere_).value().key_pem, identities.first({}, nowhere_).value().key_pem);
}

TEST_F(IdentitiesTest, OfOurCaAreReplacedWhenTheyGrowOld) {
  Identities identities(config_, issue_, clock_);
  add(identities, "acme");
  clock_.advance(std::chrono::days(19));
  add(identities, "grpc");
  const auto before = shown_;
  EXPECT_TRUE(renew_due(identities));
  EXPECT_THAT(changed_since(before), IsEmpty());
  clock_.advance(std::chrono::days(6));
  EXPECT_TRUE(renew_due(identities));
  EXPECT_THAT(changed_since(before), ElementsAre("acme"));
  EXPECT_TRUE(renew_due(identities));
  EXPECT_EQ(issued_, 3) << "the new one is young";
}

TEST_F(IdentitiesTest, OneThatWasRevokedIsReplacedAlone) {
  Identities identities(config_, issue_, clock_);
  add(identities, "acme");
  add(identities, "grpc");
  const auto before = shown_;
  EXPECT_TRUE(renew_due(identities, before.at("grpc")));
  EXPECT_THAT(changed_since(before), ElementsAre("grpc"));
  EXPECT_TRUE(renew_due(identities, before.at("grpc")));
  EXPECT_EQ(issued_, 3) << "no listener has the revoked one any more";
}

TEST_F(IdentitiesTest, ABrokenFileKeepsNoOldOneFromBeingReplaced) {
  const base::TlsFiles files = save(from_elsewhere(), "dns");
  Identities identities(config_, issue_, clock_);
  add(identities, "acme");
  add(identities, "dns", files);
  const auto before = shown_;
  clock_.advance(std::chrono::days(25));
  std::filesystem::remove(files.key);
  EXPECT_FALSE(identities.renew_all());
  EXPECT_THAT(changed_since(before), IsEmpty());
  EXPECT_EQ(issued_, 1) << "none in vain";
  EXPECT_TRUE(renew_due(identities));
  EXPECT_THAT(changed_since(before), ElementsAre("acme"));
}

TEST_F(IdentitiesTest, AListenerThatTakesNoneKeepsNoOtherFromHavingOne) {
  Identities identities(config_, issue_, clock_);
  add(identities, "acme");
  add(identities, "grpc");
  const auto before = shown_;
  clock_.advance(std::chrono::days(25));
  refusing_ = "acme";
  EXPECT_FALSE(renew_due(identities));
  EXPECT_THAT(changed_since(before), ElementsAre("grpc"));
  refusing_ = "";
  EXPECT_TRUE(renew_due(identities));
  EXPECT_THAT(changed_since(before), ElementsAre("acme", "grpc")) << "its own is old yet";
  EXPECT_EQ(issued_, 5);
}

TEST_F(IdentitiesTest, FromFilesAreReadWhenAllAreRenewed) {
  const base::TlsFiles files = save(from_elsewhere(), "acme");
  Identities identities(config_, nullptr, clock_);
  add(identities, "acme", files);
  const TlsIdentity second = from_elsewhere();
  save(second, "acme");
  const auto before = shown_;
  clock_.advance(std::chrono::days(25));
  EXPECT_TRUE(renew_due(identities, before.at("acme")));
  EXPECT_THAT(changed_since(before), IsEmpty()) << "whoever wrote the files says when";
  EXPECT_TRUE(identities.renew_all());
  EXPECT_EQ(shown_.at("acme"), leaf_of(second).serial);
}

TEST_F(IdentitiesTest, AKeyOfAnotherCertificateIsRefused) {
  base::TlsFiles files = save(from_elsewhere(), "one");
  files.key = save(from_elsewhere(), "other").key;
  const auto loaded = load_identity(files);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().kind, base::ErrorKind::malformed);
  EXPECT_THAT(loaded.error().detail, HasSubstr("one.pem and "));
}

TEST_F(IdentitiesTest, NoFilesAreNoIdentity) { EXPECT_FALSE(load_identity({}).value()); }

}  // namespace
}  // namespace app
