#include "acmecore/name_constraints.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509v3.h>

#include <random>

#include "acmecore/certificate.h"
#include "acmecore/oids.h"
#include "base/openssl.h"
#include "tests/acmecore/certificate_fixtures.h"

namespace acmecore {
namespace {

using base::Bytes;
using base::ErrorKind;
using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::string_view_literals;

// "corp.example" and "10.0.0.0/8" as operators write them.
NameConstraints constraints(const std::vector<std::string>& permitted,
                            const std::vector<std::string>& excluded = {}) {
  NameConstraints made;
  for (const std::string& text : permitted)
    EXPECT_TRUE(add_subtree(made.permitted, text)) << text;
  for (const std::string& text : excluded)
    EXPECT_TRUE(add_subtree(made.excluded, text)) << text;
  return made;
}

bool permits(const NameConstraints& constraints, const std::string& name) {
  return check_constraints(constraints, {{name}, {}}, false).has_value();
}

bool permits_address(const NameConstraints& constraints, std::string_view address) {
  return check_constraints(constraints, {{}, {Bytes(address)}}, false).has_value();
}

TEST(NameConstraints, PermitANameAndAllBelowItAndNothingElse) {
  const auto corp = constraints({"corp.test"});
  EXPECT_TRUE(permits(corp, "corp.test"));
  EXPECT_TRUE(permits(corp, "www.corp.test"));
  EXPECT_TRUE(permits(corp, "a.b.corp.test"));
  EXPECT_TRUE(permits(corp, "*.corp.test"));
  EXPECT_FALSE(permits(corp, "test"));
  EXPECT_FALSE(permits(corp, "xcorp.test"));
  EXPECT_FALSE(permits(corp, "corp.test.evil"));
  EXPECT_FALSE(permits(corp, "*.test"));
}

TEST(NameConstraints, OneOfSeveralPermittedNamesIsEnough) {
  const auto two = constraints({"corp.test", "lab.test"});
  EXPECT_TRUE(permits(two, "www.lab.test"));
  EXPECT_FALSE(permits(two, "www.other.test"));
}

TEST(NameConstraints, ExcludedNamesCountWhateverIsPermitted) {
  const auto corp = constraints({"corp.test"}, {"secret.corp.test"});
  EXPECT_TRUE(permits(corp, "www.corp.test"));
  EXPECT_FALSE(permits(corp, "secret.corp.test"));
  EXPECT_FALSE(permits(corp, "a.secret.corp.test"));
  EXPECT_FALSE(permits(corp, "*.secret.corp.test"));
  EXPECT_TRUE(permits(corp, "*.www.corp.test"));
}

TEST(NameConstraints, AWildcardIsExcludedWithAnyNameThatItStandsFor) {
  const auto corp = constraints({}, {"secret.corp.test"});
  EXPECT_FALSE(permits(corp, "*.corp.test"));
  EXPECT_TRUE(permits(corp, "*.test"));  // it stands for no name two labels below
  EXPECT_FALSE(permits(constraints({}, {"corp.test"}), "*.test"));
}

TEST(NameConstraints, ALeadingDotIsForNamesBelowAlone) {
  NameConstraints dotted;
  dotted.permitted.dns_names = {".corp.test"};
  EXPECT_TRUE(permits(dotted, "www.corp.test"));
  EXPECT_FALSE(permits(dotted, "corp.test"));
  EXPECT_FALSE(permits(dotted, "xcorp.test"));
}

TEST(NameConstraints, TheEmptyNameIsEveryName) {
  NameConstraints all;
  all.permitted.dns_names = {""};
  EXPECT_TRUE(permits(all, "corp.test"));
  NameConstraints none;
  none.excluded.dns_names = {""};
  EXPECT_FALSE(permits(none, "corp.test"));
  EXPECT_FALSE(permits(none, "*.corp.test"));
  EXPECT_TRUE(permits_address(none, "\x0a\x00\x00\x01"sv));
}

TEST(NameConstraints, HoldFormsOfNamesApart) {
  const auto networks = constraints({"10.0.0.0/8", "2001:db8::/32"});
  EXPECT_TRUE(permits(networks, "any.test"));
  EXPECT_TRUE(permits_address(networks, "\x0a\x01\x02\x03"sv));
  EXPECT_FALSE(permits_address(networks, "\x0b\x01\x02\x03"sv));
  EXPECT_TRUE(permits_address(networks, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"sv));
  EXPECT_FALSE(permits_address(networks, "\x20\x01\x0d\xb9\0\0\0\0\0\0\0\0\0\0\0\x01"sv));
  const auto without = constraints({}, {"0.0.0.0/0"});
  EXPECT_FALSE(permits_address(without, "\x7f\0\0\x01"sv));
  EXPECT_TRUE(permits_address(without, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01"sv));
  EXPECT_TRUE(permits(without, "any.test"));
}

TEST(NameConstraints, ARefusalNamesEachNameAndWhatItIsHeldTo) {
  const auto refused = check_constraints(constraints({"corp.test"}, {"secret.corp.test"}),
                                         {{"a.test", "www.corp.test", "secret.corp.test"}, {}}, false);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::rejected_identifier);
  ASSERT_EQ(refused.error().suberrors.size(), 2u);
  EXPECT_EQ(refused.error().suberrors[0].identifier, "a.test");
  EXPECT_THAT(refused.error().suberrors[0].detail, HasSubstr("held to \"corp.test\""));
  EXPECT_EQ(refused.error().suberrors[1].identifier, "secret.corp.test");
  EXPECT_THAT(refused.error().suberrors[1].detail, HasSubstr("\"secret.corp.test\" is excluded"));
}

TEST(NameConstraints, WhereSubjectsAreConstrainedAnEmptyOneAloneKeeps) {
  NameConstraints subjects;
  subjects.permitted.others = {Bytes("\xa4\x02\x30\x00"sv)};
  EXPECT_TRUE(check_constraints(subjects, {{"corp.test"}, {}}, false));
  EXPECT_FALSE(check_constraints(subjects, {{"corp.test"}, {}}, true));
}

TEST(NameConstraints, AreWrittenAsOperatorsReadThem) {
  const auto made = constraints({"Corp.Test", "10.1.0.0/16"}, {"2001:db8::/33"});
  EXPECT_THAT(texts_of(made.permitted), ElementsAre("corp.test", "10.1.0.0/16"));
  EXPECT_THAT(texts_of(made.excluded), ElementsAre("2001:db8::/33"));
  NameConstraints::Subtrees none;
  for (const char* text :
       {"", "*.corp.test", ".corp.test", "corp test", "10.0.0.0/33", "corp.test.", "1.2.3"})
    EXPECT_FALSE(add_subtree(none, text)) << text;
}

// The value of the extension as OpenSSL writes it, from the notation of openssl.cnf.
Bytes by_openssl(const std::string& text) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_name_constraints, text.c_str());
  EXPECT_NE(extension, nullptr) << text;
  const ASN1_OCTET_STRING* value = X509_EXTENSION_get_data(extension);
  Bytes octets(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
               size_t(ASN1_STRING_length(value)));
  X509_EXTENSION_free(extension);
  return octets;
}

TEST(NameConstraints, AreEncodedAsOpensslDoesAndReadBack) {
  const std::vector<std::pair<NameConstraints, std::string>> cases = {
      {constraints({"corp.test"}), "permitted;DNS:corp.test"},
      {constraints({}, {"corp.test"}), "excluded;DNS:corp.test"},
      {constraints({"corp.test", "lab.test"}, {"secret.corp.test"}),
       "permitted;DNS:corp.test,permitted;DNS:lab.test,excluded;DNS:secret.corp.test"},
      {constraints({"10.0.0.0/8"}, {"2001:db8::/32"}),
       "permitted;IP:10.0.0.0/255.0.0.0,excluded;IP:2001:db8::/ffff:ffff::"}};
  for (const auto& [made, text] : cases) {
    EXPECT_EQ(encode(made), by_openssl(text)) << text;
    EXPECT_EQ(parse_name_constraints(by_openssl(text)).value(), made) << text;
  }
}

TEST(NameConstraints, OtherFormsAreKeptAsTheyAreAndBindNoLeafOfOursButForSubjects) {
  const Bytes value = by_openssl("permitted;email:corp.test,excluded;DNS:lab.test,excluded;URI:corp.test");
  const auto other = parse_name_constraints(value);
  EXPECT_EQ(other->permitted.others.size(), 1u);
  EXPECT_EQ(other->excluded.others.size(), 1u);
  EXPECT_FALSE(other->on_subjects());
  EXPECT_TRUE(check_constraints(*other, {{"other.test"}, {}}, true));
  EXPECT_EQ(encode(*other), value);
  // permittedSubtrees: a directoryName with an empty Name.
  const auto subjects = parse_name_constraints("\x30\x08\xa0\x06\x30\x04\xa4\x02\x30\x00"sv);
  ASSERT_TRUE(subjects) << subjects.error().detail;
  EXPECT_TRUE(subjects->on_subjects());
}

TEST(NameConstraints, WhatIsNoneIsRefused) {
  const Bytes good = by_openssl("permitted;DNS:corp.test");
  for (const Bytes& bad : {Bytes(), Bytes("\x30\x00"sv), Bytes("\x30\x02\xa0\x00"sv), good + '\0',
                           good.substr(0, good.size() - 1),
                           Bytes("\x30\x0a\xa0\x08\x30\x06\x82\x01\x61\x80\x01\x00"sv),  // a minimum
                           Bytes("\x30\x0a\xa0\x08\x30\x06\x87\x04\x0a\x00\x00\x00"sv),  // no mask
                           Bytes("\x30\x0e\xa0\x0c\x30\x0a\x87\x08\x0a\0\0\0\xff\x00\xff\x00"sv),
                           Bytes("\x30\x0e\xa0\x0c\x30\x0a\x87\x08\x0a\0\0\0\xf1\x00\x00\x00"sv)}) {
    EXPECT_FALSE(parse_name_constraints(bad));
  }
}

// What OpenSSL says of a certificate with these names.
bool openssl_permits(const NameConstraints& constraints, const std::string& san) {
  const Bytes value = encode(constraints);
  const uint8_t* at = base::octets(value);
  auto* read = reinterpret_cast<NAME_CONSTRAINTS*>(
      ASN1_item_d2i(nullptr, &at, long(value.size()), ASN1_ITEM_rptr(NAME_CONSTRAINTS)));
  EXPECT_NE(read, nullptr);
  const base::X509Handle leaf(X509_new());
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, san.c_str());
  X509_add_ext(leaf.get(), extension, -1);
  X509_EXTENSION_free(extension);
  X509_check_purpose(leaf.get(), -1, 0);  // reads the names of the extension: those are what is checked
  const int verdict = NAME_CONSTRAINTS_check(leaf.get(), read);
  NAME_CONSTRAINTS_free(read);
  return verdict == X509_V_OK;
}

// At random, from few labels, so that names often lie in each other. Where a wildcard stands for an excluded name we
// alone refuse.
TEST(NameConstraints, AreKeptToAsOpensslKeepsToThem) {
  std::mt19937 random(5);
  const auto one_of = [&random](const std::vector<std::string>& words) {
    return words[random() % words.size()];
  };
  const auto name = [&] {
    std::string text = "test";
    for (unsigned labels = random() % 4; labels > 0; --labels)
      text = one_of({"a", "b", "ab"}) + "." + text;
    return text;
  };
  unsigned refused = 0;
  unsigned refused_by_openssl = 0;
  for (int round = 0; round < 3000; ++round) {
    NameConstraints made;
    for (unsigned count = random() % 3; count > 0; --count)
      made.permitted.dns_names.push_back((random() % 4 == 0 ? "." : "") + name());
    for (unsigned count = random() % 3; count > 0; --count)
      made.excluded.dns_names.push_back((random() % 4 == 0 ? "." : "") + name());
    if (made.empty()) continue;
    const std::string leaf = name();
    const bool expected = openssl_permits(made, "DNS:" + leaf);
    refused_by_openssl += !expected;
    EXPECT_EQ(permits(made, leaf), expected) << leaf << testing::PrintToString(made.permitted.dns_names)
                                             << testing::PrintToString(made.excluded.dns_names);
    const std::string wildcard = "*." + leaf;
    if (permits(made, wildcard)) {
      EXPECT_TRUE(openssl_permits(made, "DNS:" + wildcard));
    } else {
      ++refused;
    }
  }
  EXPECT_GT(refused, 100u);
  EXPECT_GT(refused_by_openssl, 100u);
}

}  // namespace
}  // namespace acmecore
