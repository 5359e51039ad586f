#include "acmecore/ocsp_lint.h"

#include <algorithm>
#include <array>
#include <string>

#include "acmecore/der.h"
#include "acmecore/oids.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;
using base::Time;
using std::chrono::hours;
using std::chrono::seconds;
using namespace std::string_view_literals;

namespace {

constexpr uint8_t kGood = der::context(0);
constexpr uint8_t kRevoked = der::context_constructed(1);

// "20261123043000Z", which is how RFC 5280 §4.1.2.5.2 has it.
Result<Time> read_time(der::Reader& reader) {
  constexpr size_t kSize = 15;
  TRY(const der::Element element, reader.next(der::kGeneralizedTime));
  const std::string text(element.content);
  if (text.size() != kSize) return fail(ErrorKind::malformed, "a time is not in whole seconds");
  return base::parse_rfc3339(text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6, 2) + "T" +
                             text.substr(8, 2) + ":" + text.substr(10, 2) + ":" + text.substr(12));
}

Result<void> read_status(der::Reader& reader, OcspSingleData& single) {
  TRY(const der::Element status, reader.next());
  single.status = status.tag;
  if (status.tag != kRevoked) return {};
  der::Reader info(status.content);
  TRY(single.revocation_time, read_time(info));
  if (!info.at_end()) {
    TRY(const der::Element wrapped, info.next(der::context_constructed(0)));
    TRY(single.reason, der::only(der::kEnumerated, wrapped.content));
  }
  return info.end();
}

Result<OcspSingleData> read_single(BytesView content) {
  der::Reader reader(content);
  OcspSingleData single;
  TRY(const der::Element id, reader.next(der::kSequence));
  single.cert_id_der = id.whole;
  CHECK(read_status(reader, single));
  TRY(single.this_update, read_time(reader));
  if (reader.next_is(der::context_constructed(0))) {
    TRY(const der::Element wrapped, reader.next());
    der::Reader next_update(wrapped.content);
    TRY(single.next_update, read_time(next_update));
    CHECK(next_update.end());
  }
  if (!reader.at_end()) {
    CHECK(reader.next(der::context_constructed(1)));
    single.has_extensions = true;
  }
  CHECK(reader.end());
  return single;
}

bool of_each(const OcspData& data, bool (*holds)(const OcspSingleData& single)) {
  return std::ranges::all_of(data.certificates, holds);
}

bool is_by_the_key_of_the_ca(const OcspData& data, const OcspExpectation& expected) {
  const Bytes key_hash = der::octet_string(expected.issuer.responder_key_hash());
  return data.responder_id_der == der::element(der::context_constructed(2), key_hash);
}

bool answers_what_was_asked(const OcspData& data, const OcspExpectation& expected) {
  return !data.certificates.empty() &&
         std::ranges::equal(data.certificates, expected.asked.certificates, {}, &OcspSingleData::cert_id_der,
                            &OcspSingle::cert_id_der);
}

bool says_what_is_known(const OcspData& data, const OcspExpectation& expected) {
  const auto is_the_same = [](const OcspSingleData& said, const OcspSingle& known) {
    if (!known.revocation) return said.status == kGood;
    const auto code = char(known.revocation->reason);
    const BytesView reason = code == 0 ? BytesView() : BytesView(&code, 1);
    return said.status == kRevoked && said.reason.value_or("") == reason &&
           said.revocation_time == std::chrono::floor<seconds>(known.revocation->time);
  };
  return std::ranges::equal(data.certificates, expected.asked.certificates, is_the_same);
}

// No 0, which is left out; no 6, for nothing is on hold; no 8, which is of delta CRLs.
bool has_reasons_that_are_allowed(const OcspData& data, const OcspExpectation&) {
  return of_each(data, [](const OcspSingleData& single) {
    return !single.reason || (single.reason->size() == 1 &&
                              "\x01\x03\x04\x05\x09"sv.find(single.reason->front()) != BytesView::npos);
  });
}

bool has_revocations_of_the_past(const OcspData& data, const OcspExpectation&) {
  return of_each(data, [](const OcspSingleData& single) {
    return !single.revocation_time || *single.revocation_time <= single.this_update;
  });
}

