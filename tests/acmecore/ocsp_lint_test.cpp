#include "acmecore/ocsp_lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "acmecore/der.h"
#include "acmecore/oids.h"
#include "tests/acmecore/certificate_fixtures.h"
#include "tests/acmecore/ocsp_fixture.h"
#include "tests/acmecore/status_rules.h"

namespace acmecore {
namespace {

using base::Bytes;
using base::BytesView;
using std::chrono::hours;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::string_view_literals;

// A response about two certificates, of which the second is revoked. A test can change every field of it; the views
// alias what is beside them.
class OcspLint : public testing::Test {
 protected:
  static OcspFields fields() {
    const OcspRequest request = parse_ocsp_request(openssl_ocsp_request({Serial{"\x01"}, Serial{"\x02"}},
                                                                        test_issuer().certificate(), 16))
                                    .value();
    OcspFields fields{test_issuer().ocsp_issuer().responder_key_hash(),
                      {},
                      kNow,
                      kNow,
                      kNow + hours(24) - seconds(1),
                      request.nonce};
    fields.certificates.push_back({request.certificates[0].der, std::nullopt});
    fields.certificates.push_back(
        {request.certificates[1].der, Revocation{kNow - hours(1), RevocationReason::superseded}});
    return fields;
  }

  // The rules that the response breaks.
  std::vector<std::string> broken() {
    std::vector<std::string> names;
    for (const OcspRule& rule : ocsp_rules()) {
      if (!rule.holds(data_, expected_)) names.emplace_back(rule.name);
    }
    EXPECT_EQ(names.empty(), lint_ocsp(data_, expected_).has_value());
    return names;
  }

  OcspSingleData& good() { return data_.certificates[0]; }
  OcspSingleData& revoked() { return data_.certificates[1]; }
  void set_interval(std::chrono::seconds interval) {
    for (OcspSingleData& single : data_.certificates)
      single.next_update = single.this_update + interval - seconds(1);
  }

