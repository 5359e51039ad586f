#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/ip_network.h"
#include "base/name.h"
#include "base/time.h"
#include "dnsserver/challenge.h"
#include "dnsserver/password.h"
#include "dnsserver/tsig_key.h"

namespace dnsserver {

// Of one credential.
inline constexpr size_t kScopesMax = 1000;
inline constexpr size_t kSourcesMax = 100;
inline constexpr size_t kTsigKeysMax = 10;
inline constexpr size_t kLoginSizeMax = 128;
inline constexpr size_t kCommentSizeMax = 256;

// Where a credential may write: at one name, or at it and everything below it. An excluded scope takes away
// what a shorter one gives.
struct Scope {
  enum class Reach { name, subtree };
  Name name;
  Reach reach = Reach::name;
  bool excluded = false;

  bool operator==(const Scope&) const = default;
};

// How much a credential may write.
struct WriteLimits {
  uint32_t values_per_name = 20;     // live ones of its own
  uint32_t names = 100;              // that hold live values of its own
  uint32_t writes_per_minute = 120;  // on the long run
  uint32_t burst = 60;               // writes at once
  std::chrono::milliseconds lifetime_max = kChallengeLifetimeMax;

  bool operator==(const WriteLimits&) const = default;
};

// What a client proves itself with by name and password.
struct Login {
  std::string name;
  PasswordHash password;

  bool operator==(const Login&) const = default;
};

// Who may write which challenge values, TXT and nothing else, whatever door it comes through. An account of
// acme-dns is one with a single scope, the name that was handed out.
struct Credential {
  std::string id;       // ours; owns the values (Challenge::credential)
  std::string comment;  // the operator's words
  std::vector<Scope> scopes;
  WriteLimits limits;
  std::vector<base::IpNetwork> sources;  // none: from anywhere
  std::optional<Time> expires;
  bool disabled = false;
  Time created = {};
  std::optional<Login> login;
  std::vector<TsigKey> tsig_keys;

  bool operator==(const Credential&) const = default;
};

// Whose write it is, and from where it came.
struct Writer {
  // A credential of the configuration: it may write everywhere, without limits of its own.
  static Writer of_configuration(std::string name) { return {std::move(name), {}, nullptr, std::nullopt}; }
  static Writer of(std::shared_ptr<const Credential> credential, std::optional<base::IpAddress> source) {
    std::string id = credential->id;
    return {std::move(id), {}, std::move(credential), source};
  }

  std::string name;                              // owns the values
  std::string tag;                               // the client's or the order's; tells its values apart
  std::shared_ptr<const Credential> credential;  // null: of the configuration
  std::optional<base::IpAddress> source;         // unknown: no credential with sources lets it pass
};

// May anybody use the credential now, from there? unauthorized with the reason: disabled, expired, source.
Result<void> check_usable(const Credential& credential, const std::optional<base::IpAddress>& source,
                          Time now);

// May it write at `owner`, while it is usable? Of the scopes that hold the owner the one with the most labels
// decides, of equal ones that of the name alone, and of those the excluded one. unauthorized with the reason.
Result<void> check_scope(const Credential& credential, const Name& owner);

// Both.
Result<void> permits(const Credential& credential, const Name& owner,
                     const std::optional<base::IpAddress>& source, Time now);

// malformed: no or too many scopes, a wildcard or one scope twice, a limit of zero, a name or secret out of
// bounds, a login without a name. too_large: over one of the limits above.
Result<void> check_credential(const Credential& credential);

}  // namespace dnsserver
