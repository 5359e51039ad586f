#include "acmecore/identifier.h"

#include <algorithm>
#include <cassert>
#include <utility>

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
Result<void> check_ancestor(const Identifier& identifier);
Error refusal_of(std::vector<Suberror> suberrors);

}  // namespace

base::Name Identifier::dns_name() const {
  auto parsed = base::Name::parse(name);
  assert(parsed);
  return *std::move(parsed);
}

Result<Identifier> parse_identifier(const RequestedIdentifier& requested) {
  if (requested.type == "ip") {
    return fail(
        ErrorKind::unsupported_identifier,
        "addresses, which are identifiers of type \"ip\" (RFC 8738), are not certified: dns-01 is all that "
        "there is here, and proves no address (RFC 8738 §7)");
  }
  if (requested.type != "dns") {
    return fail(ErrorKind::unsupported_identifier,
                "identifiers of type " + in_quotes(requested.type) + " are not supported; \"dns\" is");
  }
  std::string value = base::lower(requested.value);
  CHECK(check_dns_name(value));
  const bool wildcard = value.starts_with("*.");
  Identifier identifier{wildcard ? value.substr(2) : std::move(value), wildcard,
                        base::lower(requested.ancestor)};
  CHECK(check_provable(identifier));
  if (!identifier.ancestor.empty()) CHECK(check_ancestor(identifier));
  return identifier;
}

Identifier to_prove(const Identifier& identifier) {
  return identifier.ancestor.empty() ? identifier : Identifier{identifier.ancestor, false};
}

std::vector<Identifier> to_prove(const std::vector<Identifier>& identifiers) {
  std::vector<Identifier> proved;
  for (const Identifier& identifier : identifiers) {
    Identifier one = to_prove(identifier);
    if (std::ranges::count(proved, one) == 0) proved.push_back(std::move(one));
  }
  return proved;
}

bool is_subordinate(const Identifier& identifier, std::string_view ancestor) {
  return identifier.name == ancestor ? identifier.wildcard : is_below(identifier.name, ancestor);
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
      refused.push_back({parsed.error().kind, parsed.error().detail, one.value, one.type});
      continue;
    }
    const auto same =
        std::ranges::find_if(identifiers, [&](const Identifier& other) { return other.is_same_as(*parsed); });
    if (same == identifiers.end()) {
      identifiers.push_back(*std::move(parsed));
    } else if (same->ancestor != parsed->ancestor) {
      refused.push_back(
          {ErrorKind::malformed,
           in_quotes(parsed->text()) + " is there twice, each time with another \"ancestorDomain\"",
           one.value});
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

Result<void> check_ancestor(const Identifier& identifier) {
  const std::string what = "\"ancestorDomain\": ";
  if (const auto good = check_dns_name(identifier.ancestor); !good) {
    return fail(good.error().kind, what + good.error().detail);
  }
  if (!is_subordinate(identifier, identifier.ancestor)) {
    return fail(ErrorKind::malformed, what + in_quotes(identifier.ancestor) + " is no ancestor of " +
                                          in_quotes(identifier.text()) + " (RFC 9444 §4.3)");
  }
  const auto provable = check_provable({identifier.ancestor, false});
  if (!provable) return fail(provable.error().kind, what + provable.error().detail);
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
