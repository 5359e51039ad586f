#include "base/config_schema.h"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>

#include "base/config_policy.h"
#include "base/ip_network.h"

namespace base {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kDay = std::chrono::days(1);
constexpr uint64_t kMiB = uint64_t{1} << 20;
constexpr size_t kCredentialsMax = 1000;
constexpr size_t kStubZonesMax = 1000;
constexpr size_t kAliasZonesMax = 1000;
constexpr size_t kDirectoriesMax = 20;

constexpr std::pair<std::string_view, Role> kRoles[] = {
    {"dns", Role::dns}, {"ca", Role::ca}, {"validator", Role::validator}};
constexpr std::pair<std::string_view, ExternalAccount> kExternalAccount[] = {
    {"off", ExternalAccount::off},
    {"optional", ExternalAccount::optional},
    {"required", ExternalAccount::required}};
constexpr std::pair<std::string_view, RegistrationAccess> kRegistrationAccess[] = {
    {"closed", RegistrationAccess::closed},
    {"guarded", RegistrationAccess::guarded},
    {"open", RegistrationAccess::open}};
constexpr std::pair<std::string_view, log::Level> kLevels[] = {{"debug", log::Level::debug},
                                                               {"info", log::Level::info},
                                                               {"warning", log::Level::warning},
                                                               {"error", log::Level::error}};
constexpr std::pair<std::string_view, log::Format> kFormats[] = {{"text", log::Format::text},
                                                                 {"json", log::Format::json}};

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

// As browsers write it: what they would write otherwise would never be equal.
Result<void> origin_of_pages(const std::string& text) {
  if (text == "*") return {};
  const auto url = boost::urls::parse_absolute_uri(text);
  if (!url) return fail(ErrorKind::malformed, url.error().message());
  const bool is_secure = url->scheme() == "https";
  const bool is_origin = (is_secure || url->scheme() == "http") && !url->host().empty() &&
                         !url->has_userinfo() && url->path().empty() && !url->has_query() &&
                         text.find('*') == std::string::npos;
  const bool has_usual_port = url->has_port() && url->port() == (is_secure ? "443" : "80");
  const bool is_lower = std::ranges::none_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!is_origin || has_usual_port || !is_lower) {
    return fail(ErrorKind::malformed,
                "https:// or http://, a host in lower case, and a port if it is not the usual one");
  }
  return {};
}

