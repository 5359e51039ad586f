#include "acmecore/issuer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <functional>
#include <thread>

#include "acmecore/ca_profile.h"
#include "acmecore/certificate_writer.h"
#include "acmecore/der.h"
#include "acmecore/oids.h"
#include "acmecore/pem.h"
#include "acmecore/software_key.h"
#include "tests/acmecore/certificate_fixtures.h"

namespace acmecore {
namespace {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::X509Handle;
using std::chrono::hours;
using std::chrono::seconds;
using testing::HasSubstr;
using namespace std::string_view_literals;

using StoreHandle = base::OpensslHandle<X509_STORE, X509_STORE_free>;
using StoreContextHandle = base::OpensslHandle<X509_STORE_CTX, X509_STORE_CTX_free>;

X509Handle read_by_openssl(BytesView der) {
  const uint8_t* at = base::octets(der);
  return X509Handle(d2i_X509(nullptr, &at, long(der.size())));
}

// What OpenSSL, at its strictest, says of the leaf as the certificate of a TLS server called `host`.
// Which verdict() asks for.
LeafRequest request_with_policy() {
  LeafRequest request = good_leaf_request();
  request.content.policies = {Bytes(oids::kDomainValidated)};
  return request;
}

std::string verdict(BytesView leaf_der, const char* host, int purpose = X509_PURPOSE_SSL_SERVER) {
  const X509Handle leaf = read_by_openssl(leaf_der);
  const X509Handle issuing = read_by_openssl(test_issuer().certificate().der);
  const X509Handle root = read_by_openssl(parse_pem(kPemCertificate, test_issuer().root_pem()).value());
  const StoreHandle store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), root.get());
  const StoreContextHandle context(X509_STORE_CTX_new());
  STACK_OF(X509)* between = sk_X509_new_null();
  sk_X509_push(between, issuing.get());
  X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), between);
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE |
                                              X509_V_FLAG_POLICY_CHECK | X509_V_FLAG_EXPLICIT_POLICY);
  X509_VERIFY_PARAM_add0_policy(parameters, OBJ_txt2obj("2.23.140.1.2.1", 1));
  X509_VERIFY_PARAM_set_purpose(parameters, purpose);
  X509_VERIFY_PARAM_set_time(parameters, kNow.time_since_epoch() / seconds(1));
  X509_VERIFY_PARAM_set1_host(parameters, host, 0);
  X509_verify_cert(context.get());
  const std::string text = X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get()));
  sk_X509_free(between);
  return text;
}

TEST(Issuer, ItsLeavesVerifyForTheirNamesAndNoOthers) {
  const Bytes leaf = test_issuer().sign_leaf(request_with_policy()).value();
  EXPECT_EQ(verdict(leaf, "corp.test"), "ok");
  EXPECT_EQ(verdict(leaf, "www.corp.test"), "ok");
  EXPECT_EQ(verdict(leaf, "a.www.corp.test"), "hostname mismatch");
  EXPECT_EQ(verdict(leaf, "evil.test"), "hostname mismatch");
}

TEST(Issuer, ItsLeavesAreNotForClients) {
  const Bytes leaf = test_issuer().sign_leaf(request_with_policy()).value();
  EXPECT_THAT(verdict(leaf, "corp.test", X509_PURPOSE_SSL_CLIENT), HasSubstr("purpose"));
}

TEST(Issuer, ItsLeavesVerifyWhateverTheTypeOfTheirKey) {
  for (const auto& key : {make_rsa(2048), make_ec("P-256"), make_ec("P-384"), make_ec("P-521")}) {
    LeafRequest request = request_with_policy();
    request.spki_der = spki_of(key.get());
    EXPECT_EQ(verdict(test_issuer().sign_leaf(request).value(), "corp.test"), "ok");
  }
}

TEST(Issuer, TheOpensslProgramVerifiesTheChainThatIsGivenOut) {
  const TemporaryDirectory directory;
  const std::string chain = test_issuer().chain_pem(test_issuer().sign_leaf(request_with_policy()).value());
  write_text(directory.path() + "/root.pem", test_issuer().root_pem());
  write_text(directory.path() + "/chain.pem", chain);
  const std::string verify = "openssl verify -x509_strict -check_ss_sig -purpose sslserver -attime " +
                             std::to_string(kNow.time_since_epoch() / seconds(1)) + " -CAfile " +
                             directory.path() + "/root.pem -untrusted " + directory.path() +
                             "/chain.pem -verify_hostname ";
  const ProgramResult good = run_program(verify + "www.corp.test " + directory.path() + "/chain.pem");
  EXPECT_TRUE(good.succeeded) << good.output;
  EXPECT_THAT(good.output, HasSubstr("chain.pem: OK"));
  const ProgramResult other = run_program(verify + "evil.test " + directory.path() + "/chain.pem");
  EXPECT_FALSE(other.succeeded) << other.output;
}

TEST(Issuer, TheChainIsTheLeafAndTheIssuingCaAndNothingElse) {
  const Bytes leaf = test_issuer().sign_leaf(request_with_policy()).value();
  EXPECT_EQ(test_issuer().chain_pem(leaf), pem_block(kPemCertificate, leaf) + test_ca().issuing_pem);
}

