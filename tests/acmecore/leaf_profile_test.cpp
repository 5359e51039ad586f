// The frequent findings of certificate linters (zlint, pkilint) that apply to leaves, each a test. The
// certificate is looked at with OpenSSL's reader, which shares nothing with what wrote it.
#include "acmecore/leaf_profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509v3.h>

#include <set>

#include "acmecore/oids.h"
#include "tests/acmecore/certificate_fixtures.h"

namespace acmecore {
namespace {

using base::Bytes;
using base::BytesView;
using base::X509Handle;
using std::chrono::hours;
using std::chrono::seconds;
using testing::HasSubstr;
using namespace std::string_literals;
using namespace std::string_view_literals;

X509Handle signed_leaf(const LeafRequest& request = good_leaf_request()) {
  return read_by_openssl(test_issuer().sign_leaf(request).value());
}

Bytes text_of(X509_EXTENSION* extension) {
  const base::BioHandle bio(BIO_new(BIO_s_mem()));
  X509V3_EXT_print(bio.get(), extension, 0, 0);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, size_t(size)};
}

X509_EXTENSION* find(const X509Handle& leaf, int nid) {
  return X509_get_ext(leaf.get(), X509_get_ext_by_NID(leaf.get(), nid, -1));
}

Bytes value_of(const X509Handle& leaf, int nid) {
  const ASN1_OCTET_STRING* value = X509_EXTENSION_get_data(find(leaf, nid));
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)), size_t(ASN1_STRING_length(value))};
}

bool is_critical(const X509Handle& leaf, int nid) {
  return X509_EXTENSION_get_critical(find(leaf, nid)) == 1;
}

bool has(const X509Handle& leaf, int nid) { return X509_get_ext_by_NID(leaf.get(), nid, -1) >= 0; }

TEST(LeafLint, TheValidityHasNoExtraSecond) {
  int days = 0;
  int extra = 0;
  const X509Handle leaf = signed_leaf();
  ASSERT_EQ(ASN1_TIME_diff(&days, &extra, X509_get0_notBefore(leaf.get()), X509_get0_notAfter(leaf.get())),
            1);
  EXPECT_EQ(hours(24) * days + seconds(extra), kLeafLifetimeDefault - seconds(1));
}

TEST(LeafLint, NotBeforeIsWithin48HoursOfSigning) {
  int days = 0;
  int extra = 0;
  const X509Handle leaf = signed_leaf();
  const base::OpensslHandle<ASN1_TIME, ASN1_TIME_free> signed_at(ASN1_TIME_new());
  ASN1_TIME_set(signed_at.get(), kNow.time_since_epoch() / seconds(1));
  ASSERT_EQ(ASN1_TIME_diff(&days, &extra, X509_get0_notBefore(leaf.get()), signed_at.get()), 1);
  EXPECT_EQ(days, 0);
  EXPECT_EQ(seconds(extra), kBackdate);
}

TEST(LeafLint, TimesThrough2049AreUtcTime) {
  const X509Handle leaf = signed_leaf();
  EXPECT_EQ(ASN1_STRING_type(X509_get0_notBefore(leaf.get())), V_ASN1_UTCTIME);
  EXPECT_EQ(ASN1_STRING_type(X509_get0_notAfter(leaf.get())), V_ASN1_UTCTIME);
}

TEST(LeafLint, TheSerialIsPositiveAndOfAtMost20Octets) {
  const LeafRequest request = good_leaf_request();
  const X509Handle leaf = signed_leaf(request);
  const ASN1_INTEGER* serial = X509_get0_serialNumber(leaf.get());
  EXPECT_EQ(ASN1_STRING_type(serial), V_ASN1_INTEGER);  // not V_ASN1_NEG_INTEGER
  EXPECT_LE(ASN1_STRING_length(serial), 20);
  EXPECT_EQ(Bytes(reinterpret_cast<const char*>(ASN1_STRING_get0_data(serial)), ASN1_STRING_length(serial)),
            request.serial.octets);
}

TEST(LeafLint, TheVersionIs3) { EXPECT_EQ(X509_get_version(signed_leaf().get()), X509_VERSION_3); }

