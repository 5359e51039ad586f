#include "acmecore/ca_profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509v3.h>

#include "acmecore/distinguished_name.h"
#include "acmecore/oids.h"
#include "acmecore/software_key.h"
#include "tests/acmecore/certificate_fixtures.h"

// CA certificates and requests as OpenSSL reads them.
namespace acmecore {
namespace {

using base::Bytes;
using base::X509Handle;

constexpr KeyKind kKinds[] = {KeyKind::p256, KeyKind::p384, KeyKind::rsa2048, KeyKind::ed25519};

// What OpenSSL writes of what it has read.
Bytes written_again(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_re_X509_tbs(certificate, &der);  // encodes anew
  Bytes octets(reinterpret_cast<const char*>(der), size_t(size));
  OPENSSL_free(der);
  return octets;
}

base::Time time_of(const ASN1_TIME* time) {
  std::tm fields{};
  EXPECT_EQ(ASN1_TIME_to_tm(time, &fields), 1);
  return base::Time(std::chrono::seconds(::timegm(&fields)));
}

Bytes octets_of(const ASN1_OCTET_STRING* value) {
  if (value == nullptr) return "absent";
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)), size_t(ASN1_STRING_length(value))};
}

class CaProfile : public testing::TestWithParam<KeyKind> {
 protected:
  const Bytes root_name_ = name_of(CaSubject{"Corp Root CA", "Corp AG", "CH"}).value();
  const SoftwareKey root_key_ = SoftwareKey::generate(GetParam());
  const Bytes root_der_ = sign_root(root_name_, root_key_, kNow, kRootLifetime).value();
  const Certificate root_ = parse_certificate(root_der_).value();
};

TEST_P(CaProfile, ARootIsReadAsItWasMeant) {
  const X509Handle root = read_by_openssl(root_der_);
  EXPECT_EQ(written_again(root.get()), root_.tbs_der);
  EXPECT_EQ(X509_verify(root.get(), X509_get0_pubkey(root.get())), 1);
  EXPECT_EQ(X509_check_ca(root.get()), 1);
  EXPECT_EQ(X509_get_pathlen(root.get()), -1);
  EXPECT_EQ(X509_get_key_usage(root.get()), uint32_t(KU_KEY_CERT_SIGN | KU_CRL_SIGN));
  EXPECT_EQ(X509_get_extended_key_usage(root.get()), UINT32_MAX);  // none
  EXPECT_NE(X509_get_extension_flags(root.get()) & EXFLAG_SS, 0u);
  EXPECT_EQ(X509_get_extension_flags(root.get()) & (EXFLAG_INVALID | EXFLAG_CRITICAL), 0u);
  EXPECT_EQ(octets_of(X509_get0_subject_key_id(root.get())).size(), 20u);
  EXPECT_EQ(time_of(X509_get0_notBefore(root.get())), root_.validity.not_before);
  EXPECT_EQ(time_of(X509_get0_notAfter(root.get())), root_.validity.not_after);
  EXPECT_EQ(root_.validity.not_after - root_.validity.not_before + std::chrono::seconds(1), kRootLifetime);
  EXPECT_EQ(text_of_name(root_.subject_der), "CN=Corp Root CA,O=Corp AG,C=CH");
}

TEST_P(CaProfile, AnIssuingCaIsReadAsItWasMeantWhateverItIsHeldTo) {
  std::vector<NameConstraints> all(4);
  ASSERT_TRUE(add_subtree(all[1].permitted, "corp.test"));
  ASSERT_TRUE(add_subtree(all[2].excluded, "10.0.0.0/8"));
  all[3] = all[1];
  all[3].excluded = all[2].excluded;
  for (const NameConstraints& constraints : all) {
    const SoftwareKey key = SoftwareKey::generate();
    IssuingCa wanted{name_of(CaSubject{"Corp Issuing CA"}).value(), key.spki_der(), constraints};
    const Bytes der = sign_issuing(wanted, root_, root_key_, kNow).value();
    const Certificate ours = parse_certificate(der).value();
    const X509Handle issuing = read_by_openssl(der);
    const X509Handle root = read_by_openssl(root_der_);
    EXPECT_EQ(written_again(issuing.get()), ours.tbs_der);
    EXPECT_EQ(X509_verify(issuing.get(), X509_get0_pubkey(root.get())), 1);
    EXPECT_EQ(X509_check_issued(root.get(), issuing.get()), X509_V_OK);
    EXPECT_EQ(X509_check_ca(issuing.get()), 1);
    EXPECT_EQ(X509_get_pathlen(issuing.get()), 0);
    EXPECT_EQ(X509_get_key_usage(issuing.get()),
              uint32_t(KU_DIGITAL_SIGNATURE | KU_KEY_CERT_SIGN | KU_CRL_SIGN));
    EXPECT_EQ(X509_get_extended_key_usage(issuing.get()), uint32_t(XKU_SSL_SERVER));
    EXPECT_EQ(X509_get_extension_flags(issuing.get()) & (EXFLAG_INVALID | EXFLAG_CRITICAL | EXFLAG_SS), 0u);
    EXPECT_EQ(octets_of(X509_get0_authority_key_id(issuing.get())),
              octets_of(X509_get0_subject_key_id(root.get())));
    EXPECT_NE(octets_of(X509_get0_subject_key_id(issuing.get())),
              octets_of(X509_get0_subject_key_id(root.get())));
    const int place = X509_get_ext_by_NID(issuing.get(), NID_name_constraints, -1);
    EXPECT_EQ(place >= 0, !constraints.empty());
    if (place >= 0) {
      EXPECT_EQ(X509_EXTENSION_get_critical(X509_get_ext(issuing.get(), place)), 1);
    }
    EXPECT_EQ(ours.validity.not_after - ours.validity.not_before + std::chrono::seconds(1), kIssuingLifetime);
  }
}

