#include "acmecore/crl_lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "acmecore/der.h"
#include "acmecore/oids.h"
#include "acmecore/software_key.h"
#include "tests/acmecore/crl_fixture.h"
#include "tests/acmecore/status_rules.h"

namespace acmecore {
namespace {

using base::Bytes;
using base::BytesView;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::string_view_literals;

// A CRL whose every field a test can change; the views alias what is beside them.
class CrlLint : public testing::Test {
 protected:
  // The rules that the CRL breaks.
  std::vector<std::string> broken() {
    std::vector<std::string> names;
    for (const CrlRule& rule : crl_rules()) {
      if (!rule.holds(crl_, expected_)) names.emplace_back(rule.name);
    }
    if (crl_.entries) {
      std::optional<CrlEntry> before;
      const auto take = [&](const CrlEntry& entry) {
        for (const CrlEntryRule& rule : crl_entry_rules()) {
          if (!rule.holds(entry, before ? &*before : nullptr, crl_)) names.emplace_back(rule.name);
        }
        before = entry;
        return true;
      };
      EXPECT_TRUE(for_each_entry(*crl_.entries, take));
    }
    EXPECT_EQ(names.empty(), lint_crl(crl_, expected_).has_value());
    return names;
  }

  Extension& extension(BytesView oid) {
    for (Extension& candidate : crl_.extensions) {
      if (candidate.oid == oid) return candidate;
    }
    return crl_.extensions.at(99);
  }

  // Of a CRL with these octets for entries.
  std::vector<std::string> broken_with(const Bytes& entries) {
    entries_ = entries;
    crl_.entries = entries_;
    return broken();
  }

  // Of one whose issuing distribution point is this.
  std::vector<std::string> broken_with_point(BytesView value) {
    extension(oids::kIssuingDistributionPoint).value = value;
    return broken();
  }

