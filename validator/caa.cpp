#include "validator/caa.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "validator/txt.h"

namespace validator {

namespace {

constexpr uint8_t kCritical = 0x80;
constexpr auto kKnownTags = std::to_array<std::string_view>(
    {"issue", "issuewild", "iodef", "issuemail", "issuevmc", "contactemail", "contactphone"});

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// "dns-01,http-01"
bool lists(std::string_view methods, std::string_view method) {
  while (true) {
    const size_t comma = methods.find(',');
    if (base::trimmed(methods.substr(0, comma)) == method) return true;
    if (comma == std::string_view::npos) return false;
    methods.remove_prefix(comma + 1);
  }
}

bool lets(const Caa& caa, const CaaQuestion& question) {
  const CaaIssuer issuer = parse_caa_issuer(caa.value);
  const auto methods = issuer.parameter("validationmethods");
  return issuer.domain == base::lower(question.issuer) && !issuer.domain.empty() &&
         (methods.empty() || lists(methods, question.method));
}

bool has(const std::vector<Caa>& relevant, std::string_view tag) {
  return std::ranges::find(relevant, tag, &Caa::tag) != relevant.end();
}

std::string_view deciding_tag(const std::vector<Caa>& relevant, const CaaQuestion& question) {
  return question.wildcard && has(relevant, "issuewild") ? "issuewild" : "issue";
}

}  // namespace

base::Result<Caa> parse_caa(base::BytesView rdata) {
  const auto bad = [] { return base::fail(base::ErrorKind::malformed, "a CAA record without a whole tag"); };
  if (rdata.size() < 2) return bad();
  const size_t size = uint8_t(rdata[1]);
  if (size == 0 || rdata.size() < 2 + size) return bad();
  Caa caa{(uint8_t(rdata[0]) & kCritical) != 0, base::lower(rdata.substr(2, size)),
          std::string(rdata.substr(2 + size))};
  if (!std::ranges::all_of(caa.tag, is_letter_or_digit)) return bad();
  return caa;
}

std::string_view CaaIssuer::parameter(std::string_view tag) const {
  for (const auto& [name, value] : parameters) {
    if (name == tag) return value;
  }
  return "";
}

CaaIssuer parse_caa_issuer(std::string_view value) {
  CaaIssuer issuer{base::lower(base::trimmed(value.substr(0, value.find(';'))))};
  while (value.find(';') != std::string_view::npos) {
    value.remove_prefix(value.find(';') + 1);
    const auto parameter = value.substr(0, value.find(';'));
    const size_t equals = parameter.find('=');
    if (equals == std::string_view::npos) continue;
    issuer.parameters.emplace_back(base::lower(base::trimmed(parameter.substr(0, equals))),
                                   base::trimmed(parameter.substr(equals + 1)));
  }
  return issuer;
}

std::vector<Caa> properties_for(const std::vector<Caa>& relevant, const CaaQuestion& question) {
  const std::string_view tag = deciding_tag(relevant, question);
  std::vector<Caa> properties;
  std::ranges::copy_if(relevant, std::back_inserter(properties),
                       [&](const Caa& caa) { return caa.tag == tag && lets(caa, question); });
  return properties;
}

std::string caa_presentation(const Caa& caa) {
  return std::to_string(caa.critical ? kCritical : 0) + " " + caa.tag + " " + quoted(caa.value);
}

bool permits(const std::vector<Caa>& relevant, const CaaQuestion& question) {
  for (const Caa& caa : relevant) {
    if (caa.critical && std::ranges::find(kKnownTags, caa.tag) == kKnownTags.end()) return false;
  }
  const std::string_view tag = deciding_tag(relevant, question);
  return !has(relevant, tag) || !properties_for(relevant, question).empty();
}

}  // namespace validator
