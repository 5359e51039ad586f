#include "app/check_config.h"

#include <gmock/gmock.h>

#include "acmecore/ca_ceremony.h"
#include "acmecore/development_ca.h"
#include "app/files.h"
#include "tests/support/temp_directory.h"

namespace app {
namespace {

using base::Role;
using testing::HasSubstr;

class CheckConfig : public testing::Test {
 protected:
  CheckConfig() {
    const auto token = directory_.path() / "token";
    EXPECT_TRUE(write_file(token, "0123456789abcdef", FileMode::secret));
    config_.grpc.credentials = {{"admin", token, "", {base::Permission::zones}}};
  }

  std::string refusal() {
    const auto checked = check_config(config_);
    return checked ? "" : checked.error().detail;
  }

  support::TempDirectory directory_;
  base::Config config_;
};

TEST_F(CheckConfig, AllRolesFitTogether) { EXPECT_EQ(refusal(), ""); }

TEST_F(CheckConfig, APolicyHasPatternsThatAreSome) {
  config_.policy.deny = {"**.corp.test"};
  EXPECT_EQ(refusal(), "");
  config_.policy.deny = {"**corp.test"};
  EXPECT_THAT(refusal(), HasSubstr("policy.deny: \"**corp.test\" is no pattern of names"));
}

TEST_F(CheckConfig, APublicProfileKeepsTheBaselineRequirements) {
  config_.issuance.certificate_lifetime = std::chrono::days(399);
  EXPECT_EQ(refusal(), "");
  config_.issuance.content.rules = base::CertificateRules::public_trust;
  EXPECT_THAT(refusal(), HasSubstr("[issuance] breaks BR 6.3.2: certificates are valid for up to 399d"));
}

TEST_F(CheckConfig, AnIssuerHasAKeyThatThePublicProfileOfItsDirectoryMayBeSignedWith) {
  acmecore::CaPlan plan;
  plan.subject.common_name = "Issuing CA";
  plan.key_kind = acmecore::KeyKind::ed25519;
  plan.lifetime = acmecore::kIssuingLifetime;
  acmecore::CaPlan root = plan;
  root.subject.common_name = "Root CA";
  root.key_kind = acmecore::KeyKind::p256;
  const acmecore::CaPlace place{directory_.path() / "corp", acmecore::KeyVault()};
  ASSERT_TRUE(acmecore::init_ca(place, root, plan, base::SystemClock().now()));
  base::CertificateIssuer corp;
  corp.name = "corp";
  corp.directory = place.directory;
  config_.issuance.issuers = {corp};
  EXPECT_EQ(refusal(), "");
  base::CertificateProfile web;
  web.name = "web";
  web.certificate_lifetime = std::chrono::days(47);
  web.content.rules = base::CertificateRules::public_trust;
  web.content.ocsp_url = "http://ocsp.corp.test";
  config_.issuance.profiles = {web};
  EXPECT_THAT(refusal(),
              HasSubstr("the issuer \"corp\": it cannot sign by the profile \"web\", which has public "
                        "rules: the issuing certificate has an Ed25519 key (BR 6.1.5)"));
}

TEST_F(CheckConfig, AlternateChainsAreFilesThatCanBeRead) {
  const auto file = directory_.path() / "cross.pem";
  config_.issuance.alternate_chains = {file.string()};
  EXPECT_THAT(refusal(), HasSubstr(file.string()));
  EXPECT_TRUE(write_file(file, "x", FileMode::open_to_all));
  EXPECT_EQ(refusal(), "");
}

TEST_F(CheckConfig, ACaNeedsItsValidator) {
  config_.roles = {Role::ca, Role::validator};
  EXPECT_EQ(refusal(), "");
  config_.roles = {Role::ca};
  EXPECT_THAT(refusal(), HasSubstr("\"ca\" needs \"validator\""));
  config_.roles = {Role::dns, Role::ca};
  EXPECT_THAT(refusal(), HasSubstr("\"ca\" needs \"validator\""));
}

TEST_F(CheckConfig, AValidatorNeedsACaThatAsksIt) {
  config_.roles = {Role::validator};
  EXPECT_THAT(refusal(), HasSubstr("\"validator\" needs \"ca\""));
  config_.roles = {Role::dns, Role::validator};
  EXPECT_THAT(refusal(), HasSubstr("\"validator\" needs \"ca\""));
}

TEST_F(CheckConfig, WithoutACaNothingIsRevoked) {
  config_.revocation.external_url = "http://pki.test";
  EXPECT_EQ(refusal(), "");
  config_.roles = {Role::dns};
  config_.grpc.tls = {directory_.path() / "absent.pem", directory_.path() / "absent.key"};
  EXPECT_THAT(refusal(), HasSubstr("revocation.external_url are of no use"));
}

TEST_F(CheckConfig, AliasZonesNeedAValidatorAndNoCa) {
  config_.update.listen = {{"127.0.0.1", 0}};
  config_.update.alias_zones = {"corp.example"};
  config_.roles = {Role::dns};
  EXPECT_THAT(refusal(), HasSubstr("without the role \"ca\""));
  const auto tls = [&](const char* file) { return directory_.path() / file; };
  config_.grpc.tls = {tls("absent.pem"), tls("absent.key")};
  EXPECT_THAT(refusal(), HasSubstr("update.alias_zones: the role \"validator\" is needed"));
  config_.roles = {Role::dns, Role::validator};
  EXPECT_THAT(refusal(), HasSubstr("absent.pem"));  // and nothing else
}

TEST_F(CheckConfig, SomeRoleIsNeeded) {
  config_.roles = {};
  EXPECT_THAT(refusal(), HasSubstr("at least one"));
}

TEST_F(CheckConfig, WithoutACaTheCertificateOfGrpcComesFromFiles) {
  config_.roles = {Role::dns};
  EXPECT_THAT(refusal(), HasSubstr("grpc.tls_certificate and grpc.tls_key are needed"));
}

TEST_F(CheckConfig, WithoutACaTheCertificateOfDnsOverTlsComesFromFiles) {
  config_.dns.tls.listen = {{"127.0.0.1", 0}};
  EXPECT_EQ(refusal(), "");
  config_.roles = {Role::dns};
  config_.grpc.tls = {directory_.path() / "absent.pem", directory_.path() / "absent.key"};
  EXPECT_THAT(refusal(), HasSubstr("dns.tls.certificate and dns.tls.key are needed"));
}

TEST_F(CheckConfig, FilesAreReadBeforeTheServerStarts) {
  config_.grpc.tls = {directory_.path() / "absent.pem", directory_.path() / "absent.key"};
  EXPECT_THAT(refusal(), HasSubstr("absent.pem"));
  config_.grpc.tls = {};
  config_.dns.tls.files = {directory_.path() / "dot.pem", directory_.path() / "dot.key"};
  EXPECT_THAT(refusal(), HasSubstr("dot.pem"));
  config_.dns.tls.files = {};
  config_.grpc.client_ca = directory_.path() / "ca.pem";
  EXPECT_THAT(refusal(), HasSubstr("ca.pem"));
}

TEST_F(CheckConfig, AClientCaIsACertificate) {
  config_.grpc.client_ca = directory_.path() / "ca.pem";
  ASSERT_TRUE(write_file(config_.grpc.client_ca, "-----BEGIN CERTIFICATE-----\n", FileMode::open_to_all));
  EXPECT_THAT(refusal(), HasSubstr("grpc.client_ca: there is no certificate in PEM in"));
  const auto now = base::SystemClock().now();
  ASSERT_TRUE(write_file(config_.grpc.client_ca, acmecore::make_development_ca(now).value().root_pem,
                         FileMode::open_to_all));
  EXPECT_EQ(refusal(), "");
}

TEST_F(CheckConfig, TheValidatorsFilesAreReadToo) {
  config_.validator.root_hints = directory_.path() / "absent.hints";
  EXPECT_THAT(refusal(), HasSubstr("absent.hints"));
  config_.validator.root_hints = "";
  config_.validator.trust_anchors = directory_.path() / "absent.anchors";
  EXPECT_THAT(refusal(), HasSubstr("absent.anchors"));
}

TEST_F(CheckConfig, SomebodyMayCallGrpc) {
  config_.grpc.credentials.clear();
  EXPECT_THAT(refusal(), HasSubstr("gRPC is never open to all"));
}

}  // namespace
}  // namespace app
