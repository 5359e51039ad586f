#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acmecore/ca_public_key.h"
#include "acmecore/certificate_writer.h"
#include "acmecore/oids.h"
#include "acmecore/pem.h"
#include "tests/acmecore/ca_ceremony_fixture.h"

// An issuer's next certificate by its own root.
namespace acmecore {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

TEST_F(CaCeremony, ItsOwnRootRenewsWithANewKeyOrTheSame) {
  CaPlan issuing = plan("Corp Issuing CA");
  ASSERT_TRUE(add_subtree(issuing.constraints.permitted, "corp.test"));
  init(issuing);
  CaRenewal renewal;
  renewal.plan = plan("Corp Issuing CA 2", KeyKind::p384);
  ASSERT_TRUE(renew_ca(place_, renewal, kNow, Incumbent::stays));
  EXPECT_EQ(verdict(GenerationRole::next), "ok");
  EXPECT_THAT(verdict(GenerationRole::next, "other.test"), HasSubstr("is held to"));  // as before
  ASSERT_TRUE(rotate_ca(place_, IssuerDuties(), kNow));

  renewal.same_key = true;
  ASSERT_TRUE(add_subtree(renewal.plan.constraints.permitted, "other.test"));
  ASSERT_TRUE(renew_ca(place_, renewal, kNow, Incumbent::stays));
  EXPECT_EQ(chain(GenerationRole::next).issuing().spki_der,
            chain(GenerationRole::current).issuing().spki_der);
  EXPECT_EQ(chain(GenerationRole::next).issuing().subject_der,
            chain(GenerationRole::current).issuing().subject_der);
  EXPECT_EQ(verdict(GenerationRole::next, "other.test"), "ok");
  EXPECT_THAT(verdict(GenerationRole::next, "www.corp.test"), HasSubstr("is held to"));
}

// One that the openssl program has made, as it reads its successor.
TEST_F(CaCeremony, ARenewedOneIsHeldToWhateverItWasHeldTo) {
  CompanyRoot company;
  const std::string request = request_ca(place_, plan("Corp Issuing CA"), kNow, Incumbent::stays).value();
  const auto install = [&](const std::string& more) {
    const std::string chain_pem = company.certify(request, more);
    return install_ca(place_, chain_pem, today(), Incumbent::goes).has_value();
  };
  ASSERT_TRUE(
      install("nameConstraints=critical,permitted;DNS:corp.test,permitted;email:corp.test,"
              "excluded;URI:.secret.corp.test,permitted;dirName:corp\n"
              "certificatePolicies=1.3.6.1.4.1.99999.1\npolicyConstraints=critical,requireExplicitPolicy:0\n"
              "inhibitAnyPolicy=critical,0\ncrlDistributionPoints=URI:http://pki.corp.test/root.crl\n"
              "[corp]\nO=Corp\n"));
  CaRenewal renewal;
  renewal.plan = plan("Corp Issuing CA 2");
  renewal.root_key = company.run("cat root.key");
  const auto renewed = renew_ca(place_, renewal, today(), Incumbent::stays);
  ASSERT_TRUE(renewed) << renewed.error().detail;
  const auto text = [&](GenerationRole role, const char* extensions) {
    write_text(above_.path() + "/issuing.pem", generation(role).chain_pem);
    return run_program("openssl x509 -noout -in " + above_.path() + "/issuing.pem -ext " + extensions).output;
  };
  constexpr const char* kAll =
      "basicConstraints,extendedKeyUsage,nameConstraints,certificatePolicies,policyConstraints,"
      "inhibitAnyPolicy,crlDistributionPoints";
  EXPECT_THAT(text(GenerationRole::next, kAll),
              testing::AllOf(HasSubstr("email:corp.test"), HasSubstr("URI:.secret.corp.test"),
                             HasSubstr("DirName:O = Corp"), HasSubstr("Require Explicit Policy:0")));
  EXPECT_EQ(text(GenerationRole::next, kAll), text(GenerationRole::current, kAll));
  EXPECT_NE(text(GenerationRole::next, "subjectKeyIdentifier"),
            text(GenerationRole::current, "subjectKeyIdentifier"));
  EXPECT_EQ(text(GenerationRole::next, "authorityKeyIdentifier"),
            text(GenerationRole::current, "authorityKeyIdentifier"));

  ASSERT_TRUE(install("1.3.6.1.4.1.311.21.1=ASN1:INTEGER:0\n"));
  ASSERT_TRUE(rotate_ca(place_, IssuerDuties(), today()));
  const auto refused = renew_ca(place_, renewal, today(), Incumbent::stays);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail, HasSubstr("1.3.6.1.4.1.311.21.1"));
  EXPECT_THAT(roles(), ElementsAre("retired issuing", "current issuing-3"));
}