TEST(Issuer, SignsFromSeveralThreadsAtOnce) {
  std::vector<std::thread> threads;
  std::vector<std::string> verdicts(4);
  for (size_t i = 0; i < verdicts.size(); ++i) {
    threads.emplace_back([&verdicts, i] {
      for (int round = 0; round < 10; ++round) {
        const auto leaf = test_issuer().sign_leaf(request_with_policy());
        verdicts[i] = leaf ? verdict(*leaf, "corp.test") : leaf.error().detail;
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_THAT(verdicts, testing::Each("ok"));
}

// Why the CA is not opened; empty if it is.
std::string refusal(const CaMaterial& material, base::Time now = kNow) {
  const auto issuer = Issuer::open(material, now);
  if (issuer) return "";
  EXPECT_EQ(issuer.error().kind, ErrorKind::unavailable);
  return issuer.error().detail;
}

TEST(IssuerOpen, AKeyAndACertificateThatDoNotBelongTogetherAreRefused) {
  const CaMaterial other = make_development_ca(kNow).value();
  CaMaterial mixed = test_ca();
  EXPECT_EQ(refusal(mixed), "");
  mixed.issuing_key_pem = other.issuing_key_pem;
  EXPECT_THAT(refusal(mixed), HasSubstr("issuing key and the issuing certificate do not belong together"));
  mixed = test_ca();
  mixed.root_key_pem = other.root_key_pem;
  EXPECT_THAT(refusal(mixed), HasSubstr("root key and the root certificate do not belong together"));
  mixed = test_ca();
  mixed.root_key_pem = other.root_key_pem;
  mixed.root_pem = other.root_pem;
  EXPECT_THAT(refusal(mixed), HasSubstr("not signed by the root"));
}

TEST(IssuerOpen, WithoutTheRootKeyItIsOpened) {
  CaMaterial material = test_ca();
  material.root_key_pem = "";
  EXPECT_EQ(refusal(material), "");
}

TEST(IssuerOpen, WhatCannotBeReadIsRefusedAndNamed) {
  for (std::string CaMaterial::*part : {&CaMaterial::root_key_pem, &CaMaterial::issuing_key_pem}) {
    CaMaterial material = test_ca();
    material.*part = "rubbish";
    EXPECT_THAT(refusal(material), HasSubstr("cannot be read"));
  }
  for (std::string CaMaterial::*part : {&CaMaterial::root_pem, &CaMaterial::issuing_pem}) {
    CaMaterial material = test_ca();
    material.*part = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    EXPECT_THAT(refusal(material), HasSubstr("cannot be read"));
  }
}

TEST(IssuerOpen, IsRefusedOutsideTheValidityOfEither) {
  const Certificate& issuing = test_issuer().certificate();
  EXPECT_EQ(refusal(test_ca(), issuing.validity.not_after), "");
  EXPECT_THAT(refusal(test_ca(), issuing.validity.not_after + seconds(1)),
              HasSubstr("issuing certificate is valid only"));
  EXPECT_THAT(refusal(test_ca(), kNow - hours(3)), HasSubstr("root certificate is valid only"));
  EXPECT_THAT(refusal(test_ca(), kNow + kRootLifetime), HasSubstr("root certificate is valid only"));
}

// An issuing CA that the root signs after `change`.
CaMaterial with_issuing(const std::function<void(TbsFields&)>& change) {
  const Certificate& good = test_issuer().certificate();
  TbsFields fields{new_serial(),     good.issuer_der, good.validity,
                   good.subject_der, good.spki_der,   good.extensions};
  change(fields);
  CaMaterial material = test_ca();
  const SoftwareKey root = SoftwareKey::parse(material.root_key_pem).value();
  material.issuing_pem = pem_block(kPemCertificate, sign_certificate(fields, root).value());
  return material;
}

std::string refusal_with(BytesView oid, BytesView value) {
  return refusal(with_issuing([=](TbsFields& fields) {
    for (Extension& extension : fields.extensions) {
      if (extension.oid == oid) extension.value = value;
    }
  }));
}

std::string refusal_without(BytesView oid) {
  return refusal(with_issuing([=](TbsFields& fields) {
    std::erase_if(fields.extensions, [=](const Extension& extension) { return extension.oid == oid; });
  }));
}

TEST(IssuerOpen, ACertificateThatCannotSignServerCertificatesIsRefused) {
  EXPECT_EQ(refusal(with_issuing([](TbsFields&) {})), "");
  EXPECT_THAT(refusal_with(oids::kBasicConstraints, "\x30\x00"sv), HasSubstr("not a CA's"));
  EXPECT_THAT(refusal_with(oids::kBasicConstraints, ""), HasSubstr("not a CA's"));
  EXPECT_THAT(refusal_without(oids::kBasicConstraints), HasSubstr("not a CA's"));
  EXPECT_THAT(refusal_with(oids::kKeyUsage, "\x03\x02\x07\x80"sv), HasSubstr("keyCertSign"));
  EXPECT_THAT(refusal_without(oids::kKeyUsage), HasSubstr("keyCertSign"));
  EXPECT_THAT(refusal_with(oids::kExtendedKeyUsage, der::sequence({der::oid(oids::kClientAuth)})),
              HasSubstr("serverAuth"));
  EXPECT_EQ(refusal_without(oids::kExtendedKeyUsage), "");
  EXPECT_THAT(refusal_without(oids::kSubjectKeyIdentifier), HasSubstr("subjectKeyIdentifier"));
  EXPECT_THAT(refusal_with(oids::kSubjectKeyIdentifier, "\x04\x00"sv), HasSubstr("subjectKeyIdentifier"));
  EXPECT_THAT(refusal(with_issuing([](TbsFields& fields) { fields.subject_der = "\x30\x00"sv; })),
              HasSubstr("empty subject"));
}

}  // namespace
}  // namespace acmecore
