// What OpenSSL reads of a leaf of each kind of profile is what was asked for, and nothing more.
#include "acmecore/leaf_content.h"

#include <gmock/gmock.h>
#include <openssl/x509v3.h>

#include <set>

#include "acmecore/key_identifier.h"
#include "base/object_identifier.h"
#include "tests/acmecore/certificate_fixtures.h"

namespace acmecore {
namespace {

using base::Bytes;
using base::X509Handle;
using std::chrono::days;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

Bytes octets_of(const ASN1_STRING* string) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)), size_t(ASN1_STRING_length(string))};
}

std::string dotted(const ASN1_OBJECT* object) {
  char text[128];
  OBJ_obj2txt(text, sizeof text, object, 1);
  return text;
}

std::string url_of(const GENERAL_NAME* name) {
  EXPECT_EQ(name->type, GEN_URI);
  return octets_of(name->d.uniformResourceIdentifier);
}

// Null: the certificate has no such extension.
template <class T, auto free>
base::OpensslHandle<T, free> read(const X509Handle& leaf, int nid) {
  return base::OpensslHandle<T, free>(static_cast<T*>(X509_get_ext_d2i(leaf.get(), nid, nullptr, nullptr)));
}

// All of a leaf that OpenSSL knows how to read.
struct Reading {
  std::vector<std::string> subject;  // "PRINTABLESTRING 2.5.4.6 DE"
  std::vector<std::string> dns_names;
  uint32_t key_usage = 0;
  std::vector<std::string> purposes;
  std::vector<std::string> policies;
  std::vector<std::string> crls;
  std::vector<std::string> access;  // "1.3.6.1.5.5.7.48.1 http://…"
  Bytes subject_key_identifier;
  std::vector<long> tls_features;
  std::vector<int> critical;  // NIDs
  std::vector<int> others;
};

void read_subject(const X509Handle& leaf, Reading& reading) {
  const X509_NAME* subject = X509_get_subject_name(leaf.get());
  for (int i = 0; i < X509_NAME_entry_count(subject); ++i) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(subject, i);
    const ASN1_STRING* value = X509_NAME_ENTRY_get_data(entry);
    reading.subject.push_back(std::string(ASN1_tag2str(ASN1_STRING_type(value))) + " " +
                              dotted(X509_NAME_ENTRY_get_object(entry)) + " " + octets_of(value));
  }
}

void read_lists(const X509Handle& leaf, Reading& reading) {
  if (const auto names = read<GENERAL_NAMES, GENERAL_NAMES_free>(leaf, NID_subject_alt_name)) {
    for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i)
      reading.dns_names.push_back(octets_of(sk_GENERAL_NAME_value(names.get(), i)->d.dNSName));
  }
  if (const auto usages = read<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free>(leaf, NID_ext_key_usage)) {
    for (int i = 0; i < sk_ASN1_OBJECT_num(usages.get()); ++i)
      reading.purposes.push_back(dotted(sk_ASN1_OBJECT_value(usages.get(), i)));
  }
  if (const auto policies =
          read<CERTIFICATEPOLICIES, CERTIFICATEPOLICIES_free>(leaf, NID_certificate_policies)) {
    for (int i = 0; i < sk_POLICYINFO_num(policies.get()); ++i) {
      const POLICYINFO* policy = sk_POLICYINFO_value(policies.get(), i);
      EXPECT_EQ(policy->qualifiers, nullptr);
      reading.policies.push_back(dotted(policy->policyid));
    }
  }
  if (const auto features = read<TLS_FEATURE, TLS_FEATURE_free>(leaf, NID_tlsfeature)) {
    for (int i = 0; i < sk_ASN1_INTEGER_num(features.get()); ++i)
      reading.tls_features.push_back(ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features.get(), i)));
  }
}

