#include "acmecore/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acmecore/certificate_writer.h"
#include "acmecore/oids.h"
#include "acmecore/pem.h"
#include "tests/acmecore/certificate_fixtures.h"

namespace acmecore {
namespace {

using base::Bytes;
using base::BytesView;
using testing::HasSubstr;
using namespace std::string_view_literals;

Bytes good_leaf(const LeafRequest& request = good_leaf_request()) {
  return test_issuer().sign_leaf(request).value();
}

Bytes replaced(Bytes der, BytesView from, BytesView to) {
  const size_t at = der.find(from);
  EXPECT_NE(at, Bytes::npos);
  return der.replace(at, from.size(), to);
}

TEST(Certificate, GivesEveryField) {
  const LeafRequest request = good_leaf_request();
  const Bytes der = good_leaf(request);
  const Certificate leaf = parse_certificate(der).value();
  EXPECT_EQ(leaf.der, der);
  EXPECT_EQ(leaf.serial, request.serial);
  EXPECT_EQ(leaf.validity, request.validity);
  EXPECT_EQ(leaf.spki_der, request.spki_der);
  EXPECT_EQ(leaf.subject_der, "\x30\x00"sv);
  EXPECT_EQ(leaf.issuer_der, test_issuer().certificate().subject_der);
  EXPECT_EQ(leaf.subject_alt_name, (SubjectAltName{{"*.corp.test", "corp.test"}, {}}));
  EXPECT_EQ(leaf.extensions.size(), 5u);
  EXPECT_NE(find_extension(leaf.extensions, oids::kKeyUsage), nullptr);
  EXPECT_EQ(find_extension(leaf.extensions, oids::kTlsFeature), nullptr);
}

TEST(Certificate, OneWithoutSubjectAltNameHasNoNames) {
  EXPECT_EQ(test_issuer().certificate().subject_alt_name, SubjectAltName());
}

TEST(Certificate, IsIssuedByTheOneWhoseKeySignedIt) {
  const Certificate leaf = parse_certificate(good_leaf()).value();
  const Certificate& issuing = test_issuer().certificate();
  const Certificate root =
      parse_certificate(parse_pem(kPemCertificate, test_issuer().root_pem()).value()).value();
  EXPECT_TRUE(is_issued_by(leaf, issuing));
  EXPECT_TRUE(is_issued_by(issuing, root));
  EXPECT_TRUE(is_issued_by(root, root));
  EXPECT_FALSE(is_issued_by(leaf, root));
  EXPECT_FALSE(is_issued_by(issuing, issuing));
  Certificate same_name = root;
  same_name.subject_der = issuing.subject_der;
  EXPECT_FALSE(is_issued_by(leaf, same_name));
}

TEST(Certificate, OfAnotherCaOfTheSameKindIsNotOurs) {
  const Issuer other = Issuer::open(make_development_ca(kNow).value(), kNow).value();
  EXPECT_FALSE(is_issued_by(parse_certificate(good_leaf()).value(), other.certificate()));
}

TEST(Certificate, EveryTruncationIsRefused) {
  const Bytes good = good_leaf();
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(parse_certificate(BytesView(good).substr(0, size))) << size;
  }
  EXPECT_FALSE(parse_certificate(good + '\0'));
}

TEST(Certificate, ACsrIsNone) { EXPECT_FALSE(parse_certificate(make_csr())); }

TEST(Certificate, OverTheLimitOfSizeIsRefused) {
  const auto parsed = parse_certificate(Bytes(kCertificateSizeMax + 1, '\x30'));
  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error().detail, HasSubstr("32 KiB"));
}

TEST(Certificate, OfAnotherVersionIsRefused) {
  const auto parsed =
      parse_certificate(replaced(good_leaf(), "\xa0\x03\x02\x01\x02"sv, "\xa0\x03\x02\x01\x01"sv));
  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error().detail, HasSubstr("version 3"));
}

TEST(Certificate, WithTwoSignatureAlgorithmsIsRefused) {
  const auto sha256 = "\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"sv;
  const auto sha384 = "\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03"sv;
  const auto parsed = parse_certificate(replaced(good_leaf(), sha256, sha384));
  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error().detail, HasSubstr("two different"));
}

TEST(Certificate, WithASerialThatNoneMayHaveIsRefused) {
  const SoftwareKey key = SoftwareKey::generate();
  TbsFields fields = leaf_fields(good_leaf_request(), test_issuer().certificate());
  EXPECT_TRUE(parse_certificate(sign_certificate(fields, key).value()));
  for (const Bytes& octets : {Bytes("\0"sv), Bytes("\x80"), Bytes("\0\x01"sv), Bytes(21, '\x01')}) {
    fields.serial = {octets};
    EXPECT_FALSE(parse_certificate(sign_certificate(fields, key).value()));
  }
}

}  // namespace
}  // namespace acmecore
