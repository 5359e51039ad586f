#include "app/identities.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "acmecore/certificate.h"
#include "acmecore/pem.h"
#include "app/files.h"
#include "tests/acmecore/identity_fixture.h"
#include "tests/acmecore/issuer_fixture.h"
#include "tests/support/temp_directory.h"

namespace app {
namespace {

using base::http::TlsIdentity;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::SizeIs;

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

  support::TempDirectory directory_;
  base::ManualClock clock_{base::parse_rfc3339("2026-11-23T04:30:00Z").value()};
  acmecore::Issuers issuers_{acmecore::new_issuer(clock_.now())};
  const Identities::Issue issue_ = [this](const std::vector<std::string>& hosts) {
    return acmecore::make_identity(issuers_, hosts, clock_.now());
  };
  base::Config config_;
};

TEST_F(IdentitiesTest, OfOurCaAreForWhatClientsMayCallUs) {
  config_.acme.external_url = "https://acme.corp.test:8443";
  config_.grpc.listen = {{"192.0.2.1", 8444}, {"0.0.0.0", 8445}};
  Identities identities(config_, issue_, clock_);
  const auto identity = identities.acme();
  ASSERT_TRUE(identity);
  const auto names = leaf_of(*identity).subject_alt_name;
  EXPECT_THAT(names.dns_names, IsSupersetOf({"localhost", "acme.corp.test"}));
  EXPECT_THAT(names.ip_addresses, IsSupersetOf({std::string("\x7f\0\0\1", 4), std::string("\xc0\0\2\1", 4)}));
}

TEST_F(IdentitiesTest, OfOurCaAreForTheNameServersToo) {
  config_.dns.tls.listen = {{"192.0.2.53", 853}, {"::", 853}};
  config_.dns.tls.names = {"ns1.acme.corp.test"};
  Identities identities(config_, issue_, clock_);
  const auto identity = identities.dns();
  ASSERT_TRUE(identity);
  const auto names = leaf_of(*identity).subject_alt_name;
  EXPECT_THAT(names.dns_names, IsSupersetOf({"localhost", "ns1.acme.corp.test"}));
  EXPECT_THAT(names.ip_addresses, IsSupersetOf({std::string("\xc0\0\2\x35", 4)}));
}

TEST_F(IdentitiesTest, OfOurCaAreNewEachTime) {
  Identities identities(config_, issue_, clock_);
  EXPECT_NE(identities.grpc().value().key_pem, identities.grpc().value().key_pem);
}

TEST_F(IdentitiesTest, OfOurCaGrowOld) {
  Identities identities(config_, issue_, clock_);
  EXPECT_FALSE(identities.due_for_renewal());
  ASSERT_TRUE(identities.acme());
  identities.note_taken();
  EXPECT_FALSE(identities.due_for_renewal());
  clock_.advance(std::chrono::days(25));
  EXPECT_TRUE(identities.due_for_renewal());
  ASSERT_TRUE(identities.acme());
  identities.note_taken();
  EXPECT_FALSE(identities.due_for_renewal());
}

TEST_F(IdentitiesTest, OneThatNoListenerHasPutsNoRenewalOff) {
  Identities source(config_, issue_, clock_);
  config_.acme.tls = save(source.acme().value(), "acme");
  Identities identities(config_, issue_, clock_);
  ASSERT_TRUE(identities.acme());
  ASSERT_TRUE(identities.grpc());
  identities.note_taken();
  clock_.advance(std::chrono::days(25));
  std::filesystem::remove(config_.acme.tls.key);
  EXPECT_TRUE(identities.grpc());
  EXPECT_FALSE(identities.acme()) << "so neither is taken";
  EXPECT_TRUE(identities.due_for_renewal());
}

TEST_F(IdentitiesTest, OfOurCaAreKnownBySerial) {
  Identities source(config_, issue_, clock_);
  config_.grpc.tls = save(source.grpc().value(), "grpc");
  Identities identities(config_, issue_, clock_);
  ASSERT_TRUE(identities.grpc());
  ASSERT_TRUE(identities.dns());
  const TlsIdentity acme = identities.acme().value();
  EXPECT_THAT(identities.serials(), IsEmpty()) << "no listener has them";
  identities.note_taken();
  EXPECT_THAT(identities.serials(), SizeIs(2));
  EXPECT_THAT(identities.serials(), Contains(leaf_of(acme).serial));
}

TEST_F(IdentitiesTest, FromFilesAreReadEachTime) {
  Identities source(config_, issue_, clock_);
  const TlsIdentity first = source.acme().value();
  config_.acme.tls = save(first, "acme");
  Identities identities(config_, nullptr, clock_);
  EXPECT_EQ(identities.acme().value().chain_pem, first.chain_pem);
  const TlsIdentity second = source.acme().value();
  save(second, "acme");
  EXPECT_EQ(identities.acme().value().chain_pem, second.chain_pem);
  EXPECT_FALSE(identities.due_for_renewal());
}

TEST_F(IdentitiesTest, AKeyOfAnotherCertificateIsRefused) {
  Identities source(config_, issue_, clock_);
  base::TlsFiles files = save(source.acme().value(), "one");
  files.key = save(source.acme().value(), "other").key;
  const auto loaded = load_identity(files);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().kind, base::ErrorKind::malformed);
  EXPECT_THAT(loaded.error().detail, HasSubstr("one.pem and "));
}

TEST_F(IdentitiesTest, NoFilesAreNoIdentity) { EXPECT_FALSE(load_identity({}).value()); }

}  // namespace
}  // namespace app
