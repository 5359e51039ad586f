#include "acmecore/alternate_chain.h"

#include <gmock/gmock.h>

#include "acmecore/certificate_writer.h"
#include "acmecore/oids.h"
#include "acmecore/pem.h"
#include "acmecore/software_key.h"
#include "base/log.h"
#include "tests/acmecore/certificate_fixtures.h"

namespace acmecore {
namespace {

using base::ErrorKind;
using std::chrono::hours;
using testing::HasSubstr;
using testing::StartsWith;

const CaMaterial& other_ca() {
  static const CaMaterial material = make_development_ca(kNow).value();
  return material;
}

const Certificate& issuing() { return test_issuer().certificate(); }

// The same each time.
const std::string& good_pem() {
  static const std::string pem = cross_signed(issuing(), other_ca()) + other_ca().root_pem;
  return pem;
}

std::string refusal(const std::string& pem, base::Time now = kNow) {
  const auto chain = read_alternate_chain({"cross.pem", pem}, issuing(), now);
  if (chain) return "";
  EXPECT_EQ(chain.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(chain.error().detail, StartsWith("the alternate chain cross.pem cannot be used: "));
  return chain.error().detail;
}

// What a root signs in the place of a good certificate for the issuing CA.
std::string signed_with(const std::function<void(TbsFields&)>& change) {
  const Certificate root = parse_certificate(parse_pem(kPemCertificate, other_ca().root_pem).value()).value();
  TbsFields fields{new_serial(),          root.subject_der,   issuing().validity,
                   issuing().subject_der, issuing().spki_der, issuing().extensions};
  change(fields);
  const SoftwareKey key = SoftwareKey::parse(other_ca().root_key_pem).value();
  return pem_block(kPemCertificate, sign_certificate(fields, key).value()) + other_ca().root_pem;
}

void without(TbsFields& fields, base::BytesView oid) {
  std::erase_if(fields.extensions, [oid](const Extension& extension) { return extension.oid == oid; });
}

TEST(AlternateChain, IsWhatTheFileHas) {
  const auto chain = read_alternate_chain({"cross.pem", "# cross\n" + good_pem()}, issuing(), kNow);
  ASSERT_TRUE(chain) << chain.error().detail;
  EXPECT_EQ(chain->pem, good_pem());
  EXPECT_EQ(pem_block(kPemCertificate, chain->issuing_der()) + other_ca().root_pem, good_pem());
}

TEST(AlternateChain, MayLeaveOutTheRoot) { EXPECT_EQ(refusal(cross_signed(issuing(), other_ca())), ""); }

TEST(AlternateChain, IsForTheIssuingCa) {
  EXPECT_THAT(refusal(other_ca().issuing_pem), HasSubstr("another subject"));
  EXPECT_THAT(refusal(other_ca().root_pem), HasSubstr("another subject"));
  EXPECT_THAT(refusal(test_ca().issuing_pem), HasSubstr("the one that every chain has anyway"));
  const base::PkeyHandle key = make_p256();
  EXPECT_THAT(refusal(signed_with([&](TbsFields& fields) { fields.spki_der = spki_of(key.get()); })),
              HasSubstr("another key"));
  EXPECT_THAT(refusal(signed_with([](TbsFields& fields) { without(fields, oids::kSubjectKeyIdentifier); })),
              HasSubstr("another subjectKeyIdentifier"));
}

TEST(AlternateChain, CanHaveLeaves) {
  EXPECT_THAT(refusal(signed_with([](TbsFields& fields) { without(fields, oids::kKeyUsage); })),
              HasSubstr("no keyUsage keyCertSign"));
  EXPECT_THAT(refusal(signed_with([](TbsFields& fields) { without(fields, oids::kBasicConstraints); })),
              HasSubstr("is not a CA's"));
}

TEST(AlternateChain, HasEachSignatureByTheNext) {
  const std::string cross = cross_signed(issuing(), other_ca());
  EXPECT_THAT(refusal(cross + test_ca().root_pem), HasSubstr("its certificate 1 is not signed by the next"));
  EXPECT_THAT(refusal(good_pem() + test_ca().root_pem), HasSubstr("its certificate 2 is not signed"));
  EXPECT_THAT(refusal(other_ca().root_pem + cross), HasSubstr("another subject"));
}

TEST(AlternateChain, IsValidNow) {
  const Validity validity = issuing().validity;
  EXPECT_EQ(refusal(good_pem(), validity.not_before), "");
  EXPECT_EQ(refusal(good_pem(), validity.not_after), "");
  EXPECT_THAT(refusal(good_pem(), validity.not_before - std::chrono::seconds(1)),
              HasSubstr("valid only from"));
  EXPECT_THAT(refusal(good_pem(), validity.not_after + std::chrono::seconds(1)),
              HasSubstr("valid only from"));
}

TEST(AlternateChain, IsCertificatesInPem) {
  EXPECT_THAT(refusal(""), HasSubstr("no PEM block"));
  EXPECT_THAT(refusal(good_pem() + other_ca().root_key_pem), HasSubstr("not a plain CERTIFICATE"));
  EXPECT_THAT(refusal(good_pem() + pem_block(kPemCertificate, "abc")),
              HasSubstr("its certificate 3 cannot be read"));
}

TEST(AlternateChain, HasTenCertificatesAtMost) {
  std::string pem = cross_signed(issuing(), other_ca());
  for (size_t i = 1; i < kAlternateChainCertificatesMax; ++i)
    pem += other_ca().root_pem;  // a root is signed by itself
  EXPECT_EQ(refusal(pem), "");
  EXPECT_THAT(refusal(pem + other_ca().root_pem), HasSubstr("more than 10 certificates"));
}

TEST(AlternateChain, WhatARuleFindsInItIsToldToTheLog) {
  const auto told_of = [](const std::string& pem) {
    testing::internal::CaptureStderr();
    EXPECT_TRUE(Issuer::open(test_ca(), kNow, {{"cross.pem", pem}}));
    return testing::internal::GetCapturedStderr();
  };
  base::log::configure(base::log::Level::warning, base::log::Format::text);
  const std::string broken = signed_with([](TbsFields& fields) {
    for (Extension& extension : fields.extensions)
      extension.critical = extension.critical && extension.oid != oids::kKeyUsage;
  });
  EXPECT_THAT(told_of(broken), testing::AllOf(HasSubstr("acme.ca.lint"), HasSubstr("ca_key_usage")));
  EXPECT_EQ(told_of(good_pem()), "");
  EXPECT_EQ(told_of(cross_signed(issuing(), other_ca())), "");  // without its root
}

TEST(AlternateChain, IsOneOfTheIssuers) {
  const std::string cross = cross_signed(issuing(), other_ca());
  const Issuer issuer = Issuer::open(test_ca(), kNow, {{"a.pem", good_pem()}, {"b.pem", cross}}).value();
  ASSERT_EQ(issuer.chains(), 3u);
  const base::Bytes leaf = issuer.sign_leaf(good_leaf_request()).value();
  const std::string leaf_pem = pem_block(kPemCertificate, leaf);
  EXPECT_EQ(issuer.chain_pem(leaf), leaf_pem + test_ca().issuing_pem);
  EXPECT_EQ(issuer.chain_pem(leaf, 1), leaf_pem + good_pem());
  EXPECT_EQ(issuer.chain_pem(leaf, 2), leaf_pem + cross);
  EXPECT_EQ(*issuer.issuing_der(issuer.id()), issuing().der);
  EXPECT_EQ(*issuer.issuing_der(issuer.id(2)), parse_pem(kPemCertificate, cross).value());
  EXPECT_EQ(issuer.issuing_der("00"), nullptr);

  const auto refused = Issuer::open(test_ca(), kNow, {{"a.pem", good_pem()}, {"b.pem", "rubbish"}});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail, HasSubstr("b.pem"));
}

}  // namespace
}  // namespace acmecore
