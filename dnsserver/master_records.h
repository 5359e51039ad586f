#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/error.h"
#include "dnsserver/finding.h"
#include "dnsserver/master_file.h"
#include "dnsserver/rrset.h"

namespace dnsserver {

using base::Result;

// One record of a master file, with all that it leaves out filled in.
struct MasterRecord {
  size_t line = 0;
  Name owner;
  uint32_t ttl = 0;
  uint16_t type = 0;
  Bytes rdata;  // in wire form without compression, and of the type (dnsserver/rdata.h)
};

// A TTL in seconds, or with the units that everybody's zone files use: "3600", "1h30m", "2w". nullopt: it is
// none, or over 2^31 - 1 (RFC 2181 §8).
std::optional<uint32_t> parse_ttl(std::string_view text);

// Reads the records of a master file, one after the other (RFC 1035 §5.1): relative names, $ORIGIN, $TTL
// (RFC 2308 §4), owner, TTL and class that are left out, any type in the form of RFC 3597 §5. A TTL that is
// left out is $TTL's, or else that of the record before; a SOA's is its MINIMUM where there is neither.
//
// $INCLUDE and $GENERATE are refused: what is imported has to stand in one file as it is.
class MasterRecords {
 public:
  // The text outlives it. `origin` counts until the file sets one.
  MasterRecords(std::string_view text, std::optional<Name> origin)
      : file_(text), origin_(std::move(origin)) {}

  // The next record; nullopt: the file has ended. An entry that is none is left out and added to `findings`.
  std::optional<MasterRecord> next(Findings& findings);

 private:
  using Items = std::span<std::string>;

  Result<void> read_control(Items items);
  // Each takes what it reads off the front of `items`.
  Result<void> take_owner(const MasterEntry& entry, Items& items);
  Result<std::optional<uint32_t>> take_ttl_and_class(Items& items);
  Result<MasterRecord> read_record(MasterEntry& entry, Findings& findings);
  Result<uint32_t> ttl_or_default(std::optional<uint32_t> ttl, const MasterRecord& record,
                                  Findings& findings);

  MasterFile file_;
  std::optional<Name> origin_;
  std::optional<Name> owner_;            // of the record before
  std::optional<uint32_t> ttl_;          // of the record before
  std::optional<uint32_t> default_ttl_;  // $TTL
};

}  // namespace dnsserver
