// The findings of linters that apply to CA certificates, and what BR 7.1.2.1 and 7.1.2.6 ask for.
#include "acmecore/development_ca.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acmecore/ca_profile.h"
#include "acmecore/certificate.h"
#include "acmecore/oids.h"
#include "acmecore/pem.h"
#include "acmecore/public_key.h"
#include "tests/acmecore/certificate_fixtures.h"

namespace acmecore {
namespace {

using base::Bytes;
using base::BytesView;
using std::chrono::seconds;
using testing::HasSubstr;
using namespace std::string_view_literals;

Certificate read(const std::string& pem) {
  return parse_certificate(parse_pem(kPemCertificate, pem).value()).value();
}
Certificate root() { return read(test_ca().root_pem); }
Certificate issuing() { return read(test_ca().issuing_pem); }

// Criticality ('!' in front) and value.
std::string extension(const Certificate& certificate, BytesView oid) {
  const Extension* found = find_extension(certificate.extensions, oid);
  if (found == nullptr) return "absent";
  return (found->critical ? "!" : "") + found->value;
}

TEST(DevelopmentCaLint, BasicConstraintsAreCriticalAndOnlyTheIssuingCaHasAPathLength) {
  EXPECT_EQ(extension(root(), oids::kBasicConstraints), "!\x30\x03\x01\x01\xff"sv);
  EXPECT_EQ(extension(issuing(), oids::kBasicConstraints), "!\x30\x06\x01\x01\xff\x02\x01\x00"sv);
}

TEST(DevelopmentCaLint, KeyUsageIsCriticalKeyCertSignAndCrlSignAndTheIssuingCaMaySignOcspResponses) {
  EXPECT_EQ(extension(root(), oids::kKeyUsage), "!\x03\x02\x01\x06"sv);
  EXPECT_EQ(extension(issuing(), oids::kKeyUsage), "!\x03\x02\x01\x86"sv);
}

TEST(DevelopmentCaLint, KeyIdentifiersAreThereAndJoinTheChain) {
  const std::string of_root = extension(root(), oids::kSubjectKeyIdentifier);
  const std::string of_issuing = extension(issuing(), oids::kSubjectKeyIdentifier);
  EXPECT_EQ(of_root.size(), 22u);
  EXPECT_EQ(of_issuing.size(), 22u);
  EXPECT_NE(of_root, of_issuing);
  EXPECT_EQ(extension(issuing(), oids::kAuthorityKeyIdentifier), "\x30\x16\x80\x14" + of_root.substr(2));
}

TEST(DevelopmentCaLint, TheIssuingCaIsForServersOnly) {
  EXPECT_EQ(extension(issuing(), oids::kExtendedKeyUsage),
            "\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01"sv);
  EXPECT_EQ(extension(root(), oids::kExtendedKeyUsage), "absent");
}

// anyPolicy, for it claims nothing of its leaves (BR 7.1.6.1).
TEST(DevelopmentCaLint, TheIssuingCaLetsItsLeavesHaveAnyPolicyAndTheRootHasNone) {
  EXPECT_EQ(extension(issuing(), oids::kCertificatePolicies), "\x30\x08\x30\x06\x06\x04\x55\x1d\x20\x00"sv);
  EXPECT_EQ(extension(root(), oids::kCertificatePolicies), "absent");
}

TEST(DevelopmentCaLint, ThereIsNoOtherExtension) {
  EXPECT_EQ(root().extensions.size(), 3u);
  EXPECT_EQ(issuing().extensions.size(), 6u);
}

TEST(DevelopmentCaLint, SubjectsAreCountryOrganizationAndCommonNameInThisOrder) {
  const std::string name = root().subject_der;
  EXPECT_THAT(name, HasSubstr("\x30\x09\x06\x03\x55\x04\x06\x13\x02XX"));
  EXPECT_THAT(name, HasSubstr("\x06\x03\x55\x04\x0a\x0c\x11"
                              "Assay Development"));
  EXPECT_THAT(name, HasSubstr("\x06\x03\x55\x04\x03\x0c\x22"
                              "Assay Development Root CA "));
  EXPECT_LT(name.find("\x55\x04\x06"), name.find("\x55\x04\x0a"));
  EXPECT_LT(name.find("\x55\x04\x0a"), name.find("\x55\x04\x03"));
  EXPECT_THAT(issuing().subject_der, HasSubstr("Assay Development Issuing CA "));
}

TEST(DevelopmentCaLint, TheIssuerOfEachIsOctetForOctetTheSubjectOfTheRoot) {
  EXPECT_EQ(root().issuer_der, root().subject_der);
  EXPECT_EQ(issuing().issuer_der, root().subject_der);
}

TEST(DevelopmentCaLint, ValiditiesAreNestedAndOfTheirLengthToTheSecond) {
  const Validity of_root = root().validity;
  const Validity of_issuing = issuing().validity;
  EXPECT_EQ(of_root.not_after - of_root.not_before + seconds(1), kRootLifetime);
  EXPECT_EQ(of_issuing.not_after - of_issuing.not_before + seconds(1), kIssuingLifetime);
  EXPECT_LE(of_root.not_before, of_issuing.not_before);
  EXPECT_GE(of_root.not_after, of_issuing.not_after);
  EXPECT_LT(kNow - of_root.not_before, std::chrono::hours(24));
}

TEST(DevelopmentCaLint, KeysAreDifferentAndOnP256) {
  EXPECT_EQ(parse_public_key(root().spki_der)->type, KeyType::p256);
  EXPECT_EQ(parse_public_key(issuing().spki_der)->type, KeyType::p256);
  EXPECT_NE(root().spki_der, issuing().spki_der);
  EXPECT_NE(root().serial, issuing().serial);
}

TEST(DevelopmentCa, TwoNeverShareAName) {
  EXPECT_NE(read(make_development_ca(kNow)->root_pem).subject_der, root().subject_der);
}

TEST(DevelopmentCa, OpensslFindsNothingToSayEvenWhenStrict) {
  const TemporaryDirectory directory;
  write_text(directory.path() + "/root.pem", test_ca().root_pem);
  write_text(directory.path() + "/issuing.pem", test_ca().issuing_pem);
  const std::string at = std::to_string(kNow.time_since_epoch() / seconds(1));
  const ProgramResult verified =
      run_program("openssl verify -x509_strict -check_ss_sig -policy_check -attime " + at + " -CAfile " +
                  directory.path() + "/root.pem " + directory.path() + "/issuing.pem");
  EXPECT_TRUE(verified.succeeded) << verified.output;
  EXPECT_THAT(verified.output, HasSubstr("issuing.pem: OK"));
}

}  // namespace
}  // namespace acmecore