TEST(LeafLint, TheSubjectIsEmptySoThereIsNoCommonNameAndNoOrganization) {
  EXPECT_EQ(X509_NAME_entry_count(X509_get_subject_name(signed_leaf().get())), 0);
}

TEST(LeafLint, TheSubjectAltNameIsCriticalBecauseTheSubjectIsEmpty) {
  EXPECT_TRUE(is_critical(signed_leaf(), NID_subject_alt_name));
}

TEST(LeafLint, ASubjectIsTheCommonNameAloneAndThenTheSubjectAltNameIsNotCritical) {
  LeafRequest request = good_leaf_request();
  request.common_name = "corp.test";
  const Certificate leaf = parse_certificate(test_issuer().sign_leaf(request).value()).value();
  EXPECT_EQ(leaf.subject_der,
            "\x30\x14\x31\x12\x30\x10\x06\x03\x55\x04\x03\x0c\x09"
            "corp.test");
  EXPECT_FALSE(is_critical(signed_leaf(request), NID_subject_alt_name));
}

TEST(LeafLint, TheSubjectAltNameHoldsTheNamesAsIa5Strings) {
  EXPECT_EQ(value_of(signed_leaf(), NID_subject_alt_name),
            "\x30\x18\x82\x0b*.corp.test\x82\x09"
            "corp.test");
}

TEST(LeafLint, AddressesHave4Or16Octets) {
  LeafRequest request = good_leaf_request();
  request.dns_names = {};
  request.ip_addresses = {"\xc0\x00\x02\x01"s, "\x20\x01\x0d\xb8" + Bytes(11, '\0') + "\x01"};
  EXPECT_EQ(text_of(find(signed_leaf(request), NID_subject_alt_name)),
            "IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:0:1");
}

TEST(LeafLint, ExtendedKeyUsageIsServerAuthAloneAndNotCritical) {
  const X509Handle leaf = signed_leaf();
  EXPECT_FALSE(is_critical(leaf, NID_ext_key_usage));
  EXPECT_EQ(text_of(find(leaf, NID_ext_key_usage)), "TLS Web Server Authentication");
}

TEST(LeafLint, KeyUsageIsDigitalSignatureAloneAndCriticalForEveryKeyType) {
  for (const auto& key : {make_p256(), make_ec("P-384"), make_rsa(2048)}) {
    LeafRequest request = good_leaf_request();
    request.spki_der = spki_of(key.get());
    const X509Handle leaf = signed_leaf(request);
    EXPECT_TRUE(is_critical(leaf, NID_key_usage));
    EXPECT_EQ(value_of(leaf, NID_key_usage), "\x03\x02\x07\x80"sv);  // trailing zero bits trimmed
  }
}

TEST(LeafLint, BasicConstraintsAreCriticalAndDoNotWriteFalse) {
  const X509Handle leaf = signed_leaf();
  EXPECT_TRUE(is_critical(leaf, NID_basic_constraints));
  EXPECT_EQ(value_of(leaf, NID_basic_constraints), "\x30\x00"sv);
}

TEST(LeafLint, AuthorityKeyIdentifierIsTheIssuersKeyIdentifierAlone) {
  const X509Handle leaf = signed_leaf();
  const X509Handle issuer = read_by_openssl(test_issuer().certificate().der);
  EXPECT_FALSE(is_critical(leaf, NID_authority_key_identifier));
  const Bytes expected = "\x30\x16\x80\x14" + value_of(issuer, NID_subject_key_identifier).substr(2);
  EXPECT_EQ(value_of(leaf, NID_authority_key_identifier), expected);
}

TEST(LeafLint, APolicyHasNoQualifiers) {
  LeafRequest request = good_leaf_request();
  request.content.policies = {Bytes(oids::kDomainValidated)};
  const X509Handle leaf = signed_leaf(request);
  EXPECT_FALSE(is_critical(leaf, NID_certificate_policies));
  EXPECT_EQ(text_of(find(leaf, NID_certificate_policies)), "Policy: 2.23.140.1.2.1");
}

