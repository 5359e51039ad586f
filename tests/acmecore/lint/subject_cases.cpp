#include "acmecore/der.h"
#include "acmecore/oids.h"
#include "tests/acmecore/lint/tbs_draft.h"

namespace acmecore::lint {

using base::Bytes;
using base::BytesView;
using namespace std::string_view_literals;

namespace {

constexpr auto kPrivate = ProfileRules::private_trust;
constexpr uint8_t kTeletexString = 0x14;
constexpr uint8_t kBmpString = 0x1e;
constexpr BytesView kOrganizationalUnit = "\x55\x04\x0b"sv;

Bytes country(BytesView value, uint8_t type = der::kPrintableString) {
  return rdn(oids::kCountryName, type, value);
}
Bytes organization(BytesView value, uint8_t type = der::kUtf8String) {
  return rdn(oids::kOrganizationName, type, value);
}
Bytes common_name(BytesView value) { return rdn(oids::kCommonName, der::kUtf8String, value); }

// Named `text` in subject and subjectAltName.
void certify(TbsDraft& draft, BytesView text) {
  draft.set_subject(name({common_name(text)}));
  draft.set_names({dns_name(text)});
}

std::string longest_name(size_t size) {
  std::string text = ".assay.dev";
  while (text.size() < size)
    text.insert(0, text.size() % 50 == 0 ? "." : "a");
  return text;
}

Bytes two_attributes() {
  const auto attribute = [](BytesView type, BytesView value) {
    return der::sequence({der::oid(type), der::element(der::kPrintableString, value)});
  };
  return name({der::element(
      der::kSet, attribute(oids::kCountryName, "DE") + attribute(oids::kCommonName, "assay.dev"))});
}

std::vector<Case> rdn_cases() {
  return {
      {"rdn_has_one_attribute", "an RDN of two", [](TbsDraft& d) { d.set_subject(two_attributes()); },
       [](TbsDraft& d) {
         d.set_subject(name({country("DE"), common_name("assay.dev")}));
       }},
      {"rdn_has_one_attribute", "two common names",
       [](TbsDraft& d) {
         d.set_subject(name({common_name("assay.dev"), common_name("*.assay.dev")}));
       }},
      {"rdn_order", "the country last",
       [](TbsDraft& d) {
         d.set_subject(name({common_name("assay.dev"), country("DE")}));
       },
       [](TbsDraft& d) {
         d.set_subject(name({country("DE"), common_name("assay.dev")}));
       }},
      {"rdn_order", "the organization in front",
       [](TbsDraft& d) {
         d.set_subject(name({organization("Assay"), country("DE")}));
       },
       [](TbsDraft& d) {
         d.set_subject(name({country("DE"), organization("Assay")}));
       },
       kPrivate},
      {"subject_attributes", "an organization",
       [](TbsDraft& d) { d.set_subject(name({organization("Assay")})); },
       [](TbsDraft& d) { d.set_subject(name({country("DE")})); }},
      {"subject_attributes", "an organizational unit, of a private one",
       [](TbsDraft& d) { d.set_subject(name({rdn(kOrganizationalUnit, der::kUtf8String, "IT")})); },
       [](TbsDraft& d) { d.set_subject(name({organization("Assay")})); }, kPrivate},
  };
}

std::vector<Case> string_cases() {
  return {
      {"subject_strings", "TeletexString",
       [](TbsDraft& d) { d.set_subject(name({organization("Assay", kTeletexString)})); },
       [](TbsDraft& d) { d.set_subject(name({organization("Assay", der::kPrintableString)})); }, kPrivate},
      {"subject_strings", "BMPString",
       [](TbsDraft& d) { d.set_subject(name({organization("\0A\0s"sv, kBmpString)})); },
       [](TbsDraft& d) { d.set_subject(name({organization("As")})); }, kPrivate},
      {"subject_strings", "an asterisk in a PrintableString",
       [](TbsDraft& d) {
         d.set_subject(name({rdn(oids::kCommonName, der::kPrintableString, "*.assay.dev")}));
       },
       [](TbsDraft& d) { d.set_subject(name({common_name("*.assay.dev")})); }},
      {"subject_strings", "a UTF8String in Latin-1",
       [](TbsDraft& d) {
         d.set_subject(
             name({organization("Pr\xfc"
                                "fer")}));
       },
       [](TbsDraft& d) {
         d.set_subject(
             name({organization("Pr\xc3\xbc"
                                "fer")}));
       },
       kPrivate},
      {"subject_strings", "a country in UTF8String",
       [](TbsDraft& d) { d.set_subject(name({country("DE", der::kUtf8String)})); },
       [](TbsDraft& d) { d.set_subject(name({country("DE")})); }},
  };
}

std::vector<Case> length_cases() {
  return {
      {"subject_lengths", "a common name of 65", [](TbsDraft& d) { certify(d, longest_name(65)); },
       [](TbsDraft& d) { certify(d, longest_name(64)); }},
      {"subject_lengths", "an organization of 65 characters",
       [](TbsDraft& d) {
         Bytes text;
         while (text.size() < size_t{2} * 65)
           text += "\xc3\xbc";
         d.set_subject(name({organization(text)}));
       },
       [](TbsDraft& d) {
         Bytes text;
         while (text.size() < size_t{2} * 64)
           text += "\xc3\xbc";
         d.set_subject(name({organization(text)}));
       },
       kPrivate},
      {"subject_lengths", "an empty organization",
       [](TbsDraft& d) { d.set_subject(name({organization("")})); },
       [](TbsDraft& d) { d.set_subject(name({organization("A")})); }, kPrivate},
      {"subject_lengths", "a country of three letters",
       [](TbsDraft& d) { d.set_subject(name({country("DEU")})); },
       [](TbsDraft& d) { d.set_subject(name({country("DE")})); }},
      {"subject_lengths", "a country of two digits",
       [](TbsDraft& d) { d.set_subject(name({country("12")})); }},
      {"subject_lengths", "a country in lower case",
       [](TbsDraft& d) { d.set_subject(name({country("de")})); }},
  };
}

std::vector<Case> common_name_cases() {
  return {
      {"common_name_is_a_name", "another name",
       [](TbsDraft& d) { d.set_subject(name({common_name("www.assay.dev")})); },
       [](TbsDraft& d) { d.set_subject(name({common_name("assay.dev")})); }},
      {"common_name_is_a_name", "in another case",
       [](TbsDraft& d) { d.set_subject(name({common_name("Assay.dev")})); }},
      {"common_name_is_a_name", "the text of an address",
       [](TbsDraft& d) {
         d.set_subject(name({common_name("8.8.8.8")}));
         d.set_names({dns_name("assay.dev"), ip_address("\x08\x08\x08\x08")});
       }},
      {"common_name_absent", "one", [](TbsDraft& d) { d.set_subject(name({common_name("assay.dev")})); },
       [](TbsDraft& d) { d.set_subject(name({country("DE")})); }},
  };
}

std::vector<Case> subject_alt_name_cases() {
  return {
      {"subject_alt_name_present", "none", [](TbsDraft& d) { d.erase(oids::kSubjectAltName); }},
      {"subject_alt_name_present", "an empty one", [](TbsDraft& d) { d.set_names({}); },
       [](TbsDraft& d) { d.set_names({dns_name("assay.dev")}); }},
      {"subject_alt_name_criticality", "not critical beside an empty subject",
       [](TbsDraft& d) { d.extension(oids::kSubjectAltName).critical.clear(); }},
      {"subject_alt_name_criticality", "critical beside a subject",
       [](TbsDraft& d) { d.subject = name({country("DE")}); },
       [](TbsDraft& d) { d.set_subject(name({country("DE")})); }},
      {"subject_alt_name_types", "a URI",
       [](TbsDraft& d) {
         d.set_names({dns_name("assay.dev"), url("https://assay.dev")});
       },
       [](TbsDraft& d) {
         d.set_names({dns_name("assay.dev"), ip_address("\x08\x08\x08\x08")});
       }},
      {"subject_alt_name_types", "an e-mail address",
       [](TbsDraft& d) {
         d.set_names({dns_name("assay.dev"), der::element(der::context(1), "a@assay.dev")});
       }},
      {"names_are_unique", "one twice",
       [](TbsDraft& d) {
         d.set_names({dns_name("assay.dev"), dns_name("a.assay.dev"), dns_name("assay.dev")});
       },
       [](TbsDraft& d) {
         d.set_names({dns_name("assay.dev"), dns_name("a.assay.dev")});
       }},
  };
}

std::vector<Case> dns_name_cases() {
  return {
      {"dns_name_syntax", "an underscore", [](TbsDraft& d) { d.set_names({dns_name("a_b.assay.dev")}); },
       [](TbsDraft& d) { d.set_names({dns_name("a-b.assay.dev")}); }},
      {"dns_name_syntax", "a dot at the end", [](TbsDraft& d) { d.set_names({dns_name("assay.dev.")}); }},
      {"dns_name_syntax", "an upper-case letter", [](TbsDraft& d) { d.set_names({dns_name("Assay.dev")}); }},
      {"dns_name_syntax", "a bare wildcard", [](TbsDraft& d) { d.set_names({dns_name("*")}); },
       [](TbsDraft& d) { d.set_names({dns_name("*.assay.dev")}); }},
      {"dns_name_syntax", "a wildcard within",
       [](TbsDraft& d) { d.set_names({dns_name("www.*.assay.dev")}); }},
      {"dns_name_syntax", "a wildcard of a part of a label",
       [](TbsDraft& d) { d.set_names({dns_name("w*.assay.dev")}); }},
      {"dns_name_syntax", "an xn-- that is no A-label",
       [](TbsDraft& d) { d.set_names({dns_name("xn--0.assay.dev")}); },
       [](TbsDraft& d) { d.set_names({dns_name("xn--bcher-kva.assay.dev")}); }},
      {"dns_name_syntax", "a label of 64",
       [](TbsDraft& d) { d.set_names({dns_name(Bytes(64, 'a') + ".assay.dev")}); },
       [](TbsDraft& d) { d.set_names({dns_name(Bytes(63, 'a') + ".assay.dev")}); }},
      {"dns_name_syntax", "254 octets", [](TbsDraft& d) { d.set_names({dns_name(longest_name(254))}); },
       [](TbsDraft& d) { d.set_names({dns_name(longest_name(253))}); }},
      {"dns_name_syntax", "an address as text", [](TbsDraft& d) { d.set_names({dns_name("8.8.8.8")}); }},
      {"dns_name_is_public", "a single label", [](TbsDraft& d) { d.set_names({dns_name("intranet")}); }},
      {"dns_name_is_public", "a wildcard of a special-use name",
       [](TbsDraft& d) { d.set_names({dns_name("*.internal")}); }},
      {"dns_name_is_public", "the reverse mapping",
       [](TbsDraft& d) { d.set_names({dns_name("8.8.8.8.in-addr.arpa")}); }},
  };
}

std::vector<Case> ip_address_cases() {
  return {
      {"ip_address_form", "3 octets", [](TbsDraft& d) { d.set_names({ip_address("\x08\x08\x08")}); },
       [](TbsDraft& d) { d.set_names({ip_address("\x08\x08\x08\x08")}); }},
      {"ip_address_form", "IPv4 mapped into IPv6",
       [](TbsDraft& d) { d.set_names({ip_address("\0\0\0\0\0\0\0\0\0\0\xff\xff\x08\x08\x08\x08"sv)}); },
       [](TbsDraft& d) { d.set_names({ip_address("\x08\x08\x08\x08")}); }},
      {"ip_address_is_public", "loopback",
       [](TbsDraft& d) { d.set_names({ip_address("\x7f\x00\x00\x01"sv)}); },
       [](TbsDraft& d) { d.set_names({ip_address("\x80\x00\x00\x01"sv)}); }},
      {"ip_address_is_public", "172.31.255.255",
       [](TbsDraft& d) { d.set_names({ip_address("\xac\x1f\xff\xff")}); },
       [](TbsDraft& d) { d.set_names({ip_address("\xac\x20\x00\x00"sv)}); }},
      {"ip_address_is_public", "documentation in IPv6",
       [](TbsDraft& d) { d.set_names({ip_address("\x20\x01\x0d\xb8" + Bytes(12, '\x01'))}); },
       [](TbsDraft& d) { d.set_names({ip_address("\x20\x01\x0d\xb9" + Bytes(12, '\x01'))}); }},
      {"ip_address_is_public", "a unique local address",
       [](TbsDraft& d) { d.set_names({ip_address("\xfd" + Bytes(15, '\x01'))}); },
       [](TbsDraft& d) { d.set_names({ip_address("\x2a" + Bytes(15, '\x01'))}); }},
  };
}

void constrain(Certificate& issuer) {
  issuer.extensions.push_back({Bytes(oids::kNameConstraints), true, permitted("assay.dev")});
}

std::vector<Case> constraint_cases() {
  return {
      {"names_within_constraints", "a name beside the permitted one",
       [](TbsDraft& d) {
         d.set_names({dns_name("assay.dev"), dns_name("notassay.dev")});
       },
       [](TbsDraft& d) {
         d.set_names({dns_name("assay.dev"), dns_name("not.assay.dev")});
       },
       ProfileRules::public_trust, constrain},
  };
}

}  // namespace

std::vector<Case> subject_cases() {
  return joined({rdn_cases(), string_cases(), length_cases(), common_name_cases()});
}

std::vector<Case> name_cases() {
  return joined({subject_alt_name_cases(), dns_name_cases(), ip_address_cases(), constraint_cases()});
}

}  // namespace acmecore::lint
