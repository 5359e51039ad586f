#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/name.h"
#include "base/task.h"
#include "validator/prober.h"
#include "validator/zone_finder.h"

namespace validator {

// Whether one address of a zone's name servers serves a TXT value.
struct Served {
  ServerAddress at;
  bool serves = false;
  std::string said;  // "TXT \"old\"", "NXDOMAIN", "no answer within 2 s"
};

// What an answer to a TXT question says of the value at `owner`.
Served read_served(const ServerAddress& at, const Reply& reply, const base::Name& owner,
                   base::BytesView value);

// Asks every one of the addresses, one after the other.
base::Task<std::vector<Served>> ask_served(Prober& prober, std::vector<ServerAddress> addresses,
                                           base::Name owner, base::Bytes value);

}  // namespace validator
