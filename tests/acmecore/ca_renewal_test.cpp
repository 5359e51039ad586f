#include "acmecore/ca_renewal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "acmecore/certificate_writer.h"
#include "acmecore/der.h"
#include "acmecore/oids.h"
#include "acmecore/pointer_extensions.h"
#include "acmecore/serial.h"
#include "acmecore/software_key.h"
#include "tests/acmecore/certificate_fixtures.h"

namespace acmecore {
namespace {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using testing::HasSubstr;
using namespace std::string_view_literals;

class CaRenewalTest : public testing::Test {
 protected:
  CaRenewalTest() {
    EXPECT_TRUE(add_subtree(corp_.permitted, "corp.test"));
    EXPECT_TRUE(add_subtree(corp_.excluded, "secret.corp.test"));
    corp_.permitted.others = {
        "\x81\x09"
        "corp.test"};
  }

  // The certificate of an issuing CA with these extensions, as somebody made it who holds to no rules.
  Certificate certificate(const std::vector<Extension>& extensions) const {
    const TbsFields fields{new_serial(),          root_.subject_der,  root_.validity,
                           issuing().subject_der, issuing().spki_der, extensions};
    return parse_certificate(sign_certificate(fields, root_key_).value()).value();
  }
  // That which a new one has, with `changed` in the place of its like, or behind them.
  std::vector<Extension> usual(const std::vector<Extension>& changed = {}) const {
    auto extensions = issuing_extensions(issuing(), root_).value();
    for (const Extension& extension : changed) {
      const auto same = std::ranges::find(extensions, extension.oid, &Extension::oid);
      if (same == extensions.end()) {
        extensions.push_back(extension);
      } else {
        *same = extension;
      }
    }
    return extensions;
  }
  IssuingCa issuing() const { return {name_of(CaSubject{"Issuing CA"}).value(), key_.spki_der()}; }

  // What `old` becomes with the key that it has, and what it holds the CA to then.
  std::vector<Extension> renewed(const std::vector<Extension>& old, const NameConstraints& names = {}) const {
    IssuingCa wanted = issuing();
    wanted.constraints = names;
    return renewed_extensions(certificate(old), wanted, root_).value();
  }
  NameConstraints constraints(const NameConstraints& old, const NameConstraints& names) const {
    const auto extensions = renewed(usual({{Bytes(oids::kNameConstraints), true, encode(old)}}), names);
    return parse_name_constraints(find_extension(extensions, oids::kNameConstraints)->value).value();
  }

