#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "dnsserver/challenge.h"
#include "dnsserver/rrset.h"

namespace dnsserver {

// What can be asked of one owner in a zone. Each is idempotent.

// In the place of the static RRset of that type.
struct PutRRset {
  RRset rrset;
};

struct DeleteRRset {
  Name owner;
  uint16_t type;
};

struct Present {
  Challenge challenge;
};

// One value of the credential's, or without a value all of them.
struct Remove {
  std::string credential;
  Name owner;
  std::optional<Bytes> value;
};

// Removes the values that are not live any more, as every other change does by the way.
struct Expire {
  Name owner;
};

using OwnerChange = std::variant<PutRRset, DeleteRRset, Present, Remove, Expire>;

const Name& owner_of(const OwnerChange& change);

}  // namespace dnsserver
