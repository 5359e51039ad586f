#include "acmecore/root_crl.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

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

  // The issuing CA as a CRL before has it.
  RevokedCertificate listed(RevocationReason reason) const {
    return {chain().issuing().serial, {kNow - hours(1), reason}};
  }
  Bytes signed_by_root(RevocationReason reason) const {
    const std::string key_pem = *CaDirectory::read(place_.directory)->root_key().value();
    const SoftwareKey key = SoftwareKey::parse(key_pem).value();
    const Bytes entries = entries_of({listed(reason)});
    return sign_tbs_cert_list(tbs_cert_list({{}, 7, kNow, kNow + days(7)}, entries, chain().root(), key), key)
        .value();
  }
  // With one entry like that.
  Bytes made_by_openssl(const std::string& reason) const {
    const TemporaryDirectory directory;
    const auto file = [&](const char* name) { return directory.path() + "/" + name; };
    write_text(file("root.pem"), pem_block(kPemCertificate, chain().root().der));
    write_text(file("root.key"), *CaDirectory::read(place_.directory)->root_key().value());
    write_text(file("number"), "07\n");
    write_text(file("index"), "R\t360101000000Z\t261123033000Z," + reason + "\t" +
                                  text_of(chain().issuing().serial) + "\tunknown\t/CN=Issuing CA\n");
    write_text(file("ca.cnf"),
               "[ca]\ndefault_ca = root\n[root]\ndatabase = index\ncrlnumber = number\n"
               "default_md = sha256\ndefault_crl_days = 30\ncrl_extensions = more\n"
               "[more]\nauthorityKeyIdentifier = keyid\n");
    const ProgramResult made =
        run_program("cd " + directory.path() +
                    " && openssl ca -gencrl -config ca.cnf -keyfile root.key -cert root.pem -out crl.pem" +
                    " && openssl crl -in crl.pem -outform der -out crl.der");
    EXPECT_TRUE(made.succeeded) << made.output;
    std::ifstream der(file("crl.der"), std::ios::binary);
    return {std::istreambuf_iterator<char>(der), {}};
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
  EXPECT_EQ(crl_number(*parse_crl(second)).value(), crl_number(*parse_crl(*plan.before)).value() + 1);

  plan.before = second;
  plan.revoked = {{chain().issuing(), {kNow, RevocationReason::superseded}}};  // it stays as it was
  const Bytes third = sign_root_crl(place_, plan, kNow + days(100)).value();
  EXPECT_EQ(parse_crl(third)->entries, parse_crl(second)->entries);
  EXPECT_GT(crl_number(*parse_crl(third)).value(), crl_number(*parse_crl(second)).value() + 1);
  EXPECT_THAT(verdict(third), HasSubstr("CRL is not yet valid"));
}

// BR 7.2.2.
TEST_F(RootCrl, RevokesNoCaWithoutAReason) {
  RootCrlPlan plan;
  plan.revoked = {issuing(RevocationReason::unspecified)};
  EXPECT_THAT(refusal(plan, ErrorKind::malformed), HasSubstr("without a reason"));
  for (const char* name : {"keyCompromise", "cACompromise", "affiliationChanged", "superseded",
                           "cessationOfOperation", "privilegeWithdrawn"}) {
    plan.revoked = {issuing(parse_ca_reason_name(name).value())};
    EXPECT_EQ(refusal(plan), "") << name;
  }
  for (const char* name : {"unspecified", "certificateHold", "aACompromise", "CACompromise", ""})
    EXPECT_EQ(parse_ca_reason_name(name).error().kind, ErrorKind::malformed) << name;
}

TEST_F(RootCrl, ACompromiseTakesThePlaceOfAnotherReasonAndNothingElseDoes) {
  RootCrlPlan plan;
  plan.before = signed_by_root(RevocationReason::superseded);
  plan.revoked = {{chain().issuing(), {kNow, RevocationReason::cessation_of_operation}}};
  EXPECT_THAT(refusal(plan), HasSubstr("is revoked already, as superseded"));
  for (const RevocationReason reason : {RevocationReason::key_compromise, kCaCompromise}) {
    plan.revoked = {{chain().issuing(), {kNow, reason}}};
    const Bytes next = sign_root_crl(place_, plan, kNow).value();
    EXPECT_EQ(parse_crl(next)->entries, entries_of({listed(reason)})) << "since then";
  }
  plan.before = signed_by_root(kCaCompromise);
  plan.revoked = {issuing()};
  EXPECT_THAT(refusal(plan), HasSubstr("as cACompromise"));
  plan.before = signed_by_root(RevocationReason::unspecified);
  EXPECT_EQ(parse_crl(sign_root_crl(place_, plan, kNow).value())->entries,
            entries_of({listed(RevocationReason::superseded)}));
}

// It has cACompromise, which no CRL of an issuing CA has.
TEST_F(RootCrl, GoesOnFromWhatOpensslMade) {
  RootCrlPlan plan;
  plan.before = made_by_openssl("CACompromise");
  const Bytes next = sign_root_crl(place_, plan, kNow).value();
  EXPECT_EQ(parse_crl(next)->entries, entries_of({listed(kCaCompromise)}));
  EXPECT_THAT(verdict(next), HasSubstr("certificate revoked"));
  plan.before = made_by_openssl("certificateHold");
  EXPECT_THAT(refusal(plan), HasSubstr("an entry that is none of ours"));
}

TEST_F(RootCrl, IsOfItsRootAlone) {
  RootCrlPlan plan;
  const Certificate& other = test_issuer().certificate();
  plan.revoked = {{other, {kNow, RevocationReason::superseded}}};
  EXPECT_THAT(refusal(plan), HasSubstr("not by the root"));
  plan.revoked = {{chain().root(), {kNow, RevocationReason::superseded}}};
  EXPECT_THAT(refusal(plan), HasSubstr("does not revoke itself"));
  plan.revoked.clear();

  for (const char* strange : {"rubbish", ""}) {
    plan.before = strange;
    EXPECT_THAT(refusal(plan), HasSubstr("the CRL before cannot be used")) << strange;
  }
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