void read_pointers(const X509Handle& leaf, Reading& reading) {
  if (const auto points = read<CRL_DIST_POINTS, CRL_DIST_POINTS_free>(leaf, NID_crl_distribution_points)) {
    for (int i = 0; i < sk_DIST_POINT_num(points.get()); ++i) {
      const DIST_POINT* point = sk_DIST_POINT_value(points.get(), i);
      EXPECT_EQ(point->reasons, nullptr);
      EXPECT_EQ(point->CRLissuer, nullptr);
      const GENERAL_NAMES* names = point->distpoint->name.fullname;
      EXPECT_EQ(sk_GENERAL_NAME_num(names), 1);
      reading.crls.push_back(url_of(sk_GENERAL_NAME_value(names, 0)));
    }
  }
  if (const auto access = read<AUTHORITY_INFO_ACCESS, AUTHORITY_INFO_ACCESS_free>(leaf, NID_info_access)) {
    for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(access.get()); ++i) {
      const ACCESS_DESCRIPTION* one = sk_ACCESS_DESCRIPTION_value(access.get(), i);
      reading.access.push_back(dotted(one->method) + " " + url_of(one->location));
    }
  }
  if (const auto identifier =
          read<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free>(leaf, NID_subject_key_identifier))
    reading.subject_key_identifier = octets_of(identifier.get());
}

Reading read_leaf(const LeafRequest& request) {
  const Bytes der = test_issuer().sign_leaf(request).value();
  const uint8_t* at = base::octets(der);
  const X509Handle leaf(d2i_X509(nullptr, &at, long(der.size())));
  EXPECT_TRUE(leaf);
  Reading reading;
  read_subject(leaf, reading);
  read_lists(leaf, reading);
  read_pointers(leaf, reading);
  reading.key_usage = X509_get_key_usage(leaf.get());
  for (int i = 0; i < X509_get_ext_count(leaf.get()); ++i) {
    X509_EXTENSION* extension = X509_get_ext(leaf.get(), i);
    const int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
    if (X509_EXTENSION_get_critical(extension) == 1) reading.critical.push_back(nid);
    const std::set<int> known = {NID_key_usage,
                                 NID_ext_key_usage,
                                 NID_subject_alt_name,
                                 NID_basic_constraints,
                                 NID_certificate_policies,
                                 NID_authority_key_identifier,
                                 NID_crl_distribution_points,
                                 NID_info_access,
                                 NID_subject_key_identifier,
                                 NID_tlsfeature};
    if (!known.contains(nid)) reading.others.push_back(nid);
  }
  return reading;
}

constexpr const char* kServerAuth = "1.3.6.1.5.5.7.3.1";
constexpr const char* kClientAuth = "1.3.6.1.5.5.7.3.2";
constexpr const char* kDomainValidated = "2.23.140.1.2.1";

LeafRequest request_of(ProfileRules rules) {
  LeafRequest request = good_leaf_request();
  request.dns_names = {"assay.dev", "*.assay.dev"};
  request.content.rules = rules;
  if (rules != ProfileRules::private_trust)
    request.content.policies = {base::parse_object_identifier(kDomainValidated).value()};
  return request;
}

TEST(LeafContent, OfAProfileWithoutAnythingIsTheLeast) {
  const LeafRequest request = request_of(ProfileRules::private_trust);
  const Reading leaf = read_leaf(request);
  EXPECT_THAT(leaf.subject, IsEmpty());
  EXPECT_THAT(leaf.dns_names, ElementsAre("assay.dev", "*.assay.dev"));
  EXPECT_EQ(leaf.key_usage, uint32_t(KU_DIGITAL_SIGNATURE));
  EXPECT_THAT(leaf.purposes, ElementsAre(kServerAuth));
  EXPECT_THAT(leaf.policies, IsEmpty());
  EXPECT_THAT(leaf.crls, IsEmpty());
  EXPECT_THAT(leaf.access, IsEmpty());
  EXPECT_EQ(leaf.subject_key_identifier, "");
  EXPECT_THAT(leaf.tls_features, IsEmpty());
  EXPECT_THAT(leaf.critical,
              UnorderedElementsAre(NID_key_usage, NID_basic_constraints, NID_subject_alt_name));
  EXPECT_THAT(leaf.others, IsEmpty());
}