bool is_produced_when_it_is_known(const OcspData& data, const OcspExpectation&) {
  const auto is_before = [&](const OcspSingleData& single) { return single.this_update <= data.produced_at; };
  return std::ranges::all_of(data.certificates, is_before);
}

// The second that is nextUpdate counts (BR 4.9.10).
bool has_a_next_update_within_bounds(const OcspData& data, const OcspExpectation&) {
  return of_each(data, [](const OcspSingleData& single) {
    if (!single.next_update) return false;
    const auto interval = *single.next_update - single.this_update + seconds(1);
    return interval >= hours(8) && interval <= hours(240);
  });
}

bool has_the_nonce_of_the_request(const OcspData& data, const OcspExpectation& expected) {
  const Extension* nonce = find_extension(data.extensions, oids::kOcspNonce);
  if (!expected.asked.nonce) return nonce == nullptr;
  return nonce != nullptr && !nonce->critical && nonce->value == der::octet_string(*expected.asked.nonce);
}

bool has_no_other_extension(const OcspData& data, const OcspExpectation&) {
  return std::ranges::all_of(data.extensions,
                             [](const Extension& one) { return one.oid == oids::kOcspNonce; });
}

bool has_no_single_extension(const OcspData& data, const OcspExpectation&) {
  return of_each(data, [](const OcspSingleData& single) { return !single.has_extensions; });
}

constexpr std::array kRules{
    OcspRule{"ocsp_responder_is_the_key_of_the_ca", "RFC 5019 §2.2.1", is_by_the_key_of_the_ca},
    OcspRule{"ocsp_answers_what_was_asked", "RFC 6960 §4.2.1", answers_what_was_asked},
    OcspRule{"ocsp_status_is_what_is_known", "BR 4.9.10", says_what_is_known},
    OcspRule{"ocsp_reason_is_allowed", "BR 7.3", has_reasons_that_are_allowed},
    OcspRule{"ocsp_revocation_is_of_the_past", "RFC 6960 §4.2.1", has_revocations_of_the_past},
    OcspRule{"ocsp_this_update_is_not_after_production", "RFC 6960 §4.2.2.1", is_produced_when_it_is_known},
    OcspRule{"ocsp_next_update_is_within_8_hours_to_10_days", "BR 4.9.10", has_a_next_update_within_bounds},
    OcspRule{"ocsp_nonce_is_the_requests", "RFC 9654 §2.1", has_the_nonce_of_the_request},
    OcspRule{"ocsp_has_no_other_extension", "RFC 5019 §2.2.1", has_no_other_extension},
    OcspRule{"ocsp_single_extensions_are_absent", "BR 7.3.2", has_no_single_extension},
};

}  // namespace

Result<OcspData> parse_ocsp_data(BytesView der) {
  TRY(const BytesView content, der::only(der::kSequence, der));
  der::Reader reader(content);
  OcspData data;
  // The only version is the default, which DER leaves out.
  TRY(const der::Element responder, reader.next());
  data.responder_id_der = responder.whole;
  TRY(data.produced_at, read_time(reader));
  TRY(const der::Element responses, reader.next(der::kSequence));
  for (der::Reader list(responses.content); !list.at_end();) {
    TRY(const der::Element one, list.next(der::kSequence));
    TRY(OcspSingleData single, read_single(one.content));
    data.certificates.push_back(single);
  }
  if (!reader.at_end()) {
    TRY(const der::Element wrapped, reader.next(der::context_constructed(1)));
    TRY(data.extensions, parse_extensions(wrapped.content));
  }
  CHECK(reader.end());
  return data;
}

std::span<const OcspRule> ocsp_rules() { return kRules; }

Result<void> lint_ocsp(const OcspData& data, const OcspExpectation& expected) {
  std::string broken;
  for (const OcspRule& rule : kRules) {
    if (rule.holds(data, expected)) continue;
    broken += (broken.empty() ? "" : ", ") + std::string(rule.name) + " (" + std::string(rule.source) + ")";
  }
  if (broken.empty()) return {};
  return fail(ErrorKind::internal, "the OCSP response breaks " + broken);
}

}  // namespace acmecore