TEST_P(CaProfile, ARequestIsReadAsItWasMeant) {
  NameConstraints corp;
  ASSERT_TRUE(add_subtree(corp.permitted, "corp.test"));
  const Bytes der = sign_ca_request({root_name_, root_key_.spki_der(), corp}, root_key_).value();
  const uint8_t* at = base::octets(der);
  const base::X509RequestHandle request(d2i_X509_REQ(nullptr, &at, long(der.size())));
  ASSERT_TRUE(request);
  EXPECT_EQ(at, base::octets(der) + der.size());
  EXPECT_EQ(X509_REQ_verify(request.get(), X509_REQ_get0_pubkey(request.get())), 1);
  EXPECT_EQ(X509_REQ_get_version(request.get()), 0);
  unsigned char* encoded = nullptr;
  const int size = i2d_re_X509_REQ_tbs(request.get(), &encoded);
  EXPECT_NE(der.find(Bytes(reinterpret_cast<const char*>(encoded), size_t(size))), Bytes::npos);
  OPENSSL_free(encoded);
  STACK_OF(X509_EXTENSION)* extensions = X509_REQ_get_extensions(request.get());
  EXPECT_EQ(sk_X509_EXTENSION_num(extensions), 5);
  for (const int nid : {NID_basic_constraints, NID_key_usage, NID_ext_key_usage, NID_name_constraints,
                        NID_subject_key_identifier}) {
    EXPECT_GE(X509v3_get_ext_by_NID(extensions, nid, -1), 0) << OBJ_nid2sn(nid);
  }
  sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
}

TEST_P(CaProfile, AnIssuingCaNamesWhereItsRootIsToldOfAndWhomItCertifies) {
  IssuingCa wanted{name_of(CaSubject{"Corp Issuing CA"}).value(), SoftwareKey::generate().spki_der()};
  wanted.client_auth = true;
  wanted.crl_url = "http://pki.corp.test/root.crl";
  wanted.ca_issuers_url = "http://pki.corp.test/root.crt";
  const Bytes der = sign_issuing(wanted, root_, root_key_, kNow).value();
  const X509Handle issuing = read_by_openssl(der);
  EXPECT_EQ(written_again(issuing.get()), parse_certificate(der)->tbs_der);
  EXPECT_EQ(X509_get_extended_key_usage(issuing.get()), uint32_t(XKU_SSL_SERVER | XKU_SSL_CLIENT));
  const auto text_of = [&](int nid) {
    const base::BioHandle bio(BIO_new(BIO_s_mem()));
    X509V3_EXT_print(bio.get(), X509_get_ext(issuing.get(), X509_get_ext_by_NID(issuing.get(), nid, -1)), 0,
                     0);
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return std::string(text, size_t(size));
  };
  EXPECT_THAT(text_of(NID_crl_distribution_points), testing::HasSubstr("URI:http://pki.corp.test/root.crl"));
  EXPECT_THAT(text_of(NID_info_access), testing::HasSubstr("CA Issuers - URI:http://pki.corp.test/root.crt"));
  EXPECT_THAT(text_of(NID_certificate_policies), testing::HasSubstr("Policy: X509v3 Any Policy"));
}

// A key in a token, which is made elsewhere. It signs nothing.
class WeakKey final : public SigningKey {
 public:
  WeakKey() : SigningKey(spki_of(make_rsa(1024).get()), SignatureAlgorithm::rsa_sha256) {}
  base::Result<Bytes> sign(base::BytesView) const override {
    ADD_FAILURE() << "it was asked to sign";
    return base::fail(base::ErrorKind::unavailable, "");
  }
};

TEST_P(CaProfile, NothingIsSignedThatBreaksARule) {
  const WeakKey weak;
  const auto expect_refused = [](const base::Result<Bytes>& made) {
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().kind, base::ErrorKind::unavailable);
    EXPECT_THAT(made.error().detail, testing::HasSubstr("would break rsa_modulus_size (BR 6.1.5)"));
  };
  expect_refused(sign_root(root_name_, weak, kNow, kRootLifetime));
  const IssuingCa issuing{name_of(CaSubject{"Corp Issuing CA"}).value(), weak.spki_der()};
  expect_refused(sign_issuing(issuing, root_, root_key_, kNow));
  expect_refused(sign_ca_request(issuing, weak));
}

INSTANTIATE_TEST_SUITE_P(Kinds, CaProfile, testing::ValuesIn(kKinds));

TEST(CaSubject, ANameIsReadByOpensslWithAllOfUnicode) {
  const Bytes name = name_of(CaSubject{"Zertifikate für Köln, \"1\"", "Müller + Söhne", "DE"}).value();
  EXPECT_EQ(text_of_name(name), "CN=Zertifikate für Köln\\, \\\"1\\\",O=Müller \\+ Söhne,C=DE");
  EXPECT_EQ(text_of_name("\x30"), "?");
  EXPECT_EQ(text_of_name(""), "?");
}

}  // namespace
}  // namespace acmecore
