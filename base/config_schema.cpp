#include "base/config_schema.h"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>

#include "base/config_acme.h"
#include "base/config_issuance.h"
#include "base/config_issuers.h"
#include "base/config_policy.h"
#include "base/config_revocation.h"
#include "base/config_values.h"
#include "base/ip_network.h"

namespace base {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kDay = std::chrono::days(1);
constexpr std::chrono::milliseconds kAuditRetentionMax = 100 * 365 * kDay;
constexpr uint64_t kMiB = uint64_t{1} << 20;
constexpr size_t kCredentialsMax = 1000;
constexpr size_t kStubZonesMax = 1000;
constexpr size_t kAliasZonesMax = 1000;

constexpr std::pair<std::string_view, Role> kRoles[] = {
    {"dns", Role::dns}, {"ca", Role::ca}, {"validator", Role::validator}};
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

// A user name that Basic can carry (RFC 7617 §2).
Result<void> without_colon(const std::string& text) {
  if (text.find(':') != std::string::npos) return fail(ErrorKind::malformed, "it has a colon");
  return {};
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
  top.table("policy", [&](ConfigReader& section) { read_policy(section, config.acme, config.policy); });
  top.table("issuance", [&](ConfigReader& section) { read_issuance(section, config.issuance); });
  top.table("audit", [&](ConfigReader& section) {
    section.duration("retention", config.audit.retention, kDay, kAuditRetentionMax);
  });
  top.table("revocation", [&](ConfigReader& section) { read_revocation(section, config.revocation); });
  top.table("publish", [&](ConfigReader& section) { read_publish(section, config.publish); });
  top.table("metrics", [&](ConfigReader& section) { section.endpoints("listen", config.metrics.listen, 0); });
  top.table("http", [&](ConfigReader& section) { read_http(section, config.http); });
  top.table("grpc", [&](ConfigReader& section) { read_grpc(section, config.grpc); });
  top.table("validator", [&](ConfigReader& section) { read_validator(section, config.validator); });
  if (const auto good = check_offers(config.acme, config.issuance); !good) {
    top.mistake("acme", good.error().detail);
  }
  if (const auto good = check_issuers(config.acme, config.issuance); !good) {
    top.mistake("issuance", good.error().detail);
  }
  if (const auto good = check_stapling(config.issuance, config.revocation); !good) {
    top.mistake("issuance", good.error().detail);
  }
  top.finish();
}

}  // namespace base