TEST(LeafContent, OfAPrivateProfileIsEverythingThatItSays) {
  LeafRequest request = request_of(ProfileRules::private_trust);
  request.spki_der = spki_of(make_rsa(2048).get());
  request.common_name = "*.assay.dev";
  LeafContent& content = request.content;
  content.client_auth = true;
  content.key_encipherment = true;
  content.subject_key_identifier = true;
  content.policies = {base::parse_object_identifier("1.3.6.1.4.1.55555.1").value(),
                      base::parse_object_identifier("2.23.140.1.2.1").value()};
  content.ca_issuers_url = "http://pki.assay.dev/" + std::string(200, 'i');
  content.ocsp_url = "https://ocsp.assay.dev/";
  content.crl_distribution_point = "http://crl.assay.dev/" + std::string(200, 'c');
  content.must_staple = true;
  content.country = "DE";
  content.organization =
      "Pr\xc3\xbc"
      "fer & S\xc3\xb6hne";
  const Reading leaf = read_leaf(request);
  EXPECT_THAT(leaf.subject,
              ElementsAre("PRINTABLESTRING 2.5.4.6 DE", "UTF8STRING 2.5.4.10 " + content.organization,
                          "UTF8STRING 2.5.4.3 *.assay.dev"));
  EXPECT_EQ(leaf.key_usage, uint32_t(KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT));
  EXPECT_THAT(leaf.purposes, ElementsAre(kServerAuth, kClientAuth));
  EXPECT_THAT(leaf.policies, ElementsAre("1.3.6.1.4.1.55555.1", kDomainValidated));
  EXPECT_THAT(leaf.crls, ElementsAre(content.crl_distribution_point));
  EXPECT_THAT(leaf.access, ElementsAre("1.3.6.1.5.5.7.48.1 " + content.ocsp_url,
                                       "1.3.6.1.5.5.7.48.2 " + content.ca_issuers_url));
  EXPECT_EQ(leaf.subject_key_identifier, key_identifier(request.spki_der).value());
  EXPECT_THAT(leaf.tls_features, ElementsAre(5));  // status_request (RFC 6066 §8)
  EXPECT_THAT(leaf.critical, UnorderedElementsAre(NID_key_usage, NID_basic_constraints));
  EXPECT_THAT(leaf.others, IsEmpty());
}

TEST(LeafContent, OfAPublicProfileIsDomainValidatedAndSaysWhereRevocationIsTold) {
  LeafRequest request = request_of(ProfileRules::public_trust);
  request.content.ca_issuers_url = "http://pki.assay.dev/ca.der";
  request.content.crl_distribution_point = "http://crl.assay.dev/7.crl";
  request.validity.not_after = request.validity.not_before + days(200) - seconds(1);
  const Reading leaf = read_leaf(request);
  EXPECT_THAT(leaf.subject, IsEmpty());
  EXPECT_EQ(leaf.key_usage, uint32_t(KU_DIGITAL_SIGNATURE));
  EXPECT_THAT(leaf.purposes, ElementsAre(kServerAuth));
  EXPECT_THAT(leaf.policies, ElementsAre(kDomainValidated));
  EXPECT_THAT(leaf.crls, ElementsAre("http://crl.assay.dev/7.crl"));
  EXPECT_THAT(leaf.access, ElementsAre("1.3.6.1.5.5.7.48.2 http://pki.assay.dev/ca.der"));
  EXPECT_THAT(leaf.critical,
              UnorderedElementsAre(NID_key_usage, NID_basic_constraints, NID_subject_alt_name));
  EXPECT_THAT(leaf.others, IsEmpty());
}

TEST(LeafContent, OfAShortLivedProfileIsSilentAboutRevocation) {
  LeafRequest request = request_of(ProfileRules::short_lived);
  request.validity.not_after = request.validity.not_before + days(7) - seconds(1);
  const Reading leaf = read_leaf(request);
  EXPECT_THAT(leaf.policies, ElementsAre(kDomainValidated));
  EXPECT_THAT(leaf.crls, IsEmpty());
  EXPECT_THAT(leaf.access, IsEmpty());
  EXPECT_THAT(leaf.others, IsEmpty());
}

TEST(LeafContent, IdentifiesTheKeyByTheHashOfItsBits) {
  for (const auto& key : {make_p256(), make_ec("P-384"), make_rsa(2048)}) {
    const Bytes spki = spki_of(key.get());
    const uint8_t* at = base::octets(spki);
    const base::OpensslHandle<X509_PUBKEY, X509_PUBKEY_free> read(
        d2i_X509_PUBKEY(nullptr, &at, long(spki.size())));
    const uint8_t* bits = nullptr;
    int size = 0;
    ASSERT_EQ(X509_PUBKEY_get0_param(nullptr, &bits, &size, nullptr, read.get()), 1);
    EXPECT_EQ(key_identifier(spki).value(),
              base::sha256({reinterpret_cast<const char*>(bits), size_t(size)}).substr(0, 20));
  }
  EXPECT_FALSE(key_identifier(""));
  EXPECT_FALSE(key_identifier("\x30\x02\x30\x00"));
}

}  // namespace
}  // namespace acmecore
