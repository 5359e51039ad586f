#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/endpoint.h"
#include "base/error.h"
#include "base/http_limits.h"
#include "base/ip_network.h"
#include "base/log.h"
#include "base/name.h"
#include "base/permission.h"

namespace base {

enum class Role { dns, ca, validator };

// PEM files. Both empty: the server's certificate is issued by its own CA.
struct TlsFiles {
  std::filesystem::path certificate;  // chain, leaf first
  std::filesystem::path key;

  bool empty() const { return certificate.empty(); }
};

// Who may call which gRPC services. Exactly one of token_file and certificate_name is set.
struct Credential {
  std::string name;
  std::filesystem::path token_file;  // its first line is the token
  std::string certificate_name;      // a SAN dNSName or URI of the client's certificate, or its CN
  std::set<Permission> permissions;
};

// Who may register an account by HTTP.
enum class RegistrationAccess { closed, guarded, open };

// Whether the accounts of an ACME directory are made with an external account binding (RFC 8555 §7.3.4).
enum class ExternalAccountMode { off, optional, required };

// The directory that is there when none is configured.
inline constexpr std::string_view kDefaultDirectory = "default";

// The issuer that is there when none is configured.
inline constexpr std::string_view kDefaultIssuer = "default";

// How a name is proved (RFC 8555 §8).
enum class ChallengeType { dns_01 };

// One ACME directory of the server.
struct AcmeDirectory {
  std::string name = std::string(kDefaultDirectory);
  ExternalAccountMode external_account = ExternalAccountMode::off;
  std::string terms_of_service = {};  // a URL; empty: there are none to agree to
  bool must_agree_again = false;      // who agreed to other terms
  std::string website = {};
  std::vector<std::string> caa_identities = {};
  bool subdomain_authorization = false;
  std::vector<std::string> profiles = {};  // names of those it offers; none: all
  std::string default_profile = {};        // of an order that names none; empty: the first of them
  std::string issuer = {};                 // the name of who signs; empty: the first
  std::set<ChallengeType> challenges = {ChallengeType::dns_01};

  // Certificates that renew themselves (RFC 8739).
  struct AutoRenewal {
    std::chrono::seconds max_duration{0};  // 0: there are none
    std::chrono::seconds min_lifetime = std::chrono::days(1);
    bool allow_certificate_get = false;
  } auto_renewal = {};
};

// What of the public suffix list is not certified: nothing, its ICANN section, or all of it.
enum class PublicSuffixRule { certified, icann, icann_and_private };

enum class CertifiedKey { rsa, p256, p384, p521 };

// Which names and keys are certified.
struct SubscriberRules {
  std::vector<std::string> allow = {"**"};
  std::vector<std::string> deny = {};
  std::vector<std::string> approval = {};  // of names that a person approves before they are certified
  PublicSuffixRule public_suffixes = PublicSuffixRule::certified;
  bool internal_names = true;
  bool reverse_names = false;
  bool wildcards = true;
  unsigned names_max = 100;
  std::set<CertifiedKey> key_types = {CertifiedKey::rsa, CertifiedKey::p256, CertifiedKey::p384,
                                      CertifiedKey::p521};
};

// Whose rules certificates keep: the operator's own, or the Baseline Requirements of the CA/Browser Forum.
enum class CertificateRules { private_trust, public_trust, short_lived };

enum class CertifiedUsage { server_auth, client_auth };

// What certificates hold beside names, key and dates.
struct CertificateContent {
  CertificateRules rules = CertificateRules::private_trust;
  std::set<CertifiedUsage> extended_key_usages = {CertifiedUsage::server_auth};
  bool key_encipherment = false;  // of RSA keys
  bool subject_key_identifier = false;
  std::vector<std::string> policies = {};  // object identifiers; read, that of the BR where these are kept
  std::string ca_issuers_url = {};         // URLs; empty: none
  std::string ocsp_url = {};
  bool must_staple = false;
  std::string country = {};  // of the subject; empty: none
  std::string organization = {};
};

// One kind of certificate (draft-ietf-acme-profiles). Durations and content are those of [issuance] unless it says
// otherwise.
struct CertificateProfile {
  std::string name = {};
  std::string description = {};  // a text or a URL
  std::chrono::seconds certificate_lifetime{0};
  std::chrono::seconds requested_lifetime_max{0};
  std::chrono::seconds not_before_ahead_max{0};
  std::set<CertifiedKey> key_types = {CertifiedKey::rsa, CertifiedKey::p256, CertifiedKey::p384,
                                      CertifiedKey::p521};
  bool wildcards = true;
  bool common_name = false;
  unsigned names_max = 100;
  CertificateContent content = {};
  std::string issuer = {};  // the name of who signs; empty: that of the directory
};

// One issuing CA of several, and how its keys are opened.
struct CertificateIssuer {
  std::string name = std::string(kDefaultIssuer);
  std::filesystem::path directory = {};            // empty: in the state directory
  std::vector<std::string> alternate_chains = {};  // PEM files
  std::filesystem::path passphrase_file = {};      // of encrypted keys; at most one of these two
  std::string passphrase_credential = {};          // of systemd
  std::filesystem::path pkcs11_module = {};        // a library; empty: no key is in a token
  std::filesystem::path pin_file = {};             // of the token; at most one of these two
  std::string pin_credential = {};
};

// Queries under `zone` go to these servers instead of down from the root.
struct StubZone {
  Name zone;
  std::vector<Endpoint> addresses;
};

// Everything that an operator can set. docs/configuration.md describes each key; the names are the same.
struct Config {
  std::string sha256;  // of the text that it was read from, in hexadecimal; empty: of none

