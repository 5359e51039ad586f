#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/name.h"

namespace acmecore {

inline constexpr size_t kIdentifiersMax = 100;

// An identifier of type "dns" (RFC 8555 §7.1.4): a name that check_dns_name accepts and that dns-01 can prove.
struct Identifier {
  std::string name;  // lower-case A-labels, without "*." and without a final dot
  bool wildcard = false;
  std::string ancestor =
      {};  // that its client can prove instead (RFC 9444 §4.3), such a name too; empty: none

  // As in an order and in a certificate: "*.corp.example".
  std::string text() const { return wildcard ? "*." + name : name; }

  // For asking the DNS.
  base::Name dns_name() const;

  // Without its ancestor.
  bool is_same_as(const Identifier& other) const { return name == other.name && wildcard == other.wildcard; }

  auto operator<=>(const Identifier&) const = default;
};

// As it came in, of whatever type.
struct RequestedIdentifier {
  std::string type;
  std::string value;
  std::string ancestor = {};  // "ancestorDomain" of an order's (RFC 9444 §4.3); empty: none
  bool subdomains = false;    // "subdomainAuthAllowed" of newAuthz's (RFC 9444 §4.2)
};

// What is proved for it: the ancestor that it names, or else itself.
Identifier to_prove(const Identifier& identifier);

// The same for all of these, each once.
std::vector<Identifier> to_prove(const std::vector<Identifier>& identifiers);

// Whether certificates for `identifier` may rest on an authorization for `ancestor` and all that is below it: a name
// below, a wildcard for names below. Not so for `ancestor` itself.
bool is_subordinate(const Identifier& identifier, std::string_view ancestor);

// unsupported_identifier: another type than "dns". malformed: not a name that may stand in a certificate.
// rejected_identifier: such a name, but not one that we could certify: a single label, a wildcard directly below a
// top-level domain, no room for "_acme-challenge." in front. What an operator decides is Policy's. The same of an
// ancestor, which is malformed also if the identifier is not subordinate to it.
base::Result<Identifier> parse_identifier(const RequestedIdentifier& requested);

// All identifiers of an order, lower-cased, each once, in the order of their first mention.
//
// malformed: none, or more than kIdentifiersMax, or one with two ancestors. If some are refused, the error has one
// suberror for each; its kind is theirs if they agree, and compound otherwise (RFC 8555 §6.7.1).
base::Result<std::vector<Identifier>> parse_identifiers(const std::vector<RequestedIdentifier>& requested);

}  // namespace acmecore
