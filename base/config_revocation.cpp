#include "base/config_revocation.h"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "base/config_values.h"

namespace base {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kDay = std::chrono::days(1);
constexpr uint64_t kShardsMax = 1024;

// Certificates name it in the clear, for whoever fetched it by TLS would have to verify a certificate first.
Result<void> empty_or_http_origin(const std::string& text) {
  constexpr size_t kOriginSizeMax = 200;
  if (text.empty()) return {};
  const auto url = boost::urls::parse_absolute_uri(text);
  if (!url) return fail(ErrorKind::malformed, url.error().message());
  const bool is_origin = url->scheme() == "http" && !url->host().empty() && !url->has_userinfo() &&
                         url->path().empty() && !url->has_query();
  if (!is_origin || text.size() > kOriginSizeMax || !text.starts_with("http://")) {
    return fail(ErrorKind::malformed, "nothing but http://, a host, and a port if it is not 80");
  }
  return {};
}

}  // namespace

void read_revocation(ConfigReader& section, Config::Revocation& revocation) {
  section.endpoints("listen", revocation.listen, 0);
  section.text("external_url", revocation.external_url, "an origin, such as \"http://pki.corp.example\"",
               empty_or_http_origin);
  section.table("crl", [&](ConfigReader& table) {
    table.count("shards", revocation.crl.shards, 1, kShardsMax);
    table.duration("lifetime", revocation.crl.lifetime, 1h, 10 * kDay);
  });
  section.table("ocsp", [&](ConfigReader& table) {
    table.boolean("enabled", revocation.ocsp.enabled);
    table.duration("lifetime", revocation.ocsp.lifetime, 8h, 10 * kDay);
    if (revocation.ocsp.enabled && revocation.listen.empty()) {
      table.mistake("enabled", "nobody could ask: OCSP needs revocation.listen");
    }
  });
}

}  // namespace base