TEST(LeafLint, ThereIsNoExtensionThatTheProfileDoesNotName) {
  const X509Handle leaf = signed_leaf();
  EXPECT_EQ(X509_get_ext_count(leaf.get()), 5);
  for (int absent :
       {NID_subject_key_identifier, NID_name_constraints, NID_certificate_policies,
        NID_crl_distribution_points, NID_info_access, NID_issuer_alt_name, NID_ct_precert_scts}) {
    EXPECT_FALSE(has(leaf, absent)) << OBJ_nid2sn(absent);
  }
}

TEST(LeafLint, NoExtensionStandsThereTwice) {
  const X509Handle leaf = signed_leaf();
  std::set<int> seen;
  for (int i = 0; i < X509_get_ext_count(leaf.get()); ++i) {
    EXPECT_TRUE(seen.insert(OBJ_obj2nid(X509_EXTENSION_get_object(X509_get_ext(leaf.get(), i)))).second);
  }
}

TEST(LeafLint, TheIssuerIsOctetForOctetTheSubjectOfTheCa) {
  const Certificate leaf = parse_certificate(test_issuer().sign_leaf(good_leaf_request()).value()).value();
  EXPECT_EQ(leaf.issuer_der, test_issuer().certificate().subject_der);
}

TEST(LeafLint, TheSignatureAlgorithmHasNoParametersAndIsTheSameInsideAndOutside) {
  const X509Handle leaf = signed_leaf();
  const X509_ALGOR* outer = nullptr;
  X509_get0_signature(nullptr, &outer, leaf.get());
  EXPECT_EQ(X509_ALGOR_cmp(outer, X509_get0_tbs_sigalg(leaf.get())), 0);
  int type = 0;
  const ASN1_OBJECT* oid = nullptr;
  X509_ALGOR_get0(&oid, &type, nullptr, outer);
  EXPECT_EQ(OBJ_obj2nid(oid), NID_ecdsa_with_SHA256);
  EXPECT_EQ(type, V_ASN1_UNDEF);
}

TEST(LeafLint, ThePublicKeyIsOctetForOctetTheOneOfTheRequest) {
  const auto rsa = make_rsa(2048);
  LeafRequest request = good_leaf_request();
  request.spki_der = spki_of(rsa.get());
  const X509Handle leaf = signed_leaf(request);
  EXPECT_EQ(spki_of(X509_get0_pubkey(leaf.get())), request.spki_der);
  EXPECT_THAT(request.spki_der, HasSubstr("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"sv));
}

TEST(LeafLint, EveryOctetIsDer) {
  const Bytes der = test_issuer().sign_leaf(good_leaf_request()).value();
  const X509Handle leaf = read_by_openssl(der);
  ASSERT_TRUE(leaf);
  Bytes written_again(size_t(i2d_re_X509_tbs(leaf.get(), nullptr)), '\0');
  auto* at = reinterpret_cast<unsigned char*>(written_again.data());
  i2d_re_X509_tbs(leaf.get(), &at);
  EXPECT_EQ(written_again, parse_certificate(der)->tbs_der);
}

// Why the request is refused; empty if it is not.
std::string refusal(const LeafRequest& request) {
  const auto leaf = test_issuer().sign_leaf(request);
  if (leaf) return "";
  EXPECT_EQ(leaf.error().kind, base::ErrorKind::internal);
  return leaf.error().detail;
}

TEST(LeafRequest, NamesThatMayNotBeCertifiedAreNotSigned) {
  LeafRequest request = good_leaf_request();
  EXPECT_EQ(refusal(request), "");
  for (const char* name :
       {"Corp.test", "corp.test.", "under_score.test", "*", "www.*.test", "xn--0.test", "192.0.2.1", ""}) {
    request.dns_names = {name};
    EXPECT_THAT(refusal(request), HasSubstr("dns_name_syntax")) << name;
  }
  request.dns_names = {std::string(64, 'a') + ".test"};
  EXPECT_THAT(refusal(request), HasSubstr("dns_name_syntax"));
  request.dns_names = {"a.test", "b.test", "a.test"};
  EXPECT_THAT(refusal(request), HasSubstr("names_are_unique"));
  request.dns_names = {};
  EXPECT_THAT(refusal(request), HasSubstr("subject_alt_name_present"));
}

