#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/time.h"

namespace acmecore {

// Why a certificate is revoked (RFC 5280 §5.3.1). BR 7.2.2 leaves no other: nothing is on hold, and what has the
// numbers 2 and 10 is about CAs.
enum class RevocationReason {
  unspecified = 0,
  key_compromise = 1,
  affiliation_changed = 3,
  superseded = 4,
  cessation_of_operation = 5,
  privilege_withdrawn = 9,  // the CA's to say, and no subscriber's
};

struct Revocation {
  base::Time time;
  RevocationReason reason;

  bool operator==(const Revocation&) const = default;
};

// The reason that a subscriber asks for (RFC 8555 §7.6); absent is unspecified. bad_revocation_reason: not one of
// those that BR 7.2.2 leaves to a subscriber.
base::Result<RevocationReason> parse_reason(std::optional<int64_t> code);

// The reason with this number; nothing: it is none of those above.
std::optional<RevocationReason> reason_with_code(int64_t code);

// "keyCompromise", as RFC 5280 spells it, and the reverse, for operators. malformed: none of those above; the detail
// lists them.
std::string_view name_of(RevocationReason reason);
base::Result<RevocationReason> parse_reason_name(std::string_view name);

}  // namespace acmecore
