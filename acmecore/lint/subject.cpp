#include <algorithm>
#include <array>

#include "acmecore/der.h"
#include "acmecore/leaf_profile.h"
#include "acmecore/lint/rule.h"
#include "acmecore/oids.h"
#include "base/utf8.h"

// The subject (RFC 5280 §4.1.2.6, BR 7.1.4).
namespace acmecore::lint {

using base::BytesView;
using namespace std::string_view_literals;

namespace {

constexpr BytesView kDomainComponent = "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19"sv;

// BR 7.1.4.2, whose order is the one of encoding. What is not listed has no place in it.
constexpr std::array<BytesView, 11> kOrder{
    kDomainComponent,        oids::kCountryName,
    "\x55\x04\x08"sv,  // stateOrProvinceName
    "\x55\x04\x07"sv,  // localityName
    "\x55\x04\x11"sv,  // postalCode
    "\x55\x04\x09"sv,  // streetAddress
    oids::kOrganizationName,
    "\x55\x04\x04"sv,  // surname
    "\x55\x04\x2a"sv,  // givenName
    "\x55\x04\x0b"sv,  // organizationalUnitName
    oids::kCommonName,
};

auto place_of(const AttributeView& attribute) {
  return std::ranges::find(kOrder, attribute.type) - kOrder.begin();
}

Fault one_attribute(const Input& input) {
  const auto& attributes = input.tbs.subject_attributes;
  for (size_t i = 0; i < attributes.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (attributes[i].rdn == attributes[j].rdn) return "an RDN of the subject has several attributes";
      if (attributes[i].type == attributes[j].type) return "the subject has an attribute twice";
    }
  }
  return std::nullopt;
}

Fault order(const Input& input) {
  const auto& attributes = input.tbs.subject_attributes;
  if (std::ranges::is_sorted(attributes, {}, place_of)) return std::nullopt;
  return "the attributes of the subject are not in the order of the BR";
}

Fault attributes(const Input& input) {
  const bool may_have_organization = input.rules == ProfileRules::private_trust;
  for (const AttributeView& attribute : input.tbs.subject_attributes) {
    const bool is_organization = attribute.type == oids::kOrganizationName;
    const bool is_known = attribute.type == oids::kCountryName || attribute.type == oids::kCommonName;
    if (is_known || (is_organization && may_have_organization)) continue;
    return is_organization ? "the subject has an organization, which domain validation does not prove"
                           : "the subject has an attribute that no profile has";
  }
  return std::nullopt;
}

// X.680 §41.4.
bool is_printable_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         " '()+,-./:=?"sv.find(c) != BytesView::npos;
}

bool is_utf8(BytesView text) {
  while (!text.empty()) {
    const size_t size = base::utf8_character_size(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

Fault strings(const Input& input) {
  for (const AttributeView& attribute : input.tbs.subject_attributes) {
    // RFC 4519 §2.4; Windows names its CAs so.
    if (attribute.type == kDomainComponent && attribute.string_type == der::kIa5String) continue;
    const bool is_printable = attribute.string_type == der::kPrintableString;
    if (attribute.type == oids::kCountryName && !is_printable)
      return "the subject's country is no PrintableString";
    if (!is_printable && attribute.string_type != der::kUtf8String)
      return "the subject has a string that is neither UTF8String nor PrintableString";
    if (is_printable && !std::ranges::all_of(attribute.value, is_printable_character))
      return "the subject has a PrintableString with a character that is none of them";
    if (!is_printable && !is_utf8(attribute.value)) return "the subject has a UTF8String that is no UTF-8";
  }
  return std::nullopt;
}

size_t characters_in(BytesView text) {
  return size_t(std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

// ISO 3166-1, "alpha-2".
bool is_country(BytesView text) {
  return text.size() == 2 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

Fault lengths(const Input& input) {
  constexpr size_t kCharactersMax = 64;  // ub-common-name, ub-organization-name
  for (const AttributeView& attribute : input.tbs.subject_attributes) {
    if (attribute.type == oids::kCountryName && !is_country(attribute.value))
      return "the subject's country is not two upper-case letters";
    const size_t size = characters_in(attribute.value);
    if (size == 0 || size > kCharactersMax)
      return "the subject has an attribute without or with over 64 characters";
  }
  return std::nullopt;
}

const AttributeView* common_name_of(const Input& input) {
  for (const AttributeView& attribute : input.tbs.subject_attributes) {
    if (attribute.type == oids::kCommonName) return &attribute;
  }
  return nullptr;
}

Fault common_name_is_a_name(const Input& input) {
  const AttributeView* common_name = common_name_of(input);
  if (common_name == nullptr) return std::nullopt;
  const bool is_one = std::ranges::any_of(input.tbs.names, [&](const NameView& name) {
    return name.tag == der::context(2) && name.value == common_name->value;
  });
  if (is_one) return std::nullopt;
  return "the common name is not, character for character, a name of the subjectAltName";
}

Fault common_name_absent(const Input& input) {
  if (common_name_of(input) == nullptr) return std::nullopt;
  return "the subject has a common name";
}

constexpr auto kOff = Severity::off;
constexpr auto kWarning = Severity::warning;
constexpr auto kError = Severity::error;
constexpr Rule kRules[] = {
    {"rdn_has_one_attribute", "BR 7.1.4.1", kError, kError, one_attribute},
    {"rdn_order", "BR 7.1.4.2", kError, kError, order},
    {"subject_attributes", "BR 7.1.2.7.2", kError, kError, attributes},
    {"subject_strings", "RFC 5280 §4.1.2.4", kError, kError, strings, Certified::both},
    {"subject_lengths", "RFC 5280 appendix A.1", kError, kError, lengths},
    {"common_name_is_a_name", "BR 7.1.4.3", kError, kError, common_name_is_a_name},
    {"common_name_absent", "BR 7.1.2.7.2", kOff, kWarning, common_name_absent},
};

}  // namespace

std::span<const Rule> subject_rules() { return kRules; }

}  // namespace acmecore::lint
