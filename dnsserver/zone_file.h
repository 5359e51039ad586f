#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "dnsserver/finding.h"
#include "dnsserver/master_records.h"
#include "dnsserver/zone.h"
#include "dnsserver/zone_content.h"

namespace dnsserver {

// Octets of a master file: enough for a million names with two values each.
inline constexpr size_t kZoneFileSizeMax = 256 * 1024 * 1024;
// What a negative answer may cost the first try of an order before a check speaks of it.
inline constexpr std::chrono::seconds kNegativeTtlAdvised{60};

// What a master file says.
struct ZoneFile {
  Zone zone;                  // with the file's serial
  std::vector<RRset> rrsets;  // without SOA and NS of the apex, in the order of the store's keys
  size_t record_count = 0;    // with those
  Findings findings;          // sorted; with an error among them, zone and RRsets are not to be used
};

// Reads a master file (dnsserver/master_records.h) part by part, so that nobody waits for all of a large one, and
// checks it in the end as a whole (dnsserver/zone_content.h).
//
// The owner of the SOA is the apex. This server has its own way with some things, of which notes tell: the TTL of the
// NS RRset is the SOA's too; the primary in the SOA's MNAME is the first of the name servers; a negative TTL is at
// most kNegativeTtlMax. Records of one RRset have the lowest of their TTLs (RFC 2181 §5.2), with a warning.
class ZoneFileReader {
 public:
  // The text outlives it. `origin` counts until the file sets one.
  ZoneFileReader(std::string_view text, std::optional<Name> origin) : records_(text, std::move(origin)) {}

  // Reads up to so many records. False: the file has ended.
  bool read(size_t records);

  // REQUIRES: read() has returned false.
  ZoneFile finish() &&;

 private:
  void take(MasterRecord record);
  void add(MasterRecord record);
  // From the SOA and the NS RRset of the apex, which is taken out of the content. False: there is no SOA.
  bool make_zone();
  void take_name_servers(const Name& primary);
  void note_own_ways(const RRset& soa);

  void find(size_t line, Severity severity, std::string text) {
    file_.findings.push_back({line, severity, std::move(text)});
  }

  MasterRecords records_;
  std::optional<PlacedRRset> soa_;
  size_t ns_line_ = 0;
  ZoneContent content_;
  ZoneFile file_;
};

// The whole at once.
ZoneFile read_zone_file(std::string_view text, std::optional<Name> origin);

}  // namespace dnsserver
