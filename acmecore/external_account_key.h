#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "acmecore/external_account_restriction.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

namespace acmecore {

inline constexpr size_t kMacKeySize = 32;  // octets
inline constexpr uint32_t kExternalAccountUsesMax = 1'000'000;
inline constexpr size_t kExternalAccountCommentMax = 256;  // octets

// Keys that make no account any more, because they have expired or are used up, go after this.
inline constexpr std::chrono::hours kExternalAccountKeyRetention{90 * 24};

// A MAC key by which somebody who is known elsewhere makes ACME accounts (RFC 8555 §7.3.4).
struct ExternalAccountKey {
  std::string id;  // what clients give as "kid"
  base::Bytes mac_key;
  std::string directory;  // whose accounts it makes
  std::string comment;
  ExternalAccountRestriction restriction;
  base::Time created;
  std::optional<base::Time> expires;
  uint32_t uses_max = 1;
  uint32_t uses = 0;  // accounts that it made
  std::optional<base::Time> last_used;
  bool disabled = false;

  bool operator==(const ExternalAccountKey&) const = default;
};

// unauthorized: the key makes no account in `directory` at `now`; the detail says why.
base::Result<void> check_usable(const ExternalAccountKey& key, std::string_view directory, base::Time now);

// When a key can be removed. Nothing: not unless it is used up first.
std::optional<base::Time> removal_time(const ExternalAccountKey& key);

}  // namespace acmecore