  std::filesystem::path state_directory = "/var/lib/assay";
  std::set<Role> roles = {Role::dns, Role::ca, Role::validator};

  struct Log {
    log::Level level = log::Level::info;
    log::Format format = log::Format::text;
  } log = {};

  struct Storage {
    uint64_t size_max = uint64_t{16} << 30;  // the map grows up to here; beyond, writes are refused
  } storage = {};

  struct Dns {
    std::vector<Endpoint> listen = {{"127.0.0.1", 5353}};
    unsigned workers = 0;  // 0: one a core
    std::chrono::milliseconds tcp_idle{10'000};
    size_t tcp_connections_max = 1024;
    size_t tcp_connections_per_address_max = 64;
    std::chrono::milliseconds tcp_opening{5'000};  // for a PROXY header and a TLS handshake together
    std::string nsid;                              // what the server calls itself (RFC 5001); empty: nothing
    std::filesystem::path cookie_secrets;          // a file; empty: a secret made at random at each start
    bool cookie_required = false;

    // Of responses over UDP to one client prefix.
    struct RateLimit {
      bool enabled = true;
      unsigned answers_per_second = 500;
      unsigned denials_per_second = 500;
      unsigned errors_per_second = 100;
      unsigned slip = 2;
      std::vector<std::string> exempt = {"127.0.0.0/8", "::1/128"};  // networks
    } rate_limit = {};

    struct Tls {
      std::vector<Endpoint> listen;  // none: no DNS over TLS
      TlsFiles files = {};
      std::vector<std::string> names;  // of our own CA's certificate, beside the addresses
    } tls = {};

    struct QueryLog {
      std::filesystem::path file;  // empty: there is none
      log::Format format = log::Format::json;
    } query_log = {};

    struct Dnstap {
      std::filesystem::path socket;  // at most one of these two; none: no dnstap
      std::filesystem::path file;
      std::string identity;
      bool responses = true;
    } dnstap = {};

    struct Proxy {
      std::vector<IpNetwork> trusted;  // who must send PROXY headers, and may
    } proxy = {};
  } dns = {};

  // RFC 2136, beside what dns.listen takes of it.
  struct Update {
    std::vector<Endpoint> listen;                          // where clients find alias zones; empty: nowhere
    std::vector<std::string> alias_zones;                  // names of zones of somebody else
    std::chrono::seconds lifetime = std::chrono::days(1);  // of a value that nobody deletes
    bool allow_hmac_md5 = false;
    bool allow_hmac_sha1 = false;
  } update = {};

  struct Acme {
    // So many in so long. No count: there is no limit.
    struct Rate {
      uint64_t count = 0;
      std::chrono::seconds period = std::chrono::hours(1);
    };

    std::vector<Endpoint> listen = {{"127.0.0.1", 8443}};
    std::string external_url;  // "https://acme.corp.example"; empty: https://localhost and the first port
    TlsFiles tls = {};
    AcmeDirectory preset = {};  // the only one where there is no other, and what others do not say themselves
    std::vector<AcmeDirectory> directories;
    std::string renewal_explanation;  // a URL; empty: none
    std::chrono::seconds order_lifetime = std::chrono::days(7);
    std::chrono::seconds authorization_lifetime = std::chrono::days(30);
    std::chrono::seconds authorization_reuse{0};  // since it was validated; 0: each order has its own
    bool pre_authorization = false;               // newAuthz

    struct Limits {
      Rate new_accounts_per_address = {1000, std::chrono::hours(3)};
      Rate new_orders_per_account = {0, std::chrono::hours(3)};
      Rate account_changes = {20, std::chrono::hours(1)};
      Rate certificates_per_domain = {0, std::chrono::days(7)};
      Rate certificates_per_names = {0, std::chrono::days(7)};
      Rate failed_validations = {60, std::chrono::hours(1)};
      std::string help;  // a URL
    } limits = {};

    // Of names that an account fails to prove.
    struct Pausing {
      uint64_t after = 0;  // failed validations without a success between; 0: never
      std::chrono::seconds period = std::chrono::days(90);
    } pausing = {};
  } acme = {};

  // What is certified, for whom.
  struct Policy : SubscriberRules {
    // Deny and approval are beside the policy's; all else is instead of it, and the policy's where nothing is said.
    struct Subscribers : SubscriberRules {
      std::vector<std::string> accounts = {};           // ids
      std::vector<std::string> external_accounts = {};  // ids of external account keys
      std::vector<std::string> directories = {};        // names
    };

    std::chrono::seconds approval_timeout = std::chrono::days(3);
    std::vector<Subscribers> subscribers = {};  // the first that fits counts
  } policy = {};

  struct Issuance {
    std::chrono::seconds certificate_lifetime = std::chrono::days(90);
    std::chrono::seconds requested_lifetime_max{0};  // of a notAfter that a client asks for; 0: the same
    std::chrono::seconds not_before_ahead_max = std::chrono::days(1);
    std::vector<std::string> alternate_chains;  // PEM files
    CertificateContent content;
    std::vector<CertificateProfile> profiles;  // none: a single one, which no order names
    std::vector<CertificateIssuer> issuers;    // none: a single one, kDefaultIssuer
  } issuance = {};

  struct Audit {
    std::chrono::seconds retention = std::chrono::days(1200);  // of entries; older ones are removed
  } audit = {};
  // Where relying parties ask whether certificates are revoked.
  struct Revocation {
    std::vector<Endpoint> listen;  // none: no such listener
    std::string
        external_url;  // "http://pki.corp.example"; empty: http://localhost and the first port, if any

    struct Crl {
      unsigned shards = 16;  // that the certificates are spread over
      std::chrono::seconds lifetime = std::chrono::days(7);
    } crl = {};

    struct Ocsp {
      bool enabled = false;
      std::chrono::seconds lifetime = std::chrono::days(1);
    } ocsp = {};
  } revocation = {};

  // Publishing challenge values by HTTP: acme-dns's REST interface and lego's httpreq.
  struct Publish {
    std::vector<Endpoint> listen;  // none: no such listener
    TlsFiles tls = {};
    bool plain_http = false;
    std::vector<IpNetwork> trusted_proxies;
    std::vector<std::string> cors_origins;  // of web pages; "*": of all
    std::chrono::seconds value_lifetime = std::chrono::hours(1);

    struct Registration {
      RegistrationAccess access = RegistrationAccess::closed;
      Name zone;  // where names are handed out
      std::filesystem::path token_file;
      std::string user;
      std::filesystem::path password_file;
      std::vector<IpNetwork> networks;
      unsigned per_minute = 60;  // from one address
    } registration = {};
  } publish = {};

  // Numbers for Prometheus, in plain HTTP.
  struct Metrics {
    std::vector<Endpoint> listen;  // none: no such listener
  } metrics = {};

  HttpLimits http = {};  // of the HTTP listeners

  struct Grpc {
    std::vector<Endpoint> listen = {{"127.0.0.1", 8444}};
    TlsFiles tls = {};
    std::filesystem::path client_ca;  // PEM: client certificates that it signed are accepted
    std::vector<Credential> credentials;
  } grpc = {};

  struct Validator {
    std::filesystem::path root_hints;     // empty: those built into the resolver
    std::filesystem::path trust_anchors;  // empty: the root's, built in
    std::vector<StubZone> stub;
    std::chrono::milliseconds timeout{10'000};        // for one look-up with all its retries
    std::chrono::milliseconds retry_for{15'000};      // since the client's response; 0: never again
    std::chrono::milliseconds retry_interval{5'000};  // look-ups that do not prove the name are repeated
    bool allow_private_addresses = true;
  } validator = {};
};

// A larger file is no configuration.
inline constexpr size_t kConfigSizeMax = 1024 * 1024;

// Reads TOML 1.0. What the text does not say is as above.
//
// malformed: the detail lists every mistake, one a line, each as "<source>:<line>:<column>: …": bad syntax,
// a key that does not exist (with the one that was meant, if one is close), a wrong type, a value out of
// range, and settings that contradict each other.
Result<Config> parse_config(std::string_view text, std::string_view source);

// The same of a file. not_found and unavailable say why it could not be read.
Result<Config> load_config(const std::filesystem::path& path);

// One key, as its documentation has it.
struct ConfigKey {
  std::string name;     // "acme.listen", "grpc.credential[].name"
  std::string allowed;  // "a duration from 1s to 1h"
  std::string preset;   // its default in TOML, or the key whose value it is; "" where there is none
};

// Every key that parse_config knows, in the order of Config.
std::vector<ConfigKey> config_keys();

}  // namespace base
