#include "acmecore/http/route.h"

#include <algorithm>
#include <array>

namespace acmecore::http {

namespace {

struct Fixed {
  std::string_view path;
  Resource resource;
};

constexpr std::array kFixed = {
    Fixed{"/directory", Resource::directory},          Fixed{"/acme/new-nonce", Resource::new_nonce},
    Fixed{"/acme/new-account", Resource::new_account}, Fixed{"/acme/new-order", Resource::new_order},
    Fixed{"/acme/new-authz", Resource::new_authz},     Fixed{"/acme/revoke-cert", Resource::revoke_cert},
    Fixed{"/acme/key-change", Resource::key_change},
};

// prefix ID suffix. Where the suffix is "*", one more segment takes its place.
struct WithId {
  std::string_view prefix;
  std::string_view suffix;
  Resource resource;
};

constexpr std::array kWithId = {
    WithId{"/acme/account/", "", Resource::account},
    WithId{"/acme/account/", "/orders", Resource::orders},
    WithId{"/acme/order/", "", Resource::order},
    WithId{"/acme/order/", "/finalize", Resource::finalize},
    WithId{"/acme/authorization/", "", Resource::authorization},
    WithId{"/acme/challenge/", "/*", Resource::challenge},
    WithId{"/acme/terms/", "/*", Resource::terms},
    WithId{"/acme/unpause/", "/*", Resource::unpause},
    WithId{"/acme/certificate/", "", Resource::certificate},
    WithId{"/acme/certificate/", "/*", Resource::certificate},
    WithId{"/acme/star-certificate/", "", Resource::star_certificate},
    WithId{"/acme/star-certificate/", "/*", Resource::star_certificate},
    WithId{"/acme/issuer/", "", Resource::issuer},
};

constexpr std::string_view kRenewalInfo = "/acme/renewal-info/";
constexpr std::string_view kPageQuery = "?after=";

// What our ids, serials and challenge types are made of.
bool is_segment(std::string_view text) {
  constexpr size_t kSegmentMax = 64;
  return !text.empty() && text.size() <= kSegmentMax && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-';
  });
}

}  // namespace

std::optional<Route> find_route(std::string_view target) {
  for (const Fixed& fixed : kFixed) {
    if (target == fixed.path) return Route{fixed.resource, "", ""};
  }
  if (target.starts_with(kRenewalInfo)) {
    const std::string_view id = target.substr(kRenewalInfo.size());
    if (id.empty() || id.find_first_of("/?") != std::string_view::npos) return std::nullopt;
    return Route{Resource::renewal_info, std::string(id), ""};
  }
  for (const WithId& form : kWithId) {
    if (!target.starts_with(form.prefix)) continue;
    std::string_view rest = target.substr(form.prefix.size());
    std::string_view part;
    if (form.resource == Resource::orders && rest.find(kPageQuery) != std::string_view::npos) {
      part = rest.substr(rest.find(kPageQuery) + kPageQuery.size());
      rest = rest.substr(0, rest.find(kPageQuery));
      if (!is_segment(part)) continue;
    }
    const std::string_view id = rest.substr(0, rest.find('/'));
    rest.remove_prefix(id.size());
    if (form.suffix == "/*") {
      if (rest.empty() || !is_segment(rest.substr(1))) continue;
      part = rest.substr(1);
    } else if (rest != form.suffix) {
      continue;
    }
    if (is_segment(id)) return Route{form.resource, std::string(id), std::string(part)};
  }
  return std::nullopt;
}

bool is_open(Resource resource) {
  return resource == Resource::directory || resource == Resource::new_nonce || resource == Resource::issuer;
}

bool is_page(Resource resource) { return resource == Resource::terms || resource == Resource::unpause; }

std::string_view allowed_methods(Resource resource) {
  if (resource == Resource::renewal_info) return "GET, HEAD, OPTIONS";
  if (is_page(resource) || resource == Resource::star_certificate) return "GET, HEAD, POST, OPTIONS";
  return is_open(resource) ? "GET, HEAD, POST, OPTIONS" : "POST, OPTIONS";
}

}  // namespace acmecore::http
