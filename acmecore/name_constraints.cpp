#include "acmecore/name_constraints.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <optional>

#include "acmecore/der.h"
#include "acmecore/dns_name_syntax.h"
#include "base/ip_network.h"
#include "base/name.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;
using Subtrees = NameConstraints::Subtrees;

namespace {

// Tags of GeneralName (RFC 5280 §4.2.1.6).
constexpr uint8_t kDnsName = der::context(2);
constexpr uint8_t kDirectoryName = der::context_constructed(4);
constexpr uint8_t kIpAddress = der::context(7);

constexpr size_t kIpv4Size = 4;
constexpr size_t kIpv6Size = 16;

Result<void> read_subtrees(BytesView content, Subtrees& into);
Bytes encode_subtrees(uint8_t tag, const Subtrees& subtrees);
std::optional<std::string> refusal(const NameConstraints& constraints, const std::string& name);
std::optional<std::string> refusal_of_address(const NameConstraints& constraints, const Bytes& address);
std::string text_of_address(BytesView octets);
std::string text_of_network(BytesView address_and_mask);

}  // namespace

bool NameConstraints::on_subjects() const {
  const auto is_directory_name = [](const Bytes& name) { return uint8_t(name[0]) == kDirectoryName; };
  return std::ranges::any_of(permitted.others, is_directory_name) ||
         std::ranges::any_of(excluded.others, is_directory_name);
}

Result<NameConstraints> parse_name_constraints(BytesView value) {
  TRY(const BytesView content, der::only(der::kSequence, value));
  der::Reader reader(content);
  if (reader.at_end()) return fail(ErrorKind::malformed, "the name constraints are empty");
  NameConstraints constraints;
  if (reader.next_is(der::context_constructed(0))) {
    TRY(const der::Element permitted, reader.next());
    CHECK(read_subtrees(permitted.content, constraints.permitted));
  }
  if (reader.next_is(der::context_constructed(1))) {
    TRY(const der::Element excluded, reader.next());
    CHECK(read_subtrees(excluded.content, constraints.excluded));
  }
  CHECK(reader.end());
  return constraints;
}

Bytes encode(const NameConstraints& constraints) {
  Bytes content;
  if (!constraints.permitted.empty())
    content += encode_subtrees(der::context_constructed(0), constraints.permitted);
  if (!constraints.excluded.empty())
    content += encode_subtrees(der::context_constructed(1), constraints.excluded);
  return der::element(der::kSequence, content);
}

Result<void> add_subtree(Subtrees& subtrees, std::string_view text) {
  if (const auto network = base::IpNetwork::parse(text)) {
    const std::string canonical = network->text();
    const size_t slash = canonical.find('/');
    TRY(const base::IpAddress address, base::IpAddress::parse(canonical.substr(0, slash)));
    const size_t size = address.is_v4() ? kIpv4Size : kIpv6Size;
    size_t bits = 0;
    std::from_chars(canonical.data() + slash + 1, canonical.data() + canonical.size(), bits);
    const auto& octets = address.octets();
    Bytes subtree(octets.end() - std::ptrdiff_t(size), octets.end());
    for (size_t i = 0; i < size; ++i, bits -= std::min<size_t>(bits, 8))
      subtree.push_back(char(bits >= 8 ? 0xff : 0xff << (8 - bits)));
    subtrees.addresses.push_back(std::move(subtree));
    return {};
  }
  const std::string name = base::lower(text);
  if (name.starts_with('*')) {
    return fail(ErrorKind::malformed,
                in_quotes(text) + " has a wildcard: \"corp.example\" is all below it, too");
  }
  CHECK(check_dns_name(name));
  subtrees.dns_names.push_back(name);
  return {};
}

std::vector<std::string> texts_of(const Subtrees& subtrees) {
  std::vector<std::string> texts = subtrees.dns_names;
  for (const Bytes& network : subtrees.addresses)
    texts.push_back(text_of_network(network));
  return texts;
}

Result<void> check_constraints(const NameConstraints& constraints, const SubjectAltName& names,
                               bool has_subject) {
  base::Error error{ErrorKind::rejected_identifier, "the issuing CA may not certify all of these names", {}};
  for (const std::string& name : names.dns_names) {
    if (const auto why = refusal(constraints, name))
      error.suberrors.push_back({ErrorKind::rejected_identifier, *why, name});
  }
  for (const Bytes& address : names.ip_addresses) {
    if (const auto why = refusal_of_address(constraints, address))
      error.suberrors.push_back({ErrorKind::rejected_identifier, *why, text_of_address(address), "ip"});
  }
  if (!error.suberrors.empty()) {
    if (error.suberrors.size() == 1) error.detail = error.suberrors.front().detail;
    return tl::unexpected(std::move(error));
  }
  if (constraints.on_subjects() && has_subject) {
    return fail(
        ErrorKind::rejected_identifier,
        "the issuing CA is held to certain subjects, so its certificates have none; this one would have");
  }
  return {};
}