TEST(LeafRequest, ACommonNameThatIsNoneOfItsNamesOrTooLongIsNotSigned) {
  LeafRequest request = good_leaf_request();
  for (const char* other : {"www.corp.test", "Corp.test", "corp.test.", "192.0.2.1"}) {
    request.common_name = other;
    EXPECT_THAT(refusal(request), HasSubstr("common_name_is_a_name")) << other;
  }
  for (const size_t size : {kCommonNameSizeMax, kCommonNameSizeMax + 1}) {
    request.common_name = std::string(size - 10, 'a') + ".corp.test";
    request.dns_names = {request.common_name};
    const std::string why = refusal(request);
    EXPECT_EQ(why.find("subject_lengths") != std::string::npos, size > kCommonNameSizeMax) << why;
    EXPECT_EQ(why.empty(), size <= kCommonNameSizeMax) << why;
  }
}

TEST(LeafRequest, AddressesOfAnotherSizeAreNotSigned) {
  LeafRequest request = good_leaf_request();
  request.ip_addresses = {"\x7f\x00\x00\x01"s};
  EXPECT_EQ(refusal(request), "");
  request.ip_addresses.push_back(request.ip_addresses[0]);
  EXPECT_THAT(refusal(request), HasSubstr("names_are_unique"));
  request.ip_addresses = {"\x7f\x01\x01"};
  EXPECT_THAT(refusal(request), HasSubstr("ip_address_form"));
}

TEST(LeafRequest, AKeyThatMayNotBeCertifiedIsNotSigned) {
  LeafRequest request = good_leaf_request();
  request.spki_der = spki_of(make_rsa(1024).get());
  EXPECT_THAT(refusal(request), HasSubstr("rsa_modulus_size"));
  request.spki_der = "";
  EXPECT_THAT(refusal(request), HasSubstr("tbs_structure"));
}

TEST(LeafRequest, ASerialThatIsNoneOfOursIsNotSigned) {
  LeafRequest request = good_leaf_request();
  request.serial = {"\x01" + Bytes(8, '\x02')};
  EXPECT_EQ(refusal(request), "");
  for (const Bytes& octets : {Bytes(), Bytes(1, '\0'), Bytes(8, '\x01'), Bytes(21, '\x01'), Bytes(16, '\x80'),
                              '\0' + Bytes(15, '\x01')}) {
    request.serial = {octets};
    EXPECT_THAT(refusal(request), HasSubstr("serial")) << octets.size();
  }
}

TEST(LeafRequest, AValidityOutsideTheIssuersIsNotSigned) {
  const Validity& ca = test_issuer().certificate().validity;
  LeafRequest request = good_leaf_request();
  request.validity = ca;
  EXPECT_EQ(refusal(request), "");
  request.validity = {ca.not_before, ca.not_after + seconds(1)};
  EXPECT_THAT(refusal(request), HasSubstr("validity_within_issuer"));
  request.validity = {ca.not_before - seconds(1), ca.not_after};
  EXPECT_THAT(refusal(request), HasSubstr("validity_within_issuer"));
  request.validity = {kNow, kNow};
  EXPECT_THAT(refusal(request), HasSubstr("validity_in_order"));
}

TEST(LeafRequest, ATimeThatACertificateCannotTellIsNotSigned) {
  LeafRequest request = good_leaf_request();
  request.validity = {kNow, kNow + std::chrono::milliseconds(90'000'500)};
  EXPECT_THAT(refusal(request), HasSubstr("not the one that was asked for: validity"));
}

TEST(LeafRequest, RulesAreThoseOfItsProfile) {
  LeafRequest request = good_leaf_request();
  request.dns_names = {"assay.dev"};
  request.content.crl_distribution_point = "http://crl.assay.dev/1.crl";
  request.validity.not_after = request.validity.not_before + std::chrono::days(201) - seconds(1);
  EXPECT_EQ(refusal(request), "");
  request.content.rules = ProfileRules::public_trust;
  request.content.policies = {Bytes(oids::kDomainValidated)};
  EXPECT_THAT(refusal(request), HasSubstr("validity_within_max (BR 6.3.2)"));
  request.validity.not_after -= std::chrono::days(1);
  EXPECT_EQ(refusal(request), "");
  request.issued += std::chrono::hours(48);
  EXPECT_THAT(refusal(request), HasSubstr("not_before_near_signature"));
}

}  // namespace
}  // namespace acmecore
