#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

#include "acmecore/der.h"
#include "acmecore/dns_name_syntax.h"
#include "acmecore/lint/rule.h"
#include "acmecore/name_constraints.h"
#include "acmecore/oids.h"
#include "acmecore/special_use.h"
#include "base/ip_network.h"

// The subjectAltName (RFC 5280 §4.2.1.6, BR 7.1.2.7.12).
namespace acmecore::lint {

using base::BytesView;
using namespace std::string_view_literals;

namespace {

constexpr uint8_t kDnsName = der::context(2);
constexpr uint8_t kIpAddress = der::context(7);

Fault present(const Input& input) {
  if (!input.tbs.names.empty()) return std::nullopt;
  return "there is no subjectAltName with a name";
}

Fault criticality(const Input& input) {
  const ExtensionView* san = input.tbs.find(oids::kSubjectAltName);
  if (san == nullptr || san->is_critical() == input.tbs.has_empty_subject()) return std::nullopt;
  return san->is_critical() ? "the subjectAltName is critical beside a subject"
                            : "the subjectAltName is not critical, though the subject is empty";
}

Fault types(const Input& input) {
  const bool are_known = std::ranges::all_of(
      input.tbs.names, [](const NameView& name) { return name.tag == kDnsName || name.tag == kIpAddress; });
  if (are_known) return std::nullopt;
  return "the subjectAltName has a name that is neither dNSName nor iPAddress";
}

Fault unique(const Input& input) {
  const auto& names = input.tbs.names;
  for (size_t i = 0; i < names.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (names[i].value == names[j].value && names[i].tag == names[j].tag)
        return "the subjectAltName has a name twice";
    }
  }
  return std::nullopt;
}

Fault dns_syntax(const Input& input) {
  for (const NameView& name : input.tbs.names) {
    if (name.tag != kDnsName) continue;
    if (const auto good = check_dns_name(name.value); !good) return good.error().detail;
  }
  return std::nullopt;
}

bool is_public(BytesView name) {
  const BytesView base = name.starts_with("*.") ? name.substr(2) : name;
  return base.find('.') != BytesView::npos && !is_special_use(base) && !is_reverse_name(base);
}

Fault dns_public(const Input& input) {
  for (const NameView& name : input.tbs.names) {
    if (name.tag == kDnsName && !is_public(name.value))
      return in_quotes(name.value) + " is an internal name or one of the reverse mapping";
  }
  return std::nullopt;
}

constexpr BytesView kMappedPrefix = "\0\0\0\0\0\0\0\0\0\0\xff\xff"sv;  // RFC 4291 §2.5.5.2

Fault address_form(const Input& input) {
  for (const NameView& name : input.tbs.names) {
    if (name.tag != kIpAddress) continue;
    if (name.value.size() != 4 && name.value.size() != 16) return "an iPAddress has neither 4 nor 16 octets";
    if (name.value.starts_with(kMappedPrefix)) return "an iPAddress is IPv4 mapped into IPv6";
  }
  return std::nullopt;
}

// IANA's special-purpose registries (RFC 6890), and multicast.
constexpr std::array<std::string_view, 23> kReserved{
    "0.0.0.0/8",      "10.0.0.0/8",        "100.64.0.0/10",   "127.0.0.0/8",     "169.254.0.0/16",
    "172.16.0.0/12",  "192.0.0.0/24",      "192.0.2.0/24",    "192.31.196.0/24", "192.52.193.0/24",
    "192.88.99.0/24", "192.168.0.0/16",    "192.175.48.0/24", "198.18.0.0/15",   "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4",       "240.0.0.0/4",     "2001::/23",       "2001:db8::/32",
    "2002::/16",      "2620:4f:8000::/48", "3fff::/20"};
constexpr std::string_view kGlobalUnicast = "2000::/3";  // RFC 4291 §2.4: the rest of IPv6 is reserved

base::IpNetwork network(std::string_view text) { return base::IpNetwork::parse(text).value(); }

// REQUIRES: 4 or 16 octets.
bool is_reserved(BytesView octets) {
  static const base::IpNetwork global_unicast = network(kGlobalUnicast);
  static const std::vector<base::IpNetwork> reserved = [] {
    std::vector<base::IpNetwork> networks;
    std::ranges::transform(kReserved, std::back_inserter(networks), network);
    return networks;
  }();
  base::Bytes mapped(octets);
  if (octets.size() == 4) mapped.insert(0, kMappedPrefix);
  std::array<uint8_t, 16> whole;
  std::ranges::copy(mapped, whole.begin());
  const base::IpAddress address = base::IpAddress::of(whole);
  if (!address.is_v4() && !global_unicast.contains(address)) return true;
  return std::ranges::any_of(reserved, [&](const base::IpNetwork& one) { return one.contains(address); });
}

Fault address_public(const Input& input) {
  for (const NameView& name : input.tbs.names) {
    const bool is_address = name.tag == kIpAddress && (name.value.size() == 4 || name.value.size() == 16);
    if (is_address && is_reserved(name.value)) return "an iPAddress is a reserved one";
  }
  return std::nullopt;
}

// Those of the CAs above it are looked at where the whole chain is at hand (Issuer::check_names).
Fault constraints(const Input& input) {
  const Extension* own = find_extension(input.issuer.extensions, oids::kNameConstraints);
  if (own == nullptr) return std::nullopt;
  const auto constraints = parse_name_constraints(own->value);
  if (!constraints) return constraints.error().detail;
  SubjectAltName names;
  for (const NameView& name : input.tbs.names) {
    if (name.tag == kDnsName) names.dns_names.emplace_back(name.value);
    if (name.tag == kIpAddress) names.ip_addresses.emplace_back(name.value);
  }
  const auto kept = check_constraints(*constraints, names, !input.tbs.has_empty_subject());
  if (kept) return std::nullopt;
  const base::Error& error = kept.error();
  return error.suberrors.empty() ? error.detail : error.suberrors.front().detail;
}

constexpr auto kOff = Severity::off;
constexpr auto kError = Severity::error;
constexpr Rule kRules[] = {
    {"subject_alt_name_present", "BR 7.1.2.7.12", kError, kError, present},
    {"subject_alt_name_criticality", "RFC 5280 §4.2.1.6", kError, kError, criticality},
    {"subject_alt_name_types", "BR 7.1.2.7.12", kError, kError, types},
    {"names_are_unique", "zlint", kError, kError, unique},
    {"dns_name_syntax", "BR 7.1.2.7.12", kError, kError, dns_syntax},
    {"dns_name_is_public", "BR 4.2.2", kOff, kError, dns_public},
    {"ip_address_form", "RFC 5280 §4.2.1.6", kError, kError, address_form},
    {"ip_address_is_public", "BR 7.1.2.7.12", kOff, kError, address_public},
    {"names_within_constraints", "RFC 5280 §4.2.1.10", kError, kError, constraints},
};

}  // namespace

std::span<const Rule> name_rules() { return kRules; }

}  // namespace acmecore::lint
