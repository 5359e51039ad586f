#include "validator/net/unbound_options.h"

#include <algorithm>
#include <fstream>
#include <string_view>
#include <utility>

#include "validator/net/reach.h"

namespace validator {

namespace {

using base::ErrorKind;
using base::Result;

// IANA's KSK-2017 and KSK-2024 (https://data.iana.org/root-anchors/root-anchors.xml).
constexpr const char* kRootAnchors[] = {
    ". DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
    ". DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16",
};

constexpr std::pair<const char*, const char*> kAlways[] = {
    // What answers look-ups beside a responsible server, or keeps one from being asked.
    {"aggressive-nsec:", "no"},
    {"harden-below-nxdomain:", "no"},
    {"qname-minimisation:", "no"},
    {"unblock-lan-zones:", "yes"},
    // RFC 5452 §9, and no fragments (RFC 9715).
    {"use-caps-for-id:", "yes"},
    {"edns-buffer-size:", "1232"},
    // A signature is valid from its inception to its expiration and not beyond (RFC 4035 §5.3.1).
    {"val-sig-skew-min:", "0"},
    {"val-sig-skew-max:", "0"},
    // Ask for the addresses of name servers when they are needed, and three times rather than five, so that
    // the
    // reason of a failure is known before the time of a look-up is over.
    {"target-fetch-policy:", "0 0 0 0 0"},
    {"outbound-msg-retry:", "3"},
    {"minimal-responses:", "yes"},
    // The log is where libunbound says which servers replied, and why it answers SERVFAIL.
    {"verbosity:", "2"},
    {"log-servfail:", "yes"},
    {"val-log-squelch:", "no"},
};

struct Anchor {
  base::Name owner;
  std::string record;
};

Result<std::vector<Anchor>> read_trust_anchors(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) return base::fail(ErrorKind::not_found, "trust anchors: cannot read " + path.string());
  std::vector<Anchor> anchors;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    const size_t start = line.find_first_not_of(" \t\r");
    if (start == std::string::npos || line[start] == ';') continue;
    auto owner = base::Name::parse(line.substr(start, line.find_first_of(" \t", start) - start));
    if (!owner) {
      return base::fail(ErrorKind::malformed,
                        path.string() + ":" + std::to_string(number) + ": " + owner.error().detail);
    }
    anchors.push_back({*std::move(owner), line.substr(start)});
  }
  if (anchors.empty()) return base::fail(ErrorKind::malformed, "no trust anchors in " + path.string());
  return anchors;
}

Result<std::vector<Anchor>> trust_anchors(const std::filesystem::path& path) {
  if (!path.empty()) return read_trust_anchors(path);
  std::vector<Anchor> anchors;
  for (const char* record : kRootAnchors)
    anchors.push_back({base::Name(), record});
  return anchors;
}

bool is_validated(const StubZone& stub, const std::vector<Anchor>& anchors) {
  return std::ranges::any_of(anchors, [&](const Anchor& anchor) {
    return !anchor.owner.is_root() && stub.apex.is_under(anchor.owner);
  });
}

}  // namespace

Result<UnboundSettings> unbound_settings(const UnboundOptions& options) {
  UnboundSettings settings;
  for (const auto& [name, value] : kAlways)
    settings.options.emplace_back(name, value);
  if (!options.root_hints.empty()) {
    if (!std::ifstream(options.root_hints)) {
      return base::fail(ErrorKind::not_found, "root hints: cannot read " + options.root_hints.string());
    }
    settings.options.emplace_back("root-hints:", options.root_hints.string());
  }
  TRY(const auto anchors, trust_anchors(options.trust_anchors));
  for (const auto& anchor : anchors)
    settings.trust_anchors.push_back(anchor.record);

  std::vector<base::Endpoint> configured;
  for (const auto& stub : options.stub_zones) {
    for (const auto& endpoint : stub.addresses) {
      settings.stubs.emplace_back(stub.apex.text(), endpoint.address + "@" + std::to_string(endpoint.port));
      configured.push_back(endpoint);
    }
    if (!is_validated(stub, anchors)) settings.options.emplace_back("domain-insecure:", stub.apex.text());
  }
  for (auto& prefix : unreachable_prefixes(options.allow_private_addresses, configured))
    settings.options.emplace_back("do-not-query-address:", std::move(prefix));
  return settings;
}

}  // namespace validator
