#pragma once

#include <string>
#include <vector>

#include "base/endpoint.h"

namespace validator {

// The addresses that a resolver never sends to, as prefixes ("10.0.0.0/8", "fc00::/7"). Whoever controls a
// name chooses with its NS records where our questions go; this keeps them off networks that are not his.
//
// Always: this-network, link-local, multicast and reserved addresses (RFC 6890), which no name server has.
// With `allow_private` false also loopback, private-use, shared and unique local ones, and those that embed
// them (6to4, Teredo, NAT64, IPv4-mapped). The addresses of `configured` are left out of every prefix: the
// operator chose them.
std::vector<std::string> unreachable_prefixes(bool allow_private,
                                              const std::vector<base::Endpoint>& configured);

// Whether such a resolver would send to it. REQUIRES: the address is in text form, without a zone index.
bool is_reachable(const base::Endpoint& endpoint, bool allow_private,
                  const std::vector<base::Endpoint>& configured);

}  // namespace validator
