#include "acmecore/dns_name_syntax.h"

#include <idn2.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>

#include "base/name.h"

namespace acmecore {

using base::ErrorKind;
using base::Result;

namespace {

// What is wrong with a label, as the rest of a sentence; empty if nothing is.
std::string label_fault(std::string_view label);

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

Result<void> check_dns_name(std::string_view name) {
  const auto refuse = [name](const std::string& why) {
    return base::fail(ErrorKind::malformed, in_quotes(name) + " is no DNS name for a certificate: " + why);
  };
  if (name.empty()) return refuse("it is empty");
  if (name.size() > kDnsNameLengthMax) return refuse("it is longer than 253 characters");
  std::string_view rest = name.starts_with("*.") ? name.substr(2) : name;
  std::string_view label;
  while (true) {
    const size_t dot = rest.find('.');
    label = rest.substr(0, dot);
    if (const std::string fault = label_fault(label); !fault.empty()) return refuse(fault);
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  if (std::all_of(label.begin(), label.end(), is_digit)) return refuse("its last label is a number");
  return {};
}

bool is_below(std::string_view name, std::string_view parent) {
  if (parent.empty()) return !name.empty();
  return name.size() > parent.size() && name.ends_with(parent) &&
         name[name.size() - parent.size() - 1] == '.';
}

std::string_view parent_of(std::string_view name) {
  const size_t dot = name.find('.');
  return dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
}

std::string in_quotes(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (char c : text.substr(0, kDnsNameLengthMax)) {
    if (c >= ' ' && c <= '~' && c != '"' && c != '\\') {
      out.push_back(c);
    } else {
      out += {'\\', 'x', kHex[uint8_t(c) >> 4], kHex[uint8_t(c) & 15]};
    }
  }
  if (text.size() > kDnsNameLengthMax) out += "…";
  return out + "\"";
}

namespace {

bool is_a_label(std::string_view label);

std::string label_fault(std::string_view label) {
  if (label.empty()) return "it has an empty label";
  if (label.size() > base::kLabelSizeMax) return "it has a label longer than 63 characters";
  for (char c : label) {
    if (c == '*') return "\"*\" may only be the whole first label, in front of a name";
    if (c >= 'A' && c <= 'Z') return "it has an upper-case letter";
    if (!(c >= 'a' && c <= 'z') && !is_digit(c) && c != '-') {
      return "it has a character other than letters, digits and hyphens";
    }
  }
  if (label.front() == '-' || label.back() == '-') return "it has a label that begins or ends with a hyphen";
  if (label.size() >= 4 && label.substr(2, 2) == "--" && !is_a_label(label)) {
    return "it has a label with \"--\" in the third and fourth place that is no valid A-label (RFC 5890)";
  }
  return {};
}

struct Free {
  void operator()(char* text) const { idn2_free(text); }
};

// RFC 5890 §2.3.2.1: begins with "xn--", decodes to a valid U-label, and that encodes to the same octets
// again.
bool is_a_label(std::string_view label) {
  if (!label.starts_with("xn--")) return false;
  const std::string text(label);
  char* decoded = nullptr;
  if (idn2_to_unicode_8z8z(text.c_str(), &decoded, 0) != IDN2_OK) return false;
  const std::unique_ptr<char, Free> unicode(decoded);
  char* encoded = nullptr;
  if (idn2_to_ascii_8z(unicode.get(), &encoded, IDN2_NONTRANSITIONAL) != IDN2_OK) return false;
  const std::unique_ptr<char, Free> ascii(encoded);
  return text == ascii.get();
}

}  // namespace

}  // namespace acmecore
