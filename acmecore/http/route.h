#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace acmecore::http {

// The resources of RFC 8555 §7.1, RFC 8739 and RFC 9773, the certificate of an issuing CA, and the pages where a person
// agrees to new terms of service (RFC 8555 §7.3.3) or lifts the pauses of names.
enum class Resource {
  directory,
  new_nonce,
  new_account,
  new_order,
  new_authz,
  revoke_cert,
  key_change,
  account,
  orders,
  order,
  finalize,
  authorization,
  challenge,
  certificate,
  star_certificate,
  issuer,
  renewal_info,
  terms,
  unpause,
};

struct Route {
  Resource resource;
  // Of the account, order, authorization, certificate or issuing CA; what names a certificate for RFC 9773.
  std::string id;
  std::string part;  // a challenge's type; where a page of orders begins; a token; which alternate chain

  bool operator==(const Route&) const = default;
};

// What a request target names. Nothing: no resource of ours. Exact: no query but that of a page of orders, no
// escapes, no empty or further segments.
std::optional<Route> find_route(std::string_view target);

// It answers GET, and POST-as-GET too: directory and newNonce by RFC 8555 §6.3, and what is as public.
bool is_open(Resource resource);

// It is for a person with a browser.
bool is_page(Resource resource);

// For the Allow field (RFC 9110 §10.2.1).
std::string_view allowed_methods(Resource resource);

}  // namespace acmecore::http