// As RFC 8659 §4.2 has an issuer-domain-name, and RFC 5280 §4.2.1.6 a dNSName.
Result<void> plain_domain_name(const std::string& text) {
  CHECK(Name::parse(text));
  const bool is_plain = std::all_of(text.begin(), text.end(), [](char c) {
    return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
  if (!is_plain || text.ends_with('.'))
    return fail(ErrorKind::malformed, "letters, digits, hyphens and inner dots");
  return {};
}

// A user name that Basic can carry (RFC 7617 §2).
Result<void> without_colon(const std::string& text) {
  if (text.find(':') != std::string::npos) return fail(ErrorKind::malformed, "it has a colon");
  return {};
}

void read_tls(ConfigReader& section, TlsFiles& tls, std::string prefix = "tls_") {
  const std::string certificate = prefix + "certificate";
  const std::string key = prefix + "key";
  section.path(certificate, tls.certificate);
  section.path(key, tls.key);
  if (tls.certificate.empty() != tls.key.empty()) {
    section.mistake(tls.key.empty() ? certificate : key,
                    certificate + " and " + key + " are set together or not at all");
  }
}

void read_log(ConfigReader& section, Config::Log& log) {
  section.word<log::Level>("level", log.level, kLevels);
  section.word<log::Format>("format", log.format, kFormats);
}

void read_storage(ConfigReader& section, Config::Storage& storage) {
  section.size("size_max", storage.size_max, kMiB, uint64_t{64} << 40);
}

Result<void> network(const std::string& text) {
  CHECK(IpNetwork::parse(text));
  return {};
}

Result<void> nsid(const std::string& text) {
  constexpr size_t kNsidSizeMax = 128;
  if (text.size() > kNsidSizeMax) return fail(ErrorKind::malformed, "at most 128 octets");
  return {};
}

void read_rate_limit(ConfigReader& section, Config::Dns::RateLimit& limit) {
  constexpr uint64_t kPerSecondMax = 100'000'000;
  section.boolean("enabled", limit.enabled);
  section.count("answers_per_second", limit.answers_per_second, 1, kPerSecondMax);
  section.count("denials_per_second", limit.denials_per_second, 1, kPerSecondMax);
  section.count("errors_per_second", limit.errors_per_second, 1, kPerSecondMax);
  section.count("slip", limit.slip, 0, 100);
  section.texts("exempt", limit.exempt, "a network, such as \"192.0.2.0/24\"", network);
}

void read_dns(ConfigReader& section, Config::Dns& dns) {
  section.endpoints("listen", dns.listen, 0);
  section.count("workers", dns.workers, 0, 256);
  section.duration("tcp_idle", dns.tcp_idle, 100ms, 1h);
  section.count("tcp_connections_max", dns.tcp_connections_max, 1, 1'000'000);
  section.count("tcp_connections_per_address_max", dns.tcp_connections_per_address_max, 1, 1'000'000);
  section.duration("tcp_opening", dns.tcp_opening, 100ms, 1h);
  section.text("nsid", dns.nsid, "a text of at most 128 octets", nsid);
  section.path("cookie_secrets", dns.cookie_secrets);
  section.boolean("cookie_required", dns.cookie_required);
  section.table("rate_limit", [&](ConfigReader& limit) { read_rate_limit(limit, dns.rate_limit); });
  section.table("tls", [&](ConfigReader& table) {
    table.endpoints("listen", dns.tls.listen, 0);
    read_tls(table, dns.tls.files, "");
    table.texts("names", dns.tls.names, "a domain name", plain_domain_name);
  });
  section.table("query_log", [&](ConfigReader& table) {
    table.path("file", dns.query_log.file);
    table.word<log::Format>("format", dns.query_log.format, kFormats);
  });
  section.table("dnstap", [&](ConfigReader& table) {
    table.path("socket", dns.dnstap.socket);
    table.path("file", dns.dnstap.file);
    table.text("identity", dns.dnstap.identity, "text", anything);
    table.boolean("responses", dns.dnstap.responses);
    if (!dns.dnstap.socket.empty() && !dns.dnstap.file.empty()) {
      table.mistake("file", "dnstap goes to a socket or to a file, not to both");
    }
  });
  section.table("proxy", [&](ConfigReader& table) { table.networks("trusted", dns.proxy.trusted); });
}

Result<void> zone_of_somebody(const std::string& text) {
  TRY(const Name zone, Name::parse(text));
  if (zone.is_root() || zone.is_wildcard()) return fail(ErrorKind::malformed, "a zone below the root");
  return {};
}

void read_update(ConfigReader& section, Config::Update& update) {
  section.endpoints("listen", update.listen, 0);
  section.texts("alias_zones", update.alias_zones, "a domain name", zone_of_somebody);
  if (!update.alias_zones.empty() && update.listen.empty()) {
    section.mistake("alias_zones", "no client finds an alias zone without update.listen");
  }
  if (update.alias_zones.size() > kAliasZonesMax) {
    section.mistake("alias_zones", "there are more than " + std::to_string(kAliasZonesMax) + " alias zones");
  }
  section.duration("lifetime", update.lifetime, 1min, 30 * kDay);
  section.boolean("allow_hmac_md5", update.allow_hmac_md5);
  section.boolean("allow_hmac_sha1", update.allow_hmac_sha1);
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
  for (const char* taken : {"account", "authorization", "authz", "certificate", "challenge", "issuer",
                            "order", "renewal-info", "terms"}) {
    if (text == taken) return fail(ErrorKind::malformed, "the default directory has URLs with this name");
  }
  return {};
}

void read_directory_keys(ConfigReader& section, AcmeDirectory& directory) {
  section.word<ExternalAccount>("external_account", directory.external_account, kExternalAccount);
  section.text("terms_of_service", directory.terms_of_service, "a URL", empty_or_web_url);
  section.boolean("must_agree_again", directory.must_agree_again);
  if (directory.must_agree_again && directory.terms_of_service.empty()) {
    section.mistake("must_agree_again", "there are no terms_of_service to agree to");
  }
  section.text("website", directory.website, "a URL", empty_or_web_url);
  section.texts("caa_identities", directory.caa_identities, "a domain name", plain_domain_name);
}

void read_directories(ConfigReader& section, Config::Acme& acme) {
  section.tables("directory", [&](ConfigReader& element) {
    AcmeDirectory directory = acme.preset;
    directory.name = "";
    element.text("name", directory.name, "a name for URLs, such as \"team\"", directory_name);
    read_directory_keys(element, directory);
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
  read_rate("certificates_per_domain", limits.certificates_per_domain);
  read_rate("certificates_per_names", limits.certificates_per_names);
  read_rate("failed_validations", limits.failed_validations);
  section.text("help", limits.help, "a URL", empty_or_web_url);
}

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
}

void read_issuance(ConfigReader& section, Config::Issuance& issuance) {
  // What a certificate needs to serve anybody, and the longest that browsers have ever taken.
  section.duration("certificate_lifetime", issuance.certificate_lifetime, 2h, 398 * kDay);
  section.duration("requested_lifetime_max", issuance.requested_lifetime_max, 0ms, 398 * kDay);
  section.duration("not_before_ahead_max", issuance.not_before_ahead_max, 0ms, 90 * kDay);
  if (issuance.requested_lifetime_max > std::chrono::seconds(0) &&
      issuance.requested_lifetime_max < issuance.certificate_lifetime) {
    section.mistake("requested_lifetime_max",
                    "a client can ask for no less than issuance.certificate_lifetime");
  }
}

void read_registration(ConfigReader& section, Config::Publish::Registration& registration) {
  section.word<RegistrationAccess>("access", registration.access, kRegistrationAccess);
  section.name("zone", registration.zone);
  section.path("token_file", registration.token_file);
  section.text("user", registration.user, "a user name", without_colon);
  section.path("password_file", registration.password_file);
  section.networks("networks", registration.networks);
  section.count("per_minute", registration.per_minute, 1, 100'000);
  const bool is_closed = registration.access == RegistrationAccess::closed;
  const bool has_password = !registration.password_file.empty();
  const bool has_guard = has_password || !registration.token_file.empty() || !registration.networks.empty();
  if (registration.user.empty() == has_password) {
    section.mistake(has_password ? "password_file" : "user",
                    "user and password_file are set together or not at all");
  }
  if (!is_closed && registration.zone.is_root()) {
    section.mistake("access", "a registration that is not closed has a zone to hand out names in");
  }
  if (registration.access == RegistrationAccess::guarded && !has_guard) {
    section.mistake("access", "a guarded registration has a token_file, a password_file or networks");
  }
  if (registration.access == RegistrationAccess::open && has_guard) {
    section.mistake("access", "an open registration has no token_file, password_file or networks");
  }
}

void read_publish(ConfigReader& section, Config::Publish& publish) {
  section.endpoints("listen", publish.listen, 0);
  read_tls(section, publish.tls);
  section.boolean("plain_http", publish.plain_http);
  section.networks("trusted_proxies", publish.trusted_proxies);
  section.texts("cors_origins", publish.cors_origins,
                "an origin, such as \"https://portal.corp.example\", or \"*\"", origin_of_pages);
  if (publish.cors_origins.size() > 1 && std::ranges::count(publish.cors_origins, "*") > 0) {
    section.mistake("cors_origins", "\"*\" is every origin, and stands alone");
  }
  section.duration("value_lifetime", publish.value_lifetime, 1min, 30 * kDay);
  section.table("registration",
                [&](ConfigReader& element) { read_registration(element, publish.registration); });
  if (publish.plain_http && !publish.tls.empty()) {
    section.mistake("plain_http", "without TLS there is no use for tls_certificate");
  }
  const auto is_loopback = [](const Endpoint& endpoint) {
    return endpoint.address == "::1" || endpoint.address.starts_with("127.");
  };
  if (publish.plain_http && publish.trusted_proxies.empty() &&
      !std::all_of(publish.listen.begin(), publish.listen.end(), is_loopback)) {
    section.mistake(
        "plain_http",
        "passwords would cross the network for all to read: plain HTTP is for loopback, or behind "
        "trusted_proxies that speak TLS");
  }
}

void read_http(ConfigReader& section, HttpLimits& http) {
  section.size("target_size_max", http.target_size_max, 256, 64 << 10);
  section.size("header_size_max", http.header_size_max, 1024, kMiB);
  section.size("body_size_max", http.body_size_max, 1024, 64 << 10);
  section.count("connections_max", http.connections_max, 1, 1'000'000);
  section.count("connections_per_address_max", http.connections_per_address_max, 1, 1'000'000);
  section.duration("handshake_timeout", http.handshake_timeout, 100ms, 1h);
  section.duration("header_timeout", http.header_timeout, 100ms, 1h);
  section.duration("body_timeout", http.body_timeout, 100ms, 1h);
  section.duration("write_timeout", http.write_timeout, 100ms, 1h);
  section.duration("idle_timeout", http.idle_timeout, 100ms, 1h);
  section.duration("drain_timeout", http.drain_timeout, 0ms, 1h);
}

void read_credential(ConfigReader& section, Credential& credential) {
  section.text("name", credential.name, "a name", not_empty);
  section.path("token_file", credential.token_file);
  section.text("certificate_name", credential.certificate_name, "a name in the client's certificate",
               anything);
  section.words<Permission>("permissions", credential.permissions, kPermissions);
  if (credential.name.empty()) section.mistake("name", "the credential has no name");
  if (credential.permissions.empty()) section.mistake("permissions", "the credential has no permissions");
  if (credential.token_file.empty() == credential.certificate_name.empty()) {
    section.mistake("token_file", "a credential has either a token_file or a certificate_name");
  }
}

void read_grpc(ConfigReader& section, Config::Grpc& grpc) {
  section.endpoints("listen", grpc.listen, 0);
  read_tls(section, grpc.tls);
  section.path("client_ca", grpc.client_ca);
  section.tables("credential", [&](ConfigReader& element) {
    Credential credential;
    read_credential(element, credential);
    const auto has_its_name = [&](const Credential& other) { return other.name == credential.name; };
    if (std::any_of(grpc.credentials.begin(), grpc.credentials.end(), has_its_name)) {
      element.mistake("name", "another credential has this name");
    }
    if (!credential.certificate_name.empty() && grpc.client_ca.empty()) {
      element.mistake("certificate_name", "no client certificate is accepted without grpc.client_ca");
    }
    grpc.credentials.push_back(std::move(credential));
  });
  if (grpc.credentials.size() > kCredentialsMax) {
    section.mistake("credential", "there are more than " + std::to_string(kCredentialsMax) + " credentials");
  }
}

void read_stub_zone(ConfigReader& section, StubZone& stub) {
  section.name("zone", stub.zone);
  section.endpoints("addresses", stub.addresses, 1);
  if (stub.zone.is_root()) section.mistake("zone", "a stub zone has a zone below the root");
  if (stub.addresses.empty()) section.mistake("addresses", "a stub zone has addresses");
}

void read_validator(ConfigReader& section, Config::Validator& validator) {
  section.path("root_hints", validator.root_hints);
  section.path("trust_anchors", validator.trust_anchors);
  section.tables("stub", [&](ConfigReader& element) {
    StubZone stub;
    read_stub_zone(element, stub);
    const auto has_its_zone = [&](const StubZone& other) { return other.zone == stub.zone; };
    if (std::any_of(validator.stub.begin(), validator.stub.end(), has_its_zone)) {
      element.mistake("zone", "another stub zone has this name");
    }
    validator.stub.push_back(std::move(stub));
  });
  if (validator.stub.size() > kStubZonesMax) {
    section.mistake("stub", "there are more than " + std::to_string(kStubZonesMax) + " stub zones");
  }
  section.duration("timeout", validator.timeout, 100ms, 5min);
  section.duration("retry_for", validator.retry_for, 0ms, 1h);
  section.duration("retry_interval", validator.retry_interval, 1s, 1min);
  section.boolean("allow_private_addresses", validator.allow_private_addresses);
}

}  // namespace

void read_config(ConfigReader& top, Config& config) {
  top.path("state_directory", config.state_directory);
  if (config.state_directory.empty()) top.mistake("state_directory", "state_directory is empty");
  top.words<Role>("roles", config.roles, kRoles);
  top.table("log", [&](ConfigReader& section) { read_log(section, config.log); });
  top.table("storage", [&](ConfigReader& section) { read_storage(section, config.storage); });
  top.table("dns", [&](ConfigReader& section) { read_dns(section, config.dns); });
  top.table("update", [&](ConfigReader& section) { read_update(section, config.update); });
  top.table("acme", [&](ConfigReader& section) { read_acme(section, config.acme); });
  top.table("policy", [&](ConfigReader& section) { read_policy(section, config.policy); });
  top.table("issuance", [&](ConfigReader& section) { read_issuance(section, config.issuance); });
  top.table("publish", [&](ConfigReader& section) { read_publish(section, config.publish); });
  top.table("metrics", [&](ConfigReader& section) { section.endpoints("listen", config.metrics.listen, 0); });
  top.table("http", [&](ConfigReader& section) { read_http(section, config.http); });
  top.table("grpc", [&](ConfigReader& section) { read_grpc(section, config.grpc); });
  top.table("validator", [&](ConfigReader& section) { read_validator(section, config.validator); });
  top.finish();
}

}  // namespace base
