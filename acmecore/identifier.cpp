#include "acmecore/identifier.h"

#include <algorithm>
#include <cassert>

#include "acmecore/dns_name_syntax.h"

namespace acmecore {

using base::Error;
using base::ErrorKind;
using base::fail;
using base::Result;
using base::Suberror;

namespace {

constexpr std::string_view kChallengePrefix = "_acme-challenge.";

Result<void> check_provable(const Identifier& identifier);
Error refusal_of(std::vector<Suberror> suberrors);

}  // namespace

base::Name Identifier::dns_name() const {
  auto parsed = base::Name::parse(name);
  assert(parsed);
  return *std::move(parsed);
}

Result<Identifier> parse_identifier(const RequestedIdentifier& requested) {
  if (requested.type != "dns") {
    return fail(ErrorKind::unsupported_identifier,
                "identifiers of type " + in_quotes(requested.type) + " are not supported; \"dns\" is");
  }
  std::string value = base::lower(requested.value);
  CHECK(check_dns_name(value));
  const bool wildcard = value.starts_with("*.");
  Identifier identifier{wildcard ? value.substr(2) : std::move(value), wildcard};
  CHECK(check_provable(identifier));
  return identifier;
}

Result<std::vector<Identifier>> parse_identifiers(const std::vector<RequestedIdentifier>& requested) {
  if (requested.empty()) return fail(ErrorKind::malformed, "an order needs at least one identifier");
  if (requested.size() > kIdentifiersMax) {
    return fail(ErrorKind::malformed,
                "an order has at most " + std::to_string(kIdentifiersMax) + " identifiers");
  }
  std::vector<Identifier> identifiers;
  std::vector<Suberror> refused;
  for (const RequestedIdentifier& one : requested) {
    auto parsed = parse_identifier(one);
    if (!parsed) {
      refused.push_back({parsed.error().kind, parsed.error().detail, one.value});
    } else if (std::find(identifiers.begin(), identifiers.end(), *parsed) == identifiers.end()) {
      identifiers.push_back(*std::move(parsed));
    }
  }
  if (!refused.empty()) return tl::unexpected(refusal_of(std::move(refused)));
  return identifiers;
}

namespace {

Result<void> check_provable(const Identifier& identifier) {
  const std::string name = in_quotes(identifier.text());
  if (identifier.name.find('.') == std::string::npos) {
    return fail(ErrorKind::rejected_identifier, identifier.wildcard
                                                    ? name + " would cover a whole top-level domain"
                                                    : name + " is a single label");
  }
  if (identifier.name.size() + kChallengePrefix.size() > kDnsNameLengthMax) {
    return fail(
        ErrorKind::rejected_identifier,
        name + " is too long to be proved by dns-01: there is no room for \"_acme-challenge.\" in front");
  }
  return {};
}

// REQUIRES: at least one suberror.
Error refusal_of(std::vector<Suberror> suberrors) {
  if (suberrors.size() == 1) return {suberrors[0].kind, suberrors[0].detail, suberrors};
  const ErrorKind first = suberrors[0].kind;
  const bool agree = std::all_of(suberrors.begin(), suberrors.end(),
                                 [first](const Suberror& suberror) { return suberror.kind == first; });
  const std::string detail = std::to_string(suberrors.size()) + " of the identifiers are refused";
  return {agree ? first : ErrorKind::compound, detail, std::move(suberrors)};
}

}  // namespace

}  // namespace acmecore