  CrlExpectation expected_{test_issuer().certificate(), {kCrlUri}, {6}};
  Bytes tbs_ =
      tbs_cert_list(good_crl_fields(), entries_of({revoked("0102", RevocationReason::superseded)}),
                    test_issuer().certificate(), SoftwareKey::parse(test_ca().issuing_key_pem).value());
  Bytes entries_;
  Crl crl_ = parse_tbs_cert_list(tbs_).value();
};

TEST_F(CrlLint, WhatWeWriteBreaksNoRule) { EXPECT_THAT(broken(), IsEmpty()); }

TEST_F(CrlLint, EveryRuleHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (const CrlRule& rule : crl_rules())
    EXPECT_TRUE(names.insert(rule.name).second) << rule.name;
  for (const CrlEntryRule& rule : crl_entry_rules())
    EXPECT_TRUE(names.insert(rule.name).second) << rule.name;
}

TEST_F(CrlLint, IsDocumentedRuleByRule) {
  std::vector<std::string> expected;
  for (const CrlRule& rule : crl_rules())
    expected.push_back(row_of(rule));
  for (const CrlEntryRule& rule : crl_entry_rules())
    expected.push_back(row_of(rule));
  EXPECT_EQ(documented_status_rules("crl_"), expected);
}

TEST_F(CrlLint, TheIssuerIsTheSubjectOfTheCaOctetForOctet) {
  Bytes recoded(crl_.issuer_der);
  recoded[recoded.find('\x0c')] = '\x13';  // the same text, as a PrintableString
  crl_.issuer_der = recoded;
  EXPECT_THAT(broken(), ElementsAre("crl_issuer_is_the_subject_of_the_ca"));
}

TEST_F(CrlLint, TheSignatureAlgorithmGoesWithTheKey) {
  crl_.signature_algorithm_der = "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03"sv;  // SHA-384 for P-256
  EXPECT_THAT(broken(), ElementsAre("crl_signature_algorithm_goes_with_the_key"));
  crl_.signature_algorithm_der = "\x30\x0c\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02\x05\x00"sv;  // with NULL
  EXPECT_THAT(broken(), ElementsAre("crl_signature_algorithm_goes_with_the_key"));
}

TEST_F(CrlLint, TheNextUpdateIsLaterAndWithinTenDays) {
  crl_.next_update = kNow + std::chrono::days(10) - seconds(1);  // a second that is part of the ten days
  EXPECT_THAT(broken(), IsEmpty());
  *crl_.next_update += seconds(1);
  EXPECT_THAT(broken(), ElementsAre("crl_next_update_is_within_ten_days"));
  crl_.next_update = kNow;
  EXPECT_THAT(broken(), ElementsAre("crl_next_update_is_later_than_this_update"));
  crl_.next_update.reset();
  EXPECT_THAT(broken(),
              ElementsAre("crl_next_update_is_later_than_this_update", "crl_next_update_is_within_ten_days"));
}

TEST_F(CrlLint, AnEmptyListIsAbsent) {
  crl_.entries.reset();
  EXPECT_THAT(broken(), IsEmpty());
  EXPECT_THAT(broken_with(""), ElementsAre("crl_revoked_list_is_absent_rather_than_empty"));
}

TEST_F(CrlLint, TheAuthorityKeyIdentifierIsTheCasAlone) {
  Extension& authority = extension(oids::kAuthorityKeyIdentifier);
  const Bytes good = authority.value;
  authority.critical = true;
  EXPECT_THAT(broken(), ElementsAre("crl_authority_key_identifier_is_the_cas"));
  authority.critical = false;
  for (const Bytes& bad : {good.substr(0, good.size() - 1) + 'x', Bytes("\x30\x00"sv),
                           der::sequence({good.substr(2), "\x82\x01\x05"sv})}) {
    authority.value = bad;
    EXPECT_THAT(broken(), ElementsAre("crl_authority_key_identifier_is_the_cas"));
  }
}

TEST_F(CrlLint, TheNumberIsNotCriticalAndBelow2To159) {
  Extension& number = extension(oids::kCrlNumber);
  number.critical = true;
  EXPECT_THAT(broken(), ElementsAre("crl_number_is_not_critical_and_below_2_159"));
  number.critical = false;
  number.value = "\x02\x15\x00\x80" + Bytes(19, '\0');
  EXPECT_THAT(broken(), ElementsAre("crl_number_is_not_critical_and_below_2_159", "crl_number_increases"));
}

TEST_F(CrlLint, TheNumberIncreases) {
  expected_.before.number = 7;
  EXPECT_THAT(broken(), ElementsAre("crl_number_increases"));
  expected_.before.number = 8;
  EXPECT_THAT(broken(), ElementsAre("crl_number_increases"));
}

TEST_F(CrlLint, TheDistributionPointIsThereAndCritical) {
  const std::vector<std::string> all = {
      "crl_issuing_distribution_point_is_critical", "crl_issuing_distribution_point_is_the_certificates",
      "crl_distribution_point_is_http", "crl_is_of_subscriber_certificates_alone"};
  extension(oids::kIssuingDistributionPoint).critical = false;
  EXPECT_EQ(broken(), all);
  extension(oids::kIssuingDistributionPoint).critical = true;
  EXPECT_EQ(broken_with_point("\x30\x03\x81\x01\xff"sv), all);
  EXPECT_EQ(broken_with_point(""), all);
}

TEST_F(CrlLint, TheDistributionPointIsTheCertificatesOctetForOctet) {
  expected_.distribution_points = {"http://pki.corp.test/crl/0123456789abcdef/8.crl"};
  EXPECT_THAT(broken(), ElementsAre("crl_issuing_distribution_point_is_the_certificates"));
  expected_.distribution_points = {kCrlUri, "http://old.test/7.crl"};
  EXPECT_THAT(broken(), ElementsAre("crl_issuing_distribution_point_is_the_certificates"));
  EXPECT_THAT(broken_with_point(issuing_distribution_point(expected_.distribution_points)), IsEmpty());
}

TEST_F(CrlLint, TheDistributionPointIsHttp) {
  expected_.distribution_points = {"https://pki.corp.test/7.crl"};
  EXPECT_THAT(broken_with_point(issuing_distribution_point(expected_.distribution_points)),
              ElementsAre("crl_distribution_point_is_http"));
}

TEST_F(CrlLint, ItIsOfSubscriberCertificatesAloneAndOfAllReasons) {
  const Bytes good = issuing_distribution_point({kCrlUri});
  const Bytes name = good.substr(2, good.size() - 5);
  EXPECT_THAT(broken_with_point(der::sequence({name, "\x81\x01\xff"sv})), IsEmpty());
  const auto only = ElementsAre("crl_is_of_subscriber_certificates_alone");
  EXPECT_THAT(broken_with_point(der::sequence({name})), only);
  EXPECT_THAT(broken_with_point(der::sequence({name, "\x82\x01\xff"sv})), only);              // of CAs
  EXPECT_THAT(broken_with_point(der::sequence({name, "\x81\x01\xff\x82\x01\xff"sv})), only);  // of both
  EXPECT_THAT(broken_with_point(der::sequence({name, "\x81\x01\xff\x84\x01\xff"sv})), only);  // indirect
  EXPECT_FALSE(
      broken_with_point(der::sequence({name, "\x81\x01\xff\x83\x02\x01\x06"sv})).empty());  // some reasons
}

TEST_F(CrlLint, ThereIsNoOtherExtension) {
  crl_.extensions.push_back({Bytes("\x55\x1d\x1b"sv), true, Bytes("\x02\x01\x01"sv)});  // deltaCRLIndicator
  EXPECT_THAT(broken(), ElementsAre("crl_has_no_other_extension"));
}

Bytes entry(BytesView serial, BytesView extensions) {
  return der::sequence({der::element(der::kInteger, serial), der::time(kNow), extensions});
}
// An entry with one extension.
Bytes entry_with(BytesView oid, bool critical, BytesView value) {
  const Bytes extension =
      der::sequence({der::oid(oid), critical ? "\x01\x01\xff"sv : ""sv, der::octet_string(value)});
  return entry("\x01", der::sequence({extension}));
}

TEST_F(CrlLint, AnEntrysSerialIsACertificates) {
  EXPECT_THAT(broken_with(entry("\x01", "")), IsEmpty());
  EXPECT_THAT(broken_with(entry("\0"sv, "")), ElementsAre("crl_entry_serial_is_a_certificates"));
  EXPECT_THAT(broken_with(entry("\x80", "")), ElementsAre("crl_entry_serial_is_a_certificates"));
  EXPECT_THAT(broken_with(entry(Bytes(21, '\x01'), "")), ElementsAre("crl_entry_serial_is_a_certificates"));
}

TEST_F(CrlLint, AnEntryIsThereOnce) {
  EXPECT_THAT(broken_with(entry("\x01", "") + entry("\x02", "")), IsEmpty());
  EXPECT_THAT(broken_with(entry("\x01", "") + entry("\x01", "")), ElementsAre("crl_entry_is_there_once"));
  EXPECT_THAT(broken_with(entry("\x02", "") + entry("\x01", "")), ElementsAre("crl_entry_is_there_once"));
}

TEST_F(CrlLint, AnEntryStaysUntilItsCertificateHasEnded) {
  const Bytes before = entry("\x01", "") + entry("\x02", "") + entry("\x05", "");
  expected_.before.entries = before;
  EXPECT_THAT(broken_with(before + entry("\x06", "")), IsEmpty());
  const auto only = ElementsAre("crl_entries_stay_until_their_certificates_end");
  EXPECT_THAT(broken_with(entry("\x01", "") + entry("\x05", "")), only);
  EXPECT_THAT(broken_with(entry("\x02", "") + entry("\x03", "") + entry("\x05", "")), only);
  EXPECT_THAT(broken_with(entry("\x01", "") + entry("\x02", "")), only);
  expected_.before.ended = {"\x02"};
  EXPECT_THAT(broken_with(entry("\x01", "") + entry("\x05", "")), IsEmpty());
  EXPECT_THAT(broken_with(entry("\x01", "")), only);
  expected_.before.ended = {"\x01", "\x02", "\x05"};
  crl_.entries.reset();
  EXPECT_THAT(broken(), IsEmpty());
  expected_.before.ended = {"\x01", "\x05"};
  EXPECT_THAT(broken(), only);
}

TEST_F(CrlLint, ARevocationIsOfThePast) {
  crl_.this_update = kNow - seconds(1);
  EXPECT_THAT(broken_with(entry("\x01", "")), ElementsAre("crl_entry_revocation_is_of_the_past"));
}

TEST_F(CrlLint, AReasonIsNotCriticalAndAllowed) {
  for (const char* good : {"\x0a\x01\x01", "\x0a\x01\x03", "\x0a\x01\x04", "\x0a\x01\x05", "\x0a\x01\x09"})
    EXPECT_THAT(broken_with(entry_with(oids::kReasonCode, false, good)), IsEmpty());
  EXPECT_THAT(broken_with(entry_with(oids::kReasonCode, true, "\x0a\x01\x01")),
              ElementsAre("crl_entry_extensions_are_not_critical"));
  for (const BytesView bad : {"\x0a\x01\x00"sv, "\x0a\x01\x02"sv, "\x0a\x01\x06"sv, "\x0a\x01\x08"sv,
                              "\x0a\x01\x0a"sv, "\x0a\x02\x00\x01"sv, "\x02\x01\x01"sv}) {
    EXPECT_THAT(broken_with(entry_with(oids::kReasonCode, false, bad)),
                ElementsAre("crl_entry_reason_is_allowed"));
  }
}

TEST_F(CrlLint, AnEntryHasNoExtensionButAReason) {
  EXPECT_THAT(
      broken_with(entry_with("\x55\x1d\x18"sv, false, der::generalized_time(kNow))),  // invalidityDate
      ElementsAre("crl_entry_has_no_extension_but_a_reason"));
}

TEST_F(CrlLint, TheErrorNamesRulesTheirSourcesAndTheEntry) {
  crl_.next_update = kNow + std::chrono::days(11);
  entries_ = entry("\x0a", "") + entry("\x0a", "");
  crl_.entries = entries_;
  const auto linted = lint_crl(crl_, expected_);
  EXPECT_EQ(linted.error().kind, base::ErrorKind::internal);
  EXPECT_EQ(linted.error().detail,
            "the CRL breaks crl_next_update_is_within_ten_days (BR 4.9.7), "
            "crl_entry_is_there_once (RFC 5280 §5.1.2.6) of the entry 0a");
}

TEST_F(CrlLint, TheIssuerSignsNothingThatBreaksARule) {
  CrlFields fields = good_crl_fields();
  EXPECT_TRUE(test_issuer().sign_crl(fields, "", {6}));
  EXPECT_FALSE(test_issuer().sign_crl(fields, "", {7}));
  fields.next_update = fields.this_update + std::chrono::days(11);
  EXPECT_FALSE(test_issuer().sign_crl(fields, "", {6}));
}

TEST_F(CrlLint, TheIssuerKnowsItsOwnCrls) {
  const Bytes der = test_issuer().sign_crl(good_crl_fields(), "", {6}).value();
  const Crl own = parse_crl(der).value();
  EXPECT_TRUE(test_issuer().signed_crl(own));
  EXPECT_FALSE(Issuer::open(make_development_ca(kNow).value(), kNow)->signed_crl(own));
  for (size_t at = 0; at < der.size(); ++at) {
    Bytes changed = der;
    changed[at] = char(changed[at] ^ 1);
    const auto crl = parse_crl(changed);
    EXPECT_FALSE(crl && test_issuer().signed_crl(*crl)) << at;
  }
}

}  // namespace
}  // namespace acmecore
