#include "acmecore/crl_lint.h"

#include <algorithm>
#include <array>
#include <optional>

#include "acmecore/ca_public_key.h"
#include "acmecore/der.h"
#include "acmecore/oids.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;
using namespace std::string_view_literals;

namespace {

constexpr size_t kNumberSizeMax = 20;  // below 2^159, as a positive INTEGER

// Null unless it is there with this criticality.
const Extension* extension(const std::vector<Extension>& extensions, BytesView oid, bool critical) {
  const Extension* found = find_extension(extensions, oid);
  return found != nullptr && found->critical == critical ? found : nullptr;
}

bool has_the_issuers_name(const Crl& crl, const CrlExpectation& expected) {
  return crl.issuer_der == expected.issuer.subject_der;
}

bool has_the_algorithm_of_the_key(const Crl& crl, const CrlExpectation& expected) {
  const BytesView algorithm = crl.signature_algorithm_der;
  const auto key = parse_ca_public_key(expected.issuer.spki_der);
  if (!key) return false;
  switch (key->type) {
    case KeyType::p256: return algorithm == "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"sv;
    case KeyType::p384: return algorithm == "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03"sv;
    case KeyType::ed25519: return algorithm == "\x30\x05\x06\x03\x2b\x65\x70"sv;
    case KeyType::rsa:
      return algorithm == "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00"sv ||
             algorithm == "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c\x05\x00"sv;
    case KeyType::p521: return false;  // no issuing CA has such a key
  }
  return false;
}

bool has_a_next_update(const Crl& crl, const CrlExpectation&) {
  return crl.next_update && *crl.next_update > crl.this_update;
}

bool lasts_at_most_ten_days(const Crl& crl, const CrlExpectation&) {
  // The second that is nextUpdate counts, as in the validity of a certificate.
  return crl.next_update &&
         *crl.next_update - crl.this_update + std::chrono::seconds(1) <= std::chrono::hours(240);
}

bool has_entries_or_no_list(const Crl& crl, const CrlExpectation&) {
  return !crl.entries || !crl.entries->empty();
}

bool has_the_key_identifier_alone(const Crl& crl, const CrlExpectation& expected) {
  const Extension* authority = extension(crl.extensions, oids::kAuthorityKeyIdentifier, false);
  const Extension* subject = find_extension(expected.issuer.extensions, oids::kSubjectKeyIdentifier);
  if (authority == nullptr || subject == nullptr) return false;
  const auto fields = der::only(der::kSequence, authority->value);
  const auto own = der::only(der::kOctetString, subject->value);
  if (!fields || !own) return false;
  const auto identifier = der::only(der::context(0), *fields);
  return identifier && *identifier == *own;
}

bool has_a_number(const Crl& crl, const CrlExpectation&) {
  const Extension* number = extension(crl.extensions, oids::kCrlNumber, false);
  if (number == nullptr) return false;
  const auto octets = der::Reader(number->value).integer();
  return octets && octets->size() <= kNumberSizeMax && (octets->front() & 0x80) == 0;
}

bool has_a_higher_number_than_before(const Crl& crl, const CrlExpectation& expected) {
  const auto number = crl_number(crl);
  return number && *number > expected.before.number;
}

bool keeps_the_entries_until_their_end(const Crl& crl, const CrlExpectation& expected) {
  const auto missing = missing_serials(expected.before.entries, crl.entries.value_or(""));
  return missing && std::ranges::includes(expected.before.ended, *missing);
}

bool has_a_distribution_point(const Crl& crl, const CrlExpectation&) {
  return distribution_point(crl).has_value();
}

bool has_the_uris_of_the_certificates(const Crl& crl, const CrlExpectation& expected) {
  const auto point = distribution_point(crl);
  return point && !point->uris.empty() && point->uris == expected.distribution_points;
}

bool has_http_uris(const Crl& crl, const CrlExpectation&) {
  const auto point = distribution_point(crl);
  return point &&
         std::ranges::all_of(point->uris, [](const auto& uri) { return uri.starts_with("http://"); });
}

// Neither onlyContainsCACerts, onlySomeReasons, indirectCRL nor onlyContainsAttributeCerts.
bool is_of_subscribers_certificates_alone(const Crl& crl, const CrlExpectation&) {
  const auto point = distribution_point(crl);
  return point && point->flags == std::vector<uint8_t>{der::context(1)};
}

bool has_no_other_extension(const Crl& crl, const CrlExpectation&) { return crl.extensions.size() == 3; }

constexpr std::array kRules{
    CrlRule{"crl_issuer_is_the_subject_of_the_ca", "RFC 5280 §5.1.2.3", has_the_issuers_name},
    CrlRule{"crl_signature_algorithm_goes_with_the_key", "BR 7.1.3.2", has_the_algorithm_of_the_key},
    CrlRule{"crl_next_update_is_later_than_this_update", "RFC 5280 §5.1.2.5", has_a_next_update},
    CrlRule{"crl_next_update_is_within_ten_days", "BR 4.9.7", lasts_at_most_ten_days},
    CrlRule{"crl_revoked_list_is_absent_rather_than_empty", "RFC 5280 §5.1.2.6", has_entries_or_no_list},
    CrlRule{"crl_authority_key_identifier_is_the_cas", "RFC 5280 §5.2.1", has_the_key_identifier_alone},
    CrlRule{"crl_number_is_not_critical_and_below_2_159", "RFC 5280 §5.2.3", has_a_number},
    CrlRule{"crl_number_increases", "RFC 5280 §5.2.3", has_a_higher_number_than_before},
    CrlRule{"crl_entries_stay_until_their_certificates_end", "BR 4.10.1", keeps_the_entries_until_their_end},
    CrlRule{"crl_issuing_distribution_point_is_critical", "RFC 5280 §5.2.5", has_a_distribution_point},
    CrlRule{"crl_issuing_distribution_point_is_the_certificates", "BR 7.2.2.1",
            has_the_uris_of_the_certificates},
    CrlRule{"crl_distribution_point_is_http", "BR 7.1.2.11.2", has_http_uris},
    CrlRule{"crl_is_of_subscriber_certificates_alone", "BR 7.2.2.1", is_of_subscribers_certificates_alone},
    CrlRule{"crl_has_no_other_extension", "BR 7.2.2", has_no_other_extension},
};

bool has_a_possible_serial(const CrlEntry& entry, const CrlEntry*, const Crl&) {
  return serial_from_octets(entry.serial).has_value();
}

// As they lie in the store.
bool comes_behind_the_one_before(const CrlEntry& entry, const CrlEntry* before, const Crl&) {
  return before == nullptr || before->serial < entry.serial;
}

bool is_of_the_past(const CrlEntry& entry, const CrlEntry*, const Crl& crl) {
  return entry.time <= crl.this_update;
}

bool has_no_critical_extension(const CrlEntry& entry, const CrlEntry*, const Crl&) {
  return std::ranges::none_of(entry.extensions, &Extension::critical);
}

bool has_no_extension_but_a_reason(const CrlEntry& entry, const CrlEntry*, const Crl&) {
  return std::ranges::all_of(entry.extensions,
                             [](const Extension& one) { return one.oid == oids::kReasonCode; });
}

// No 0, which is left out; no 6, for nothing is on hold; no 8, which is of delta CRLs.
bool has_a_reason_that_is_allowed(const CrlEntry& entry, const CrlEntry*, const Crl&) {
  const Extension* reason = find_extension(entry.extensions, oids::kReasonCode);
  if (reason == nullptr) return true;
  const auto code = der::only(der::kEnumerated, reason->value);
  return code && code->size() == 1 && "\x01\x03\x04\x05\x09"sv.find(code->front()) != BytesView::npos;
}

constexpr std::array kEntryRules{
    CrlEntryRule{"crl_entry_serial_is_a_certificates", "RFC 5280 §4.1.2.2", has_a_possible_serial},
    CrlEntryRule{"crl_entry_is_there_once", "RFC 5280 §5.1.2.6", comes_behind_the_one_before},
    CrlEntryRule{"crl_entry_revocation_is_of_the_past", "RFC 5280 §5.1.2.6", is_of_the_past},
    CrlEntryRule{"crl_entry_extensions_are_not_critical", "RFC 5280 §5.3", has_no_critical_extension},
    CrlEntryRule{"crl_entry_has_no_extension_but_a_reason", "BR 7.2.2", has_no_extension_but_a_reason},
    CrlEntryRule{"crl_entry_reason_is_allowed", "BR 7.2.2", has_a_reason_that_is_allowed},
};

std::string named(const auto& rule) { return std::string(rule.name) + " (" + std::string(rule.source) + ")"; }

}  // namespace

std::span<const CrlRule> crl_rules() { return kRules; }
std::span<const CrlEntryRule> crl_entry_rules() { return kEntryRules; }

Result<void> lint_crl(const Crl& crl, const CrlExpectation& expected) {
  std::string broken;
  const auto note = [&](const std::string& what) { broken += (broken.empty() ? "" : ", ") + what; };
  for (const CrlRule& rule : kRules) {
    if (!rule.holds(crl, expected)) note(named(rule));
  }
  CrlEntry before;
  bool is_first = true;
  const auto take = [&](const CrlEntry& entry) {
    for (const CrlEntryRule& rule : kEntryRules) {
      if (!rule.holds(entry, is_first ? nullptr : &before, crl)) {
        note(named(rule) + " of the entry " + text_of(Serial{Bytes(entry.serial)}));
        return false;
      }
    }
    before.serial = entry.serial;
    is_first = false;
    return true;
  };
  const auto read = for_each_entry(crl.entries.value_or(""), take);
  if (!read) note(read.error().detail);
  if (broken.empty()) return {};
  return fail(ErrorKind::internal, "the CRL breaks " + broken);
}

}  // namespace acmecore
