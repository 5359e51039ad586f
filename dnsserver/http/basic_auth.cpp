#include "dnsserver/http/basic_auth.h"

#include "base/base64url.h"
#include "base/name.h"

namespace dnsserver::http {

std::optional<UserPassword> basic_auth(const base::http::Request& request) {
  constexpr std::string_view kScheme = "basic ";
  const auto field = request.header("Authorization");
  if (!field || base::lower(field->substr(0, kScheme.size())) != kScheme) return std::nullopt;
  std::string text(field->substr(kScheme.size()));
  for (char& c : text) {
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  while (text.starts_with(' '))
    text.erase(0, 1);
  while (text.ends_with('='))
    text.pop_back();
  const auto octets = base::parse_base64url(text);
  if (!octets) return std::nullopt;
  const size_t colon = octets->find(':');
  if (colon == std::string::npos) return std::nullopt;
  return UserPassword{octets->substr(0, colon), octets->substr(colon + 1)};
}

}  // namespace dnsserver::http
