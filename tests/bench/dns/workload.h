#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dnsserver/rrset.h"

// The zone and the queries of the DNS benchmark. Each is computed from a number, so that the servers' loaders and
// the load generator agree without a file between them.
namespace bench {

using base::Bytes;

inline constexpr std::string_view kApex = "acme.test.";
inline constexpr uint32_t kTtl = 60;

// "1b671a64-40d5-491e-99b0-da01ff1f3341", as registrations with acme-dns look.
std::string label(uint64_t index);

// One value of 43 characters of base64url, as for dns-01; every tenth name has a second.
std::vector<std::string> values(uint64_t index);

// What `sequence` asks for: 90 in 100 a TXT that is there, 5 a name that is not, 3 the SOA, 2 a type that the
// name has not; all names equally often, in no order; EDNS with 1232 octets. ID 0.
Bytes query(uint64_t sequence, uint64_t names);

// What the response to it must be.
struct Expected {
  uint8_t rcode;
  uint16_t answers;
};
Expected expected(uint64_t sequence, uint64_t names);

// The name of TXT number `index` and its query, to check values.
Bytes txt_query(uint64_t index);

}  // namespace bench