  OcspFields asked_ = fields();
  const Bytes der_ = ocsp_data(asked_);
  OcspData data_ = parse_ocsp_data(der_).value();
  OcspExpectation expected_{asked_, test_issuer().ocsp_issuer()};
};

TEST_F(OcspLint, WhatWeWriteBreaksNoRule) { EXPECT_THAT(broken(), IsEmpty()); }

TEST_F(OcspLint, EveryRuleHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (const OcspRule& rule : ocsp_rules())
    EXPECT_TRUE(names.insert(rule.name).second) << rule.name;
}

TEST_F(OcspLint, IsDocumentedRuleByRule) {
  std::vector<std::string> expected;
  for (const OcspRule& rule : ocsp_rules())
    expected.push_back(row_of(rule));
  EXPECT_EQ(documented_status_rules("ocsp_"), expected);
}

TEST_F(OcspLint, TheResponderIsNamedByTheKeyOfTheCa) {
  const Bytes name = der::element(der::context_constructed(1), test_issuer().certificate().subject_der);
  const Bytes other = der::element(der::context_constructed(2), der::octet_string(Bytes(20, 'k')));
  for (const BytesView id : {BytesView(name), BytesView(other)}) {
    data_.responder_id_der = id;
    EXPECT_THAT(broken(), ElementsAre("ocsp_responder_is_the_key_of_the_ca"));
  }
}

TEST_F(OcspLint, AnswersWhatWasAskedAndNothingElse) {
  std::swap(good().cert_id_der, revoked().cert_id_der);
  EXPECT_THAT(broken(), ElementsAre("ocsp_answers_what_was_asked"));
  data_.certificates.pop_back();
  EXPECT_THAT(broken(), ElementsAre("ocsp_answers_what_was_asked", "ocsp_status_is_what_is_known"));
  data_.certificates.clear();
  asked_.certificates.clear();
  EXPECT_THAT(broken(), ElementsAre("ocsp_answers_what_was_asked"));
}

TEST_F(OcspLint, TheStatusIsWhatIsKnown) {
  const auto only = ElementsAre("ocsp_status_is_what_is_known");
  good().status = der::context(2);  // unknown
  EXPECT_THAT(broken(), only);
  good().status = der::context(0);
  revoked().status = der::context(0);
  EXPECT_THAT(broken(), only);
  revoked().status = der::context_constructed(1);
  revoked().revocation_time = kNow;
  EXPECT_THAT(broken(), only);
  revoked().revocation_time = kNow - hours(1);
  revoked().reason = "\x01"sv;
  EXPECT_THAT(broken(), only);
  revoked().reason.reset();
  EXPECT_THAT(broken(), only);
}

TEST_F(OcspLint, AReasonIsAllowed) {
  for (const BytesView bad : {"\x00"sv, "\x02"sv, "\x06"sv, "\x08"sv, "\x0a"sv, "\x00\x01"sv}) {
    revoked().reason = bad;
    EXPECT_THAT(broken(), ElementsAre("ocsp_status_is_what_is_known", "ocsp_reason_is_allowed"));
  }
  for (const int code : {1, 3, 4, 5, 9}) {
    asked_.certificates[1].revocation->reason = RevocationReason(code);
    const Bytes octet(1, char(code));
    revoked().reason = octet;
    EXPECT_THAT(broken(), IsEmpty()) << code;
  }
  asked_.certificates[1].revocation->reason = RevocationReason::unspecified;
  revoked().reason.reset();
  EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(OcspLint, ARevocationIsOfThePast) {
  asked_.certificates[1].revocation->time = kNow + seconds(1);
  revoked().revocation_time = kNow + seconds(1);
  EXPECT_THAT(broken(), ElementsAre("ocsp_revocation_is_of_the_past"));
}

TEST_F(OcspLint, IsProducedOnceItIsKnown) {
  data_.produced_at = kNow - seconds(1);
  EXPECT_THAT(broken(), ElementsAre("ocsp_this_update_is_not_after_production"));
}

TEST_F(OcspLint, LastsFromEightHoursToTenDays) {
  const auto only = ElementsAre("ocsp_next_update_is_within_8_hours_to_10_days");
  for (const std::chrono::seconds interval : {seconds(hours(8)), seconds(hours(240))}) {
    set_interval(interval);
    EXPECT_THAT(broken(), IsEmpty());
  }
  for (const std::chrono::seconds interval : {hours(8) - seconds(1), hours(240) + seconds(1), seconds(-1)}) {
    set_interval(interval);
    EXPECT_THAT(broken(), only);
  }
  set_interval(hours(24));
  revoked().next_update.reset();
  EXPECT_THAT(broken(), only);
}

TEST_F(OcspLint, TheNonceIsTheRequests) {
  const auto only = ElementsAre("ocsp_nonce_is_the_requests");
  Extension& nonce = data_.extensions.at(0);
  nonce.critical = true;
  EXPECT_THAT(broken(), only);
  nonce.critical = false;
  nonce.value.back() ^= 1;
  EXPECT_THAT(broken(), only);
  data_.extensions.clear();
  EXPECT_THAT(broken(), only);
  asked_.nonce.reset();
  EXPECT_THAT(broken(), IsEmpty());
  data_.extensions.push_back({Bytes(oids::kOcspNonce), false, Bytes("\x04\x01x"sv)});
  EXPECT_THAT(broken(), only);
}

TEST_F(OcspLint, HasNoOtherExtension) {
  data_.extensions.push_back({Bytes(oids::kCrlNumber), false, Bytes("\x02\x01\x01"sv)});
  EXPECT_THAT(broken(), ElementsAre("ocsp_has_no_other_extension"));
}

TEST_F(OcspLint, ThereAreNoSingleExtensions) {
  good().has_extensions = true;
  EXPECT_THAT(broken(), ElementsAre("ocsp_single_extensions_are_absent"));
}

TEST_F(OcspLint, ReadsEveryFieldAndNothingBehind) {
  EXPECT_EQ(good().this_update, kNow);
  EXPECT_EQ(good().next_update, kNow + hours(24) - seconds(1));
  EXPECT_EQ(revoked().revocation_time, kNow - hours(1));
  EXPECT_EQ(revoked().reason, "\x04"sv);
  EXPECT_FALSE(parse_ocsp_data(der_ + "\x05"));
  for (size_t size = 0; size < der_.size(); ++size)
    EXPECT_FALSE(parse_ocsp_data(BytesView(der_).substr(0, size))) << size;
  const Bytes single_extensions = der::element(der::context_constructed(1), der::sequence({}));
  const Bytes time = der::generalized_time(kNow);
  const auto with = [&](const Bytes& behind, const Bytes& at) {
    const Bytes single = der::sequence({good().cert_id_der, "\x80\x00"sv, at, behind});
    return parse_ocsp_data(der::sequence({data_.responder_id_der, time, der::sequence({single})}));
  };
  EXPECT_FALSE(with("", time)->certificates[0].next_update);
  EXPECT_TRUE(with(single_extensions, time)->certificates[0].has_extensions);
  EXPECT_FALSE(with(single_extensions + single_extensions, time));
  EXPECT_FALSE(with("", der::element(der::kGeneralizedTime, "20261123043000.5Z")));
  EXPECT_FALSE(with("", der::element(der::kGeneralizedTime, "20261123043000+")));
  EXPECT_FALSE(with("", der::time(kNow)));
}

TEST_F(OcspLint, TheErrorNamesRulesAndTheirSources) {
  data_.produced_at = kNow - seconds(1);
  good().has_extensions = true;
  const auto linted = lint_ocsp(data_, expected_);
  EXPECT_EQ(linted.error().kind, base::ErrorKind::internal);
  EXPECT_EQ(linted.error().detail,
            "the OCSP response breaks ocsp_this_update_is_not_after_production (RFC 6960 §4.2.2.1), "
            "ocsp_single_extensions_are_absent (BR 7.3.2)");
}

TEST_F(OcspLint, TheIssuerSignsNothingThatBreaksARule) {
  EXPECT_TRUE(test_issuer().sign_ocsp_response(asked_));
  asked_.next_update = kNow + hours(240);
  EXPECT_FALSE(test_issuer().sign_ocsp_response(asked_));
}

}  // namespace
}  // namespace acmecore
