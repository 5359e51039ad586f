#include "acmecore/root_crl.h"

#include <gmock/gmock.h>

#include "acmecore/ca_chain.h"
#include "acmecore/pem.h"
#include "tests/acmecore/certificate_fixtures.h"
#include "tests/acmecore/crl_fixture.h"

namespace acmecore {
namespace {

using base::Bytes;
using base::ErrorKind;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;
using testing::HasSubstr;
namespace fs = std::filesystem;

class RootCrl : public testing::Test {
 protected:
  RootCrl() { EXPECT_TRUE(init_ca(place_, plan("Root CA"), plan("Issuing CA"), kNow)); }

  static CaPlan plan(const std::string& common_name) {
    CaPlan plan;
    plan.subject.common_name = common_name;
    plan.lifetime = hours(24 * 365);
    return plan;
  }

  CaChain chain() const {
    const CaDirectory directory = CaDirectory::read(place_.directory).value();
    return read_ca_chain(directory.find(GenerationRole::current)->chain_pem).value();
  }
  RevokedCa issuing(RevocationReason reason = RevocationReason::superseded) const {
    return {chain().issuing(), {kNow - hours(1), reason}};
  }

  std::string refusal(const RootCrlPlan& plan, ErrorKind kind = ErrorKind::unavailable) const {
    const auto signed_one = sign_root_crl(place_, plan, kNow);
    if (signed_one) return "";
    EXPECT_EQ(signed_one.error().kind, kind);
    return signed_one.error().detail;
  }

  // What the openssl program says of the issuing CA beside this CRL, as one who checks all of a chain does.
  std::string verdict(const Bytes& crl) const {
    const TemporaryDirectory directory;
    const auto file = [&](const char* name) { return directory.path() + "/" + name; };
    write_text(file("root.pem"), pem_block(kPemCertificate, chain().root().der));
    write_text(file("issuing.pem"), pem_block(kPemCertificate, chain().issuing().der));
    write_text(file("crl.pem"), pem_block("X509 CRL", crl));
    const ProgramResult read =
        run_program("openssl verify -x509_strict -crl_check_all -attime " +
                    std::to_string(kNow.time_since_epoch() / seconds(1)) + " -CAfile " + file("root.pem") +
                    " -CRLfile " + file("crl.pem") + " " + file("issuing.pem"));
    return read.succeeded ? "ok" : read.output;
  }

  TemporaryDirectory above_;
  const CaPlace place_{fs::path(above_.path()) / "ca", KeyVault()};
};

TEST_F(RootCrl, IsReadByOpensslAndRevokesWhoIsListedAlone) {
  const Bytes none = sign_root_crl(place_, RootCrlPlan(), kNow).value();
  EXPECT_NE(read_crl_by_openssl(none), nullptr);
  EXPECT_EQ(parse_crl(none)->entries, std::nullopt);
  EXPECT_EQ(parse_crl(none)->extensions.size(), 2u);
  EXPECT_EQ(*parse_crl(none)->next_update, kNow + kRootCrlLifetime);
  EXPECT_EQ(verdict(none), "ok");

  RootCrlPlan plan;
  plan.revoked = {issuing()};
  const Bytes one = sign_root_crl(place_, plan, kNow).value();
  EXPECT_THAT(verdict(one), HasSubstr("certificate revoked"));
}

TEST_F(RootCrl, GoesOnFromTheOneBefore) {
  RootCrlPlan plan;
  plan.revoked = {issuing()};
  plan.before = sign_root_crl(place_, RootCrlPlan(), kNow).value();
  const Bytes second = sign_root_crl(place_, plan, kNow).value();
  EXPECT_EQ(crl_number(*parse_crl(second)).value(), crl_number(*parse_crl(plan.before)).value() + 1);

  plan.before = second;
  plan.revoked = {issuing(RevocationReason::key_compromise)};  // it stays as it was
  const Bytes third = sign_root_crl(place_, plan, kNow + days(100)).value();
  EXPECT_EQ(parse_crl(third)->entries, parse_crl(second)->entries);
  EXPECT_GT(crl_number(*parse_crl(third)).value(), crl_number(*parse_crl(second)).value() + 1);
  EXPECT_THAT(verdict(third), HasSubstr("CRL is not yet valid"));
}

TEST_F(RootCrl, IsOfItsRootAlone) {
  RootCrlPlan plan;
  const Certificate& other = test_issuer().certificate();
  plan.revoked = {{other, {kNow, RevocationReason::superseded}}};
  EXPECT_THAT(refusal(plan), HasSubstr("not by the root"));
  plan.revoked = {{chain().root(), {kNow, RevocationReason::superseded}}};
  EXPECT_THAT(refusal(plan), HasSubstr("does not revoke itself"));
  plan.revoked.clear();

  plan.before = "rubbish";
  EXPECT_THAT(refusal(plan), HasSubstr("the CRL before cannot be used"));
  const SoftwareKey key = SoftwareKey::parse(test_ca().issuing_key_pem).value();
  plan.before = sign_tbs_cert_list(tbs_cert_list(good_crl_fields(), "", other, key), key).value();
  EXPECT_THAT(refusal(plan), HasSubstr("the root has not signed it"));
}

TEST_F(RootCrl, IsSignedByTheKeyOfItsRootAloneWhereverThatIs) {
  const std::string key = *CaDirectory::read(place_.directory)->root_key().value();
  fs::remove(place_.directory / "root.key");
  RootCrlPlan plan;
  EXPECT_THAT(refusal(plan), HasSubstr("the key of the root is not there"));
  plan.root_key = make_development_ca(kNow)->root_key_pem;
  EXPECT_THAT(refusal(plan), HasSubstr("not that of the issuer's root certificate"));
  plan.root_key = key;
  EXPECT_EQ(refusal(plan), "");
}

// BR 4.9.7.
TEST_F(RootCrl, LastsAYearAtTheMost) {
  RootCrlPlan plan;
  plan.lifetime = kRootCrlLifetimeMax;
  EXPECT_EQ(refusal(plan), "");
  plan.lifetime += seconds(1);
  EXPECT_THAT(refusal(plan, ErrorKind::malformed), HasSubstr("a year at the most"));
  plan.lifetime = seconds(0);
  EXPECT_NE(refusal(plan, ErrorKind::malformed), "");
}

}  // namespace
}  // namespace acmecore
