#include "base/config_values.h"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>

#include "base/name.h"

namespace base {

Result<void> anything(const std::string&) { return {}; }

Result<void> not_empty(const std::string& text) {
  if (text.empty()) return fail(ErrorKind::malformed, "it is empty");
  return {};
}

Result<void> empty_or_web_url(const std::string& text) {
  if (text.empty()) return {};
  const auto url = boost::urls::parse_absolute_uri(text);
  if (!url) return fail(ErrorKind::malformed, url.error().message());
  const bool is_web = url->scheme() == "https" || url->scheme() == "http";
  if (!is_web || url->host().empty()) return fail(ErrorKind::malformed, "https:// or http:// and a host");
  return {};
}

Result<void> plain_domain_name(const std::string& text) {
  CHECK(Name::parse(text));
  const bool is_plain = std::all_of(text.begin(), text.end(), [](char c) {
    return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
  if (!is_plain || text.ends_with('.'))
    return fail(ErrorKind::malformed, "letters, digits, hyphens and inner dots");
  return {};
}

void read_tls(ConfigReader& section, TlsFiles& tls, const std::string& prefix) {
  const std::string certificate = prefix + "certificate";
  const std::string key = prefix + "key";
  section.path(certificate, tls.certificate);
  section.path(key, tls.key);
  if (tls.certificate.empty() != tls.key.empty()) {
    section.mistake(tls.key.empty() ? certificate : key,
                    certificate + " and " + key + " are set together or not at all");
  }
}

}  // namespace base
