#include "base/config_acme.h"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>

#include "base/config_values.h"

namespace base {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kDay = std::chrono::days(1);
constexpr size_t kDirectoriesMax = 20;

constexpr std::pair<std::string_view, ExternalAccountMode> kExternalAccountModes[] = {
    {"off", ExternalAccountMode::off},
    {"optional", ExternalAccountMode::optional},
    {"required", ExternalAccountMode::required}};

constexpr std::pair<std::string_view, ChallengeType> kChallengeTypes[] = {{"dns-01", ChallengeType::dns_01}};

// Clients compare it with nothing and servers as a string: a path or a slash at the end would be part of
// every URL that is signed (RFC 8555 §6.4).
Result<void> empty_or_origin(const std::string& text) {
  if (text.empty()) return {};
  const auto url = boost::urls::parse_absolute_uri(text);
  if (!url) return fail(ErrorKind::malformed, url.error().message());
  const bool is_origin = url->scheme() == "https" && !url->host().empty() && !url->has_userinfo() &&
                         url->path().empty() && !url->has_query();
  if (!is_origin)
    return fail(ErrorKind::malformed, "nothing but https://, a host, and a port if it is not 443");
  return {};
}

// A part of every URL of the directory. Those of the default one have a resource's name in its place.
Result<void> directory_name(const std::string& text) {
  constexpr size_t kNameSizeMax = 32;
  const bool is_plain = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  if (!is_plain || text.empty() || text.size() > kNameSizeMax) {
    return fail(ErrorKind::malformed, "1 to 32 lower-case letters, digits and hyphens");
  }
  for (const char* taken : {"account", "authorization", "certificate", "challenge", "issuer", "order",
                            "renewal-info", "star-certificate", "terms", "unpause"}) {
    if (text == taken) return fail(ErrorKind::malformed, "the default directory has URLs with this name");
  }
  return {};
}

void read_directory_keys(ConfigReader& section, AcmeDirectory& directory) {
  section.word<ExternalAccountMode>("external_account", directory.external_account, kExternalAccountModes);
  section.text("terms_of_service", directory.terms_of_service, "a URL", empty_or_web_url);
  section.boolean("must_agree_again", directory.must_agree_again);
  if (directory.must_agree_again && directory.terms_of_service.empty()) {
    section.mistake("must_agree_again", "there are no terms_of_service to agree to");
  }
  section.text("website", directory.website, "a URL", empty_or_web_url);
  section.texts("caa_identities", directory.caa_identities, "a domain name", plain_domain_name);
  section.boolean("subdomain_authorization", directory.subdomain_authorization);
  section.texts("profiles", directory.profiles, "a profile's name", not_empty);
  section.text("default_profile", directory.default_profile, "a profile's name", anything);
  section.text("issuer", directory.issuer, "an issuer's name", anything);
  section.words<ChallengeType>("challenges", directory.challenges, kChallengeTypes);
  section.table("auto_renewal", [&directory](ConfigReader& table) {
    table.duration("max_duration", directory.auto_renewal.max_duration, 0ms, 398 * kDay);
    table.duration("min_lifetime", directory.auto_renewal.min_lifetime, 2h, 398 * kDay);
    table.boolean("allow_certificate_get", directory.auto_renewal.allow_certificate_get);
  });
}

void read_directories(ConfigReader& section, Config::Acme& acme) {
  section.tables("directory", [&](ConfigReader& element) {
    AcmeDirectory directory = acme.preset;
    directory.name = "";
    element.text("name", directory.name, "a name for URLs, such as \"team\"", directory_name);
    element.as_in("acme.", [&](ConfigReader& table) { read_directory_keys(table, directory); });
    if (directory.name.empty()) element.mistake("name", "the directory has no name");
    const auto has_its_name = [&](const AcmeDirectory& other) { return other.name == directory.name; };
    if (std::any_of(acme.directories.begin(), acme.directories.end(), has_its_name)) {
      element.mistake("name", "another directory has this name");
    }
    acme.directories.push_back(std::move(directory));
  });
  if (acme.directories.size() > kDirectoriesMax) {
    section.mistake("directory", "there are more than " + std::to_string(kDirectoriesMax) + " directories");
  }
}

void read_limits(ConfigReader& section, Config::Acme::Limits& limits) {
  const auto read_rate = [&section](std::string_view key, Config::Acme::Rate& rate) {
    section.table(key, [&rate](ConfigReader& table) {
      table.count("count", rate.count, 0, 1'000'000);
      table.duration("period", rate.period, 1s, 90 * kDay);
    });
  };
  read_rate("new_accounts_per_address", limits.new_accounts_per_address);
  read_rate("new_orders_per_account", limits.new_orders_per_account);
  read_rate("account_changes", limits.account_changes);
  read_rate("certificates_per_domain", limits.certificates_per_domain);
  read_rate("certificates_per_names", limits.certificates_per_names);
  read_rate("failed_validations", limits.failed_validations);
  section.text("help", limits.help, "a URL", empty_or_web_url);
}

}  // namespace

void read_acme(ConfigReader& section, Config::Acme& acme) {
  section.endpoints("listen", acme.listen, 0);
  section.text("external_url", acme.external_url, "an origin, such as \"https://acme.corp.example\"",
               empty_or_origin);
  read_tls(section, acme.tls);
  read_directory_keys(section, acme.preset);
  section.text("renewal_explanation", acme.renewal_explanation, "a URL", empty_or_web_url);
  section.duration("order_lifetime", acme.order_lifetime, 1min, 90 * kDay);
  section.duration("authorization_lifetime", acme.authorization_lifetime, 1min, 398 * kDay);
  section.duration("authorization_reuse", acme.authorization_reuse, 0ms, 398 * kDay);
  section.boolean("pre_authorization", acme.pre_authorization);
  if (acme.pre_authorization && acme.authorization_reuse == std::chrono::seconds(0)) {
    section.mistake(
        "pre_authorization",
        "no order would ever use what is authorized before it: set acme.authorization_reuse, too");
  }
  read_directories(section, acme);
  section.table("limits", [&](ConfigReader& table) { read_limits(table, acme.limits); });
  section.table("pausing", [&](ConfigReader& table) {
    table.count("after", acme.pausing.after, 0, 1'000'000);
    table.duration("period", acme.pausing.period, 1h, 398 * kDay);
  });
}

}  // namespace base