namespace {

bool is_address_and_mask(BytesView octets) {
  if (octets.size() != 2 * kIpv4Size && octets.size() != 2 * kIpv6Size) return false;
  bool ended = false;
  for (const char octet : octets.substr(octets.size() / 2)) {
    const int ones = std::countl_one(uint8_t(octet));
    if (ended ? octet != 0 : std::popcount(uint8_t(octet)) != ones) return false;
    ended = ended || ones < 8;
  }
  return true;
}

Result<void> read_subtrees(BytesView content, Subtrees& into) {
  der::Reader subtrees(content);
  if (subtrees.at_end()) return fail(ErrorKind::malformed, "the name constraints have an empty list");
  while (!subtrees.at_end()) {
    TRY(const der::Element subtree, subtrees.next(der::kSequence));
    der::Reader fields(subtree.content);
    TRY(const der::Element base, fields.next());
    if (!fields.at_end()) {
      return fail(ErrorKind::malformed,
                  "the name constraints have a minimum or a maximum (RFC 5280 §4.2.1.10)");
    }
    if (base.tag == kIpAddress && !is_address_and_mask(base.content))
      return fail(ErrorKind::malformed, "the name constraints have an iPAddress that is no address and mask");
    switch (base.tag) {
      case kDnsName: into.dns_names.push_back(base::lower(base.content)); break;
      case kIpAddress: into.addresses.emplace_back(base.content); break;
      default: into.others.emplace_back(base.whole);
    }
  }
  return {};
}

Bytes encode_subtrees(uint8_t tag, const Subtrees& subtrees) {
  Bytes content;
  for (const std::string& name : subtrees.dns_names)
    content += der::sequence({der::element(kDnsName, name)});
  for (const Bytes& network : subtrees.addresses)
    content += der::sequence({der::element(kIpAddress, network)});
  for (const Bytes& name : subtrees.others)
    content += der::sequence({name});
  return der::element(tag, content);
}

bool is_within(std::string_view name, std::string_view subtree) {
  if (subtree.empty()) return true;
  if (!name.ends_with(subtree)) return false;
  if (subtree.starts_with('.')) return name.size() > subtree.size();
  return name.size() == subtree.size() || name[name.size() - subtree.size() - 1] == '.';
}

// Whether the wildcard `name` stands for the very name of the subtree.
bool stands_for(std::string_view name, std::string_view subtree) {
  if (!name.starts_with("*.")) return false;
  const std::string_view suffix = name.substr(1);
  return subtree.size() > suffix.size() && subtree.ends_with(suffix) &&
         subtree.find('.') == subtree.size() - suffix.size();
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts)
    all += (all.empty() ? "" : ", ") + in_quotes(text);
  return all;
}

std::optional<std::string> refusal(const NameConstraints& constraints, const std::string& name) {
  const auto holds = [&name](const std::string& subtree) { return is_within(name, subtree); };
  const auto touches = [&](const std::string& subtree) {
    return holds(subtree) || stands_for(name, subtree);
  };
  const auto& excluded = constraints.excluded.dns_names;
  if (const auto found = std::ranges::find_if(excluded, touches); found != excluded.end()) {
    return in_quotes(name) + " may not be certified by the issuing CA, from whose names " +
           in_quotes(*found) + " is excluded (RFC 5280 §4.2.1.10)";
  }
  const auto& permitted = constraints.permitted.dns_names;
  if (permitted.empty() || std::ranges::any_of(permitted, holds)) return std::nullopt;
  return in_quotes(name) + " may not be certified by the issuing CA, which is held to " + joined(permitted) +
         " (RFC 5280 §4.2.1.10)";
}

bool holds_address(BytesView network, BytesView address) {
  if (network.size() != 2 * address.size()) return false;
  for (size_t i = 0; i < address.size(); ++i) {
    const char mask = network[address.size() + i];
    if ((address[i] & mask) != (network[i] & mask)) return false;
  }
  return true;
}

std::optional<std::string> refusal_of_address(const NameConstraints& constraints, const Bytes& address) {
  const auto holds = [&address](const Bytes& network) { return holds_address(network, address); };
  const auto& permitted = constraints.permitted.addresses;
  const bool is_permitted = permitted.empty() || std::ranges::any_of(permitted, holds);
  if (is_permitted && std::ranges::none_of(constraints.excluded.addresses, holds)) return std::nullopt;
  return text_of_address(address) + " may not be certified by the issuing CA (RFC 5280 §4.2.1.10)";
}

std::string text_of_address(BytesView octets) {
  std::array<uint8_t, kIpv6Size> mapped = {};
  if (octets.size() == kIpv4Size) mapped[10] = mapped[11] = 0xff;
  std::ranges::copy(octets, mapped.end() - std::ptrdiff_t(octets.size()));
  return base::IpAddress::of(mapped).text();
}

std::string text_of_network(BytesView address_and_mask) {
  const size_t size = address_and_mask.size() / 2;
  int bits = 0;
  for (const char octet : address_and_mask.substr(size))
    bits += std::popcount(uint8_t(octet));
  return text_of_address(address_and_mask.substr(0, size)) + "/" + std::to_string(bits);
}

}  // namespace

}  // namespace acmecore