TEST_F(CaCeremony, WhereAnotherCaStandsBetweenTheRootDoesNotRenew) {
  CompanyRoot company;
  const std::string request = request_ca(place_, plan("Corp Issuing CA"), kNow, Incumbent::stays).value();
  const std::string chain_pem = company.certify_below(request);
  ASSERT_TRUE(install_ca(place_, chain_pem, today(), Incumbent::stays));
  CaRenewal renewal;
  renewal.plan = plan("Corp Issuing CA 2");
  renewal.root_key = company.run("cat root.key");
  const auto refused = renew_ca(place_, renewal, today(), Incumbent::stays);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail, HasSubstr("another CA stands between"));
}

TEST_F(CaCeremony, ARenewedOneHasTheKindOfKeyAndTheSubjectOfBeforeWhereNothingElseIsSaid) {
  for (const KeyKind kind : {KeyKind::p384, KeyKind::rsa3072, KeyKind::ed25519}) {
    fs::remove_all(place_.directory);
    ASSERT_TRUE(init_ca(place_, root_plan(), plan("Corp Issuing CA", kind), kNow));
    CaRenewal renewal;
    renewal.plan.subject.common_name = "Corp Issuing CA 2";
    renewal.plan.lifetime = kIssuingLifetime;
    ASSERT_TRUE(renew_ca(place_, renewal, kNow, Incumbent::stays));
    const Certificate renewed = chain(GenerationRole::next).issuing();
    EXPECT_EQ(renewed.subject_der, name_of(CaSubject{"Corp Issuing CA 2", "Corp", "CH"}).value());
    EXPECT_EQ(renewed.spki_der.size(), chain(GenerationRole::current).issuing().spki_der.size());
    EXPECT_EQ(ca_key_type_of(renewed.spki_der).value(),
              ca_key_type_of(chain(GenerationRole::current).issuing().spki_der).value());
  }
}

TEST_F(CaCeremony, AnIssuerWhoseKeyIsInATokenGetsNoneInAFileWithoutBeingAsked) {
  init(plan("Corp Issuing CA"));
  write_text(place_.directory / "issuing.key", "pkcs11:token=ca;object=issuing\n");
  CaRenewal renewal;
  renewal.plan = plan("Corp Issuing CA 2");
  renewal.plan.key_kind.reset();
  const auto refused = renew_ca(place_, renewal, kNow, Incumbent::stays);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail, HasSubstr("is in a token"));
  EXPECT_THAT(roles(), ElementsAre("current issuing"));
  renewal.plan.key_kind = KeyKind::p256;
  EXPECT_TRUE(renew_ca(place_, renewal, kNow, Incumbent::stays));
}

TEST_F(CaCeremony, RenewsWithTheKeyOfItsRootAlone) {
  init(plan("Corp Issuing CA"));
  const std::string root_key = *CaDirectory::read(place_.directory)->root_key().value();
  fs::remove(place_.directory / "root.key");
  CaRenewal renewal;
  renewal.plan = plan("Corp Issuing CA 2");
  const auto without = renew_ca(place_, renewal, kNow, Incumbent::stays);
  EXPECT_THAT(without.error().detail, HasSubstr("the key of the root is not there"));
  renewal.root_key = make_development_ca(kNow)->root_key_pem;
  const auto other = renew_ca(place_, renewal, kNow, Incumbent::stays);
  EXPECT_THAT(other.error().detail, HasSubstr("not that of the issuer's root certificate"));
  renewal.root_key = root_key;
  EXPECT_TRUE(renew_ca(place_, renewal, kNow, Incumbent::stays));
}

// RFC 5280 wants it; the openssl program makes roots without it.
TEST_F(CaCeremony, BelowARootWithoutSubjectKeyIdentifierNothingIsRenewed) {
  const SoftwareKey root_key = SoftwareKey::generate();
  const SoftwareKey key = SoftwareKey::generate();
  const auto parsed = [](const base::Bytes& der) { return parse_certificate(der).value(); };
  const Certificate usual =
      parsed(sign_root(name_of(CaSubject{"Root CA"}).value(), root_key, kNow, kRootLifetime).value());
  const IssuingCa issuing{name_of(CaSubject{"Issuing CA"}).value(), key.spki_der()};
  const base::Bytes issuing_der = sign_issuing(issuing, usual, root_key, kNow).value();
  TbsFields root{new_serial(),      usual.issuer_der, usual.validity,
                 usual.subject_der, usual.spki_der,   usual.extensions};
  std::erase_if(root.extensions, [](const Extension& one) { return one.oid == oids::kSubjectKeyIdentifier; });
  const std::string root_pem = pem_block(kPemCertificate, sign_certificate(root, root_key).value());
  const CaGeneration first{"", GenerationRole::current, key.pem(), pem_block(kPemCertificate, issuing_der),
                           ""};
  ASSERT_TRUE(CaDirectory::create(place_.directory, first, root_key.pem(), root_pem));
  CaRenewal renewal;
  renewal.plan = plan("Corp Issuing CA 2");
  const auto renewed = renew_ca(place_, renewal, kNow, Incumbent::stays);
  ASSERT_FALSE(renewed);
  EXPECT_THAT(renewed.error().detail, HasSubstr("no subjectKeyIdentifier"));
}

}  // namespace
}  // namespace acmecore