  const SoftwareKey root_key_ = SoftwareKey::generate();
  const SoftwareKey key_ = SoftwareKey::generate();
  const Certificate root_ =
      parse_certificate(
          sign_root(name_of(CaSubject{"Root CA"}).value(), root_key_, kNow, kRootLifetime).value())
          .value();
  NameConstraints corp_;
};

Bytes name(const CaSubject& subject) { return name_of(subject).value(); }

TEST(RenewedSubject, HasWhatIsSaidAndElseWhatItHad) {
  const Bytes corp = name({"CA 1", "Corp", "CH"});
  EXPECT_EQ(renewed_subject(corp, {"CA 2"}), name({"CA 2", "Corp", "CH"}));
  EXPECT_EQ(renewed_subject(corp, {"CA 2", "Other"}), name({"CA 2", "Other", "CH"}));
  EXPECT_EQ(renewed_subject(corp, {"CA 2", "Other", "DE"}), name({"CA 2", "Other", "DE"}));
  EXPECT_EQ(renewed_subject(name({"CA 1"}), {"CA 2"}), name({"CA 2"}));
  EXPECT_EQ(renewed_subject(name({"CA 1"}), {"CA 2", "Corp", "CH"}), name({"CA 2", "Corp", "CH"}));
  EXPECT_EQ(renewed_subject(corp, {}).error().kind, ErrorKind::malformed);
}

TEST(RenewedSubject, OtherAttributesStayWhereTheyAre) {
  const auto rdn = [](BytesView type, BytesView value) {
    return der::element(der::kSet,
                        der::sequence({der::oid(type), der::element(der::kPrintableString, value)}));
  };
  constexpr BytesView kUnit = "\x55\x04\x0b"sv;
  const Bytes old =
      der::sequence({rdn(oids::kCountryName, "CH"), rdn(kUnit, "PKI"), rdn(oids::kCommonName, "CA 1")});
  const Bytes common_name = der::element(
      der::kSet, der::sequence({der::oid(oids::kCommonName), der::element(der::kUtf8String, "CA 2")}));
  EXPECT_EQ(renewed_subject(old, {"CA 2"}),
            der::sequence({rdn(oids::kCountryName, "CH"), rdn(kUnit, "PKI"), common_name}));
  const Bytes two = der::sequence({der::element(
      der::kSet, der::sequence({der::oid(oids::kCommonName), der::element(der::kPrintableString, "CA 1")}) +
                     der::sequence({der::oid(kUnit), der::element(der::kPrintableString, "PKI")}))});
  EXPECT_THAT(renewed_subject(two, {"CA 2"}).error().detail, HasSubstr("several attributes in one RDN"));
  EXPECT_FALSE(renewed_subject("\x30\x01", {"CA 2"}));
}

TEST_F(CaRenewalTest, OfWhatWeMakeWithTheSameKeyNothingChanges) {
  EXPECT_EQ(renewed(usual()), usual());
  const std::vector<Extension> held = usual({{Bytes(oids::kNameConstraints), true, encode(corp_)}});
  EXPECT_EQ(renewed(held), held);
}

// Also what is written as we would not write it, such as constraints that are not critical.
TEST_F(CaRenewalTest, WhateverRfc5280HasStaysOctetForOctetInItsOrder) {
  std::vector<Extension> all = {
      {Bytes(oids::kBasicConstraints), false, Bytes("\x30\x03\x01\x01\xff"sv)},
      {Bytes(oids::kNameConstraints), false, Bytes("\x30\x0a\xa1\x08\x30\x06\x82\x04TEST"sv)},
      {Bytes(oids::kSubjectAltName), false, Bytes("\x30\x06\x82\x04TEST"sv)}};
  for (const BytesView oid : {oids::kIssuerAltName, oids::kSubjectDirectoryAttributes,
                              oids::kExtendedKeyUsage, oids::kCertificatePolicies, oids::kPolicyMappings,
                              oids::kPolicyConstraints, oids::kInhibitAnyPolicy, oids::kCrlDistributionPoints,
                              oids::kFreshestCrl, oids::kAuthorityInfoAccess, oids::kSubjectInfoAccess}) {
    all.push_back({Bytes(oid), false, Bytes("as it is")});
  }
  auto reversed = usual(all);
  std::ranges::reverse(reversed);
  EXPECT_EQ(renewed(reversed), reversed);
}

TEST_F(CaRenewalTest, WhatItHasNotIsNotAddedButWhoseKeySignedIt) {
  std::vector<Extension> bare = usual();
  std::erase_if(bare, [](const Extension& one) {
    return one.oid == oids::kExtendedKeyUsage || one.oid == oids::kCertificatePolicies ||
           one.oid == oids::kAuthorityKeyIdentifier;
  });
  auto expected = bare;
  expected.push_back(*find_extension(usual(), oids::kAuthorityKeyIdentifier));
  EXPECT_EQ(renewed(bare), expected);
}

TEST_F(CaRenewalTest, PurposesAndUrlsAreOthersWhereTheyAreAskedFor) {
  IssuingCa wanted = issuing();
  wanted.client_auth = true;
  wanted.crl_url = "http://pki.corp.test/root.crl";
  wanted.ca_issuers_url = "http://pki.corp.test/root.crt";
  const auto expected = issuing_extensions(wanted, root_).value();
  EXPECT_EQ(renewed_extensions(certificate(usual()), wanted, root_).value(), expected);
  IssuingCa moved = wanted;
  moved.client_auth = false;
  moved.crl_url = "http://crl.corp.test/root.crl";
  moved.ca_issuers_url = "";
  const auto again = renewed_extensions(certificate(expected), moved, root_).value();
  moved.ca_issuers_url = wanted.ca_issuers_url;
  EXPECT_EQ(again, issuing_extensions(moved, root_).value());
}

TEST_F(CaRenewalTest, WhereTheOcspResponderIsStaysBesideAnotherUrlOfTheIssuer) {
  IssuingCa wanted = issuing();
  wanted.ca_issuers_url = "http://pki.corp.test/root-2.crt";
  const auto said = [](const Bytes& value) {
    return Extension{Bytes(oids::kAuthorityInfoAccess), false, value};
  };
  const auto information = [&](const Bytes& old) {
    const auto extensions = renewed_extensions(certificate(usual({said(old)})), wanted, root_).value();
    return find_extension(extensions, oids::kAuthorityInfoAccess)->value;
  };
  const std::string ocsp = "http://ocsp.corp.test";
  const Bytes both = authority_info_access(ocsp, wanted.ca_issuers_url);
  EXPECT_EQ(information(authority_info_access(ocsp, "http://pki.corp.test/root.crt")), both);
  EXPECT_EQ(information(authority_info_access(ocsp, "")), both);
  const Bytes alone = authority_info_access("", wanted.ca_issuers_url);
  EXPECT_EQ(information(authority_info_access("", "http://pki.corp.test/root.crt")), alone);
  for (const BytesView bad : {"\x30\x01"sv, "\x30\x02\x05\x00"sv, "\x30\x02\x30\x00"sv}) {
    const Certificate old = certificate(usual({said(Bytes(bad))}));
    EXPECT_EQ(renewed_extensions(old, wanted, root_).error().kind, ErrorKind::malformed);
  }
}

TEST_F(CaRenewalTest, TheKeyIdentifiersAreThoseOfTheKeys) {
  IssuingCa another = issuing();
  another.spki_der = SoftwareKey::generate().spki_der();
  const auto old = usual({{Bytes(oids::kSubjectKeyIdentifier), false, Bytes("\x04\x02ME"sv)},
                          {Bytes(oids::kAuthorityKeyIdentifier), false, Bytes("\x30\x04\x80\x02UP"sv)}});
  const auto same_key = renewed(old);
  EXPECT_EQ(find_extension(same_key, oids::kSubjectKeyIdentifier)->value, "\x04\x02ME"sv);
  const auto other_key = renewed_extensions(certificate(old), another, root_).value();
  const auto fresh = issuing_extensions(another, root_).value();
  for (const BytesView oid : {oids::kSubjectKeyIdentifier, oids::kAuthorityKeyIdentifier})
    EXPECT_EQ(*find_extension(other_key, oid), *find_extension(fresh, oid));
}

TEST_F(CaRenewalTest, TheKeyUsageHasWhatAnIssuingCaNeedsBesideWhatItHad) {
  const std::vector<std::pair<BytesView, BytesView>> cases = {
      {"\x03\x02\x01\x06"sv, "\x03\x02\x01\x86"sv},           // keyCertSign, cRLSign
      {"\x03\x02\x02\x04"sv, "\x03\x02\x01\x86"sv},           // keyCertSign alone
      {"\x03\x02\x01\xc6"sv, "\x03\x02\x01\xc6"sv},           // nonRepudiation, too
      {"\x03\x02\x00\x07"sv, "\x03\x02\x00\x87"sv},           // encipherOnly
      {"\x03\x03\x07\x06\x80"sv, "\x03\x03\x07\x86\x80"sv}};  // decipherOnly
  for (const auto& [old, expected] : cases) {
    const auto extensions = renewed(usual({{Bytes(oids::kKeyUsage), true, Bytes(old)}}));
    EXPECT_EQ(find_extension(extensions, oids::kKeyUsage)->value, expected);
  }
  for (const BytesView bad : {"\x03\x01\x00"sv, "\x04\x01\x06"sv, ""sv}) {
    const Certificate old = certificate(usual({{Bytes(oids::kKeyUsage), true, Bytes(bad)}}));
    EXPECT_EQ(renewed_extensions(old, issuing(), root_).error().kind, ErrorKind::malformed);
  }
}

TEST_F(CaRenewalTest, OtherNamesTakeThePlaceOfThoseOfTheirListAlone) {
  NameConstraints wanted;
  ASSERT_TRUE(add_subtree(wanted.permitted, "lab.test"));
  ASSERT_TRUE(add_subtree(wanted.permitted, "10.0.0.0/8"));
  NameConstraints expected = corp_;
  expected.permitted.dns_names = {"lab.test"};
  expected.permitted.addresses = wanted.permitted.addresses;
  EXPECT_EQ(constraints(corp_, wanted), expected);

  NameConstraints excluding;
  ASSERT_TRUE(add_subtree(excluding.excluded, "other.test"));
  expected = corp_;
  expected.excluded.dns_names = {"other.test"};
  EXPECT_EQ(constraints(corp_, excluding), expected);

  const auto first = renewed(usual(), wanted);
  EXPECT_EQ(first.back(), (Extension{Bytes(oids::kNameConstraints), true, encode(wanted)}));
}

TEST_F(CaRenewalTest, WhatMayBeAboutTheOneCertificateAloneIsNamedAndRefused) {
  const Extension scts{Bytes("\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x02"sv), false, Bytes("\x04\x00"sv)};
  const Extension period{Bytes("\x55\x1d\x10"sv), false, Bytes("\x30\x00"sv)};
  const auto refused = renewed_extensions(certificate(usual({scts, period})), issuing(), root_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(refused.error().detail, HasSubstr("(1.3.6.1.4.1.11129.2.4.2, 2.5.29.16)"));
}

}  // namespace
}  // namespace acmecore
