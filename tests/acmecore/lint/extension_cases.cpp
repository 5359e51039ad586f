#include "acmecore/der.h"
#include "acmecore/oids.h"
#include "base/openssl.h"
#include "tests/acmecore/certificate_fixtures.h"
#include "tests/acmecore/lint/tbs_draft.h"

namespace acmecore::lint {

using base::Bytes;
using base::BytesView;
using namespace std::string_view_literals;

namespace {

constexpr auto kPrivate = ProfileRules::private_trust;
constexpr BytesView kFalse = "\x01\x01\x00"sv;
constexpr BytesView kTrue = "\x01\x01\xff"sv;
constexpr BytesView kCodeSigning = "\x2b\x06\x01\x05\x05\x07\x03\x03"sv;
constexpr BytesView kOwnPolicy = "\x2b\x06\x01\x04\x01\x82\x37\x01"sv;

Extension issuer_identifier() {
  return *find_extension(test_issuer().certificate().extensions, oids::kSubjectKeyIdentifier);
}

Bytes policy(BytesView oid, BytesView qualifiers = "") { return der::sequence({der::oid(oid), qualifiers}); }

void set_value(TbsDraft& draft, BytesView oid, BytesView value) { draft.extension(oid).value = value; }

void set_policies(TbsDraft& draft, std::initializer_list<BytesView> policies) {
  draft.erase(oids::kCertificatePolicies);  // private ones have none
  draft.add(oids::kCertificatePolicies, der::sequence(policies));
}

void set_purposes(TbsDraft& draft, std::initializer_list<BytesView> purposes) {
  set_value(draft, oids::kExtendedKeyUsage, der::sequence(purposes));
}

void certify_rsa(TbsDraft& draft) {
  static const Bytes spki = spki_of(make_rsa(2048).get());
  draft.spki = spki;
}

// What it is for a key on P-256, whose point is the 65 octets at the end of the SPKI.
Bytes identifier_of(const TbsDraft& draft) {
  return base::sha256(draft.spki.substr(draft.spki.size() - 65)).substr(0, 20);
}

std::vector<Case> general_cases() {
  return {
      {"extensions_known", "a certificate transparency list",
       [](TbsDraft& d) { d.add("\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x02"sv, "\x04\x02\x00\x00"sv); }},
      {"extensions_known", "one of Netscape's, of a private one",
       [](TbsDraft& d) { d.add("\x60\x86\x48\x01\x86\xf8\x42\x01\x01"sv, "\x03\x02\x06\x40"sv); },
       [](TbsDraft& d) { d.add(oids::kTlsFeature, "\x30\x03\x02\x01\x05"sv); }, kPrivate},
      {"extensions_unique", "extendedKeyUsage twice",
       [](TbsDraft& d) { d.extensions.push_back(d.extension(oids::kExtendedKeyUsage)); }},
      {"extension_criticality_encoding", "FALSE written out",
       [](TbsDraft& d) { d.extension(oids::kExtendedKeyUsage).critical = kFalse; }},
      {"extension_criticality_encoding", "TRUE as 1",
       [](TbsDraft& d) { d.extension(oids::kKeyUsage).critical = "\x01\x01\x01"sv; },
       [](TbsDraft& d) { d.extension(oids::kKeyUsage).critical = kTrue; }},
      {"name_constraints_absent", "permitted names",
       [](TbsDraft& d) { d.add(oids::kNameConstraints, "\x30\x00"sv, true); }},
      {"basic_constraints", "FALSE written out",
       [](TbsDraft& d) { set_value(d, oids::kBasicConstraints, "\x30\x03\x01\x01\x00"sv); },
       [](TbsDraft& d) { set_value(d, oids::kBasicConstraints, "\x30\x00"sv); }},
      {"basic_constraints", "a CA",
       [](TbsDraft& d) { set_value(d, oids::kBasicConstraints, "\x30\x03\x01\x01\xff"sv); }},
      {"basic_constraints", "not critical",
       [](TbsDraft& d) { d.extension(oids::kBasicConstraints).critical = ""; },
       [](TbsDraft& d) { d.erase(oids::kBasicConstraints); }},
  };
}

std::vector<Case> usage_cases() {
  return {
      {"key_usage_present", "none", [](TbsDraft& d) { d.erase(oids::kKeyUsage); }},
      {"key_usage_present", "not critical", [](TbsDraft& d) { d.extension(oids::kKeyUsage).critical = ""; }},
      {"key_usage_encoding", "zeros at the end",
       [](TbsDraft& d) { set_value(d, oids::kKeyUsage, "\x03\x02\x00\x80"sv); },
       [](TbsDraft& d) { set_value(d, oids::kKeyUsage, "\x03\x02\x07\x80"sv); }},
      {"key_usage_encoding", "no bit at all",
       [](TbsDraft& d) { set_value(d, oids::kKeyUsage, "\x03\x01\x00"sv); }},
      {"key_usage_encoding", "no BIT STRING",
       [](TbsDraft& d) { set_value(d, oids::kKeyUsage, "\x04\x02\x07\x80"sv); }},
      {"key_usage_bits", "keyEncipherment of an elliptic key",
       [](TbsDraft& d) { set_value(d, oids::kKeyUsage, "\x03\x02\x05\xa0"sv); },
       [](TbsDraft& d) {
         certify_rsa(d);
         set_value(d, oids::kKeyUsage, "\x03\x02\x05\xa0"sv);
       }},
      {"key_usage_bits", "keyEncipherment alone of an RSA key",
       [](TbsDraft& d) {
         certify_rsa(d);
         set_value(d, oids::kKeyUsage, "\x03\x02\x05\x20"sv);
       },
       certify_rsa},
      {"key_usage_bits", "dataEncipherment of an RSA key",
       [](TbsDraft& d) {
         certify_rsa(d);
         set_value(d, oids::kKeyUsage, "\x03\x02\x04\x90"sv);
       }},
      {"key_usage_bits", "a CA's", [](TbsDraft& d) { set_value(d, oids::kKeyUsage, "\x03\x02\x01\x06"sv); }},
      {"key_usage_bits", "decipherOnly",
       [](TbsDraft& d) { set_value(d, oids::kKeyUsage, "\x03\x03\x07\x80\x80"sv); }},
      {"key_encipherment_absent", "of an RSA key",
       [](TbsDraft& d) {
         certify_rsa(d);
         set_value(d, oids::kKeyUsage, "\x03\x02\x05\xa0"sv);
       },
       certify_rsa},
      {"extended_key_usage_present", "none", [](TbsDraft& d) { d.erase(oids::kExtendedKeyUsage); }},
      {"extended_key_usage_present", "critical",
       [](TbsDraft& d) { d.extension(oids::kExtendedKeyUsage).critical = kTrue; }},
      {"extended_key_usage_purposes", "clientAuth alone",
       [](TbsDraft& d) { set_purposes(d, {der::oid(oids::kClientAuth)}); },
       [](TbsDraft& d) {
         set_purposes(d, {der::oid(oids::kServerAuth), der::oid(oids::kClientAuth)});
       }},
      {"extended_key_usage_purposes", "codeSigning, too",
       [](TbsDraft& d) {
         set_purposes(d, {der::oid(oids::kServerAuth), der::oid(kCodeSigning)});
       }},
      {"extended_key_usage_purposes", "serverAuth twice",
       [](TbsDraft& d) {
         set_purposes(d, {der::oid(oids::kServerAuth), der::oid(oids::kServerAuth)});
       }},
      {"extended_key_usage_purposes", "an empty list", [](TbsDraft& d) { set_purposes(d, {}); }},
      {"extended_key_usage_within_issuer", "clientAuth below a CA for servers",
       [](TbsDraft& d) {
         set_purposes(d, {der::oid(oids::kServerAuth), der::oid(oids::kClientAuth)});
       },
       [](TbsDraft& d) { set_purposes(d, {der::oid(oids::kServerAuth)}); }, kPrivate},
      {"client_auth_absent", "beside serverAuth",
       [](TbsDraft& d) {
         set_purposes(d, {der::oid(oids::kServerAuth), der::oid(oids::kClientAuth)});
       },
       [](TbsDraft& d) { set_purposes(d, {der::oid(oids::kServerAuth)}); }},
  };
}

std::vector<Case> identifier_cases() {
  return {
      {"authority_key_identifier", "none", [](TbsDraft& d) { d.erase(oids::kAuthorityKeyIdentifier); }},
      {"authority_key_identifier", "critical",
       [](TbsDraft& d) { d.extension(oids::kAuthorityKeyIdentifier).critical = kTrue; }},
      {"authority_key_identifier", "another key's",
       [](TbsDraft& d) { set_value(d, oids::kAuthorityKeyIdentifier, "\x30\x16\x80\x14" + Bytes(20, 'x')); }},
      {"authority_key_identifier", "with issuer and serial number",
       [](TbsDraft& d) {
         Bytes fields = issuer_identifier().value;
         fields[0] = '\x80';
         set_value(d, oids::kAuthorityKeyIdentifier, der::sequence({fields, "\x82\x01\x01"}));
       },
       [](TbsDraft& d) {
         Bytes fields = issuer_identifier().value;
         fields[0] = '\x80';
         set_value(d, oids::kAuthorityKeyIdentifier, der::sequence({fields}));
       }},
      {"subject_key_identifier_absent", "one",
       [](TbsDraft& d) { d.add(oids::kSubjectKeyIdentifier, der::octet_string(identifier_of(d))); }},
      {"subject_key_identifier_value", "of another key",
       [](TbsDraft& d) { d.add(oids::kSubjectKeyIdentifier, der::octet_string(Bytes(20, 'x'))); },
       [](TbsDraft& d) { d.add(oids::kSubjectKeyIdentifier, der::octet_string(identifier_of(d))); },
       kPrivate},
      {"subject_key_identifier_value", "critical",
       [](TbsDraft& d) { d.add(oids::kSubjectKeyIdentifier, der::octet_string(identifier_of(d)), true); }},
  };
}

std::vector<Case> policy_cases() {
  return {
      {"policies_form", "critical",
       [](TbsDraft& d) {
         set_policies(d, {policy(oids::kDomainValidated)});
         d.extension(oids::kCertificatePolicies).critical = kTrue;
       }},
      {"policies_form", "an empty list",
       [](TbsDraft& d) { d.add(oids::kCertificatePolicies, der::sequence({})); },
       [](TbsDraft& d) { d.erase(oids::kCertificatePolicies); }, kPrivate},
      {"policies_form", "a qualifier",
       [](TbsDraft& d) { set_policies(d, {policy(oids::kDomainValidated, "\x30\x00"sv)}); },
       [](TbsDraft& d) { set_policies(d, {policy(oids::kDomainValidated)}); }},
      {"policies_unique", "one twice",
       [](TbsDraft& d) {
         set_policies(d, {policy(oids::kDomainValidated), policy(kOwnPolicy), policy(kOwnPolicy)});
       },
       [](TbsDraft& d) {
         set_policies(d, {policy(oids::kDomainValidated), policy(kOwnPolicy)});
       }},
      {"policies_reserved", "none of the BR's", [](TbsDraft& d) { set_policies(d, {policy(kOwnPolicy)}); },
       [](TbsDraft& d) { set_policies(d, {policy(oids::kDomainValidated)}); }},
      {"policies_reserved", "no policies", [](TbsDraft& d) { d.erase(oids::kCertificatePolicies); }},
      {"policies_reserved", "another of the BR's",
       [](TbsDraft& d) { set_policies(d, {policy(oids::kOrganizationValidated)}); }},
      {"policies_reserved", "two of the BR's",
       [](TbsDraft& d) {
         set_policies(d, {policy(oids::kDomainValidated), policy(oids::kOrganizationValidated)});
       }},
      {"policies_reserved_first", "behind another",
       [](TbsDraft& d) {
         set_policies(d, {policy(kOwnPolicy), policy(oids::kDomainValidated)});
       },
       [](TbsDraft& d) {
         set_policies(d, {policy(oids::kDomainValidated), policy(kOwnPolicy)});
       }},
      {"policies_reserved_absent", "the BR's in a private one",
       [](TbsDraft& d) {
         d.add(oids::kCertificatePolicies, der::sequence({policy(oids::kDomainValidated)}));
       },
       [](TbsDraft& d) { d.add(oids::kCertificatePolicies, der::sequence({policy(kOwnPolicy)})); }, kPrivate},
      {"any_policy_absent", "beside the BR's",
       [](TbsDraft& d) {
         set_policies(d, {policy(oids::kDomainValidated), policy(oids::kAnyPolicy)});
       },
       [](TbsDraft& d) {
         set_policies(d, {policy(oids::kDomainValidated), policy(kOwnPolicy)});
       }},
  };
}

}  // namespace

std::vector<Case> extension_cases() {
  return joined({general_cases(), usage_cases(), identifier_cases(), policy_cases()});
}

}  // namespace acmecore::lint
