#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/name.h"

namespace validator {

// What a query says of EDNS (RFC 6891).
struct Edns {
  uint16_t size = 1232;
  uint8_t version = 0;
  bool dnssec_ok = false;
  bool unknown_option = false;  // one of the range for experiments, which servers ignore (§6.1.2)
};

// One question of class IN, as a resolver puts it to a name server.
struct Query {
  base::Name name;
  uint16_t type = 0;
  bool recursion_desired = false;
  std::optional<Edns> edns = Edns{};
};

// The whole message. The name is sent in the case that it has.
base::Bytes query_message(const Query& query, uint16_t id);

// The same name with each letter in a case that `coin` chooses (0x20): bits are taken from its front, over and
// over. REQUIRES: `coin` is not empty.
base::Name with_mixed_case(const base::Name& name, base::BytesView coin);

}  // namespace validator
