#include "acmecore/der.h"
#include "tests/acmecore/certificate_fixtures.h"
#include "tests/acmecore/lint/tbs_draft.h"

namespace acmecore::lint {

using base::Bytes;
using base::Time;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using namespace std::string_view_literals;

std::vector<Case> field_cases() {
  return {
      {"tbs_structure", "a subject that is no Name", [](TbsDraft& d) { d.subject = "\x04\x00"sv; }},
      {"tbs_structure", "something behind the key", [](TbsDraft& d) { d.unique_ids = "\x05\x00"sv; }},
      {"tbs_structure", "an RDN without attributes",
       [](TbsDraft& d) { d.set_subject("\x30\x02\x31\x00"sv); }},
      {"tbs_structure", "a subjectAltName that is no list",
       [](TbsDraft& d) { d.extension(oids::kSubjectAltName).value = "\x04\x00"sv; }},
      {"version_is_3", "2", [](TbsDraft& d) { d.version = "\xa0\x03\x02\x01\x01"sv; }},
      {"version_is_3", "the default, which is 1", [](TbsDraft& d) { d.version = ""; }},
      {"serial_is_positive", "0", [](TbsDraft& d) { d.serial = Bytes(1, '\0'); }},
      {"serial_is_positive", "no octets", [](TbsDraft& d) { d.serial = ""; }},
      {"serial_is_positive", "the first bit", [](TbsDraft& d) { d.serial = Bytes(16, '\x80'); },
       [](TbsDraft& d) { d.serial = Bytes(16, '\x7f'); }},
      {"serial_size", "21 octets", [](TbsDraft& d) { d.serial = Bytes(21, '\x01'); },
       [](TbsDraft& d) { d.serial = Bytes(20, '\x01'); }},
      {"serial_size", "a zero in front that nothing needs",
       [](TbsDraft& d) { d.serial = '\0' + Bytes(16, '\x01'); },
       [](TbsDraft& d) { d.serial = '\0' + Bytes(16, '\x80'); }},
      {"serial_entropy", "8 octets", [](TbsDraft& d) { d.serial = Bytes(8, '\x01'); },
       [](TbsDraft& d) { d.serial = Bytes(9, '\x01'); }},
      {"signature_algorithm", "parameters",
       [](TbsDraft& d) {
         d.signature_algorithm = "\x30\x0c\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02\x05\x00"sv;
       }},
      {"signature_algorithm", "SHA-384 with a key on P-256",
       [](TbsDraft& d) { d.signature_algorithm = "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03"sv; }},
      {"signature_algorithm", "SHA-1",
       [](TbsDraft& d) { d.signature_algorithm = "\x30\x09\x06\x07\x2a\x86\x48\xce\x3d\x04\x01"sv; }},
      {"issuer_is_the_ca", "the same name in another string type",
       [](TbsDraft& d) { d.issuer[d.issuer.find('\x0c')] = '\x13'; }},
      {"no_unique_identifiers", "issuerUniqueID", [](TbsDraft& d) { d.unique_ids = "\x81\x02\x00\x01"sv; }},
      {"no_unique_identifiers", "subjectUniqueID", [](TbsDraft& d) { d.unique_ids = "\x82\x02\x00\x01"sv; }},
  };
}

std::vector<Case> date_cases() {
  constexpr auto kPrivate = ProfileRules::private_trust;
  constexpr auto kShortLived = ProfileRules::short_lived;
  return {
      {"time_encoding", "GeneralizedTime before 2050",
       [](TbsDraft& d) {
         d.not_before =
             "\x18\x0f"
             "20261123040000Z"sv;
       },
       [](TbsDraft& d) {
         d.not_before =
             "\x17\x0d"
             "261123040000Z"sv;
       }},
      {"time_encoding", "no seconds",
       [](TbsDraft& d) {
         d.not_before =
             "\x17\x0b"
             "2611230400Z"sv;
       }},
      {"time_encoding", "an offset",
       [](TbsDraft& d) {
         d.not_before =
             "\x17\x11"
             "261123040000+0000"sv;
       }},
      {"time_encoding", "a fraction",
       [](TbsDraft& d) {
         d.not_after =
             "\x18\x11"
             "20500101000000.5Z"sv;
       }},
      {"validity_in_order", "an end at the beginning",
       [](TbsDraft& d) { d.set_validity(kSigning, kSigning); },
       [](TbsDraft& d) { d.set_validity(kSigning, kSigning + seconds(1)); }},
      {"validity_within_issuer", "a second behind the CA's end",
       [](TbsDraft& d) { d.set_validity(kSigning, test_issuer().not_after() + seconds(1)); },
       [](TbsDraft& d) { d.set_validity(kSigning, test_issuer().not_after()); }, kPrivate},
      {"validity_within_issuer", "a second before the CA's beginning",
       [](TbsDraft& d) {
         d.set_validity(test_issuer().certificate().validity.not_before - seconds(1), kSigning);
       },
       [](TbsDraft& d) { d.set_validity(test_issuer().certificate().validity.not_before, kSigning); }},
      {"validity_within_max", "a second more than 200 days",
       [](TbsDraft& d) { d.set_validity(kSigning, kSigning + days(200)); },
       [](TbsDraft& d) { d.set_validity(kSigning, kSigning + days(200) - seconds(1)); }},
      {"validity_within_max", "a second more than 7 days, of a short-lived one",
       [](TbsDraft& d) { d.set_validity(kSigning, kSigning + days(7)); },
       [](TbsDraft& d) { d.set_validity(kSigning, kSigning + days(7) - seconds(1)); }, kShortLived},
      {"validity_below_max", "200 days",
       [](TbsDraft& d) { d.set_validity(kSigning, kSigning + days(200) - seconds(1)); },
       [](TbsDraft& d) { d.set_validity(kSigning, kSigning + days(200) - seconds(2)); }},
      {"not_before_near_signature", "a second more than 48 hours ahead",
       [](TbsDraft& d) { d.set_validity(kSigning + hours(48) + seconds(1), kSigning + days(90)); },
       [](TbsDraft& d) { d.set_validity(kSigning + hours(48), kSigning + days(90)); }},
      {"not_before_near_signature", "a second more than 48 hours ago",
       [](TbsDraft& d) { d.set_validity(kSigning - hours(48) - seconds(1), kSigning + days(90)); }},
  };
}

}  // namespace acmecore::lint
