#include "dnsserver/zone_file.h"

#include <algorithm>
#include <string>

#include "dnsserver/check_zone.h"
#include "dnsserver/node.h"
#include "dnsserver/rdata.h"
#include "dnsserver/wire.h"

namespace dnsserver {

namespace {

constexpr size_t kRecordsMax = kRRsetSizeMax / kRecordHeaderSize;
constexpr size_t kSoaNumbers = 5 * sizeof(uint32_t);

std::string what(const RRset& rrset) { return rrset.owner.text() + " " + type_text(rrset.type); }

// Takes a name off the front of RDATA that is of its type.
Name take_name(BytesView& rdata) {
  size_t size = 1;
  while (rdata[size - 1] != 0)
    size += size_t(uint8_t(rdata[size - 1])) + 1;
  const auto name = Name::from_wire(rdata.substr(0, size));
  rdata.remove_prefix(size);
  return name.value_or(Name());
}

std::string seconds_text(std::chrono::seconds seconds) { return std::to_string(seconds.count()) + " s"; }

}  // namespace

ZoneFile read_zone_file(std::string_view text, std::optional<Name> origin) {
  ZoneFileReader reader(text, std::move(origin));
  constexpr size_t kAtOnce = 10'000;
  while (reader.read(kAtOnce)) {
  }
  return std::move(reader).finish();
}

bool ZoneFileReader::read(size_t records) {
  for (; records > 0; --records) {
    auto record = records_.next(file_.findings);
    if (!record) return false;
    ++file_.record_count;
    take(*std::move(record));
  }
  return true;
}

void ZoneFileReader::take(MasterRecord record) {
  if (record.type != kTypeSoa) return add(std::move(record));
  if (!soa_) {
    soa_ = {.rrset = {record.owner, record.type, record.ttl, {std::move(record.rdata)}}, .line = record.line};
  } else if (soa_->rrset.owner == record.owner && soa_->rrset.rdata.front() == record.rdata) {
    find(record.line, Severity::warning, "the SOA stands in line " + std::to_string(soa_->line) + " already");
  } else {
    find(record.line, Severity::error,
         record.owner.text() + " SOA: there is a SOA in line " + std::to_string(soa_->line) +
             ", and a zone has one");
  }
}

void ZoneFileReader::add(MasterRecord record) {
  const auto [at, added] = content_.try_emplace(content_key(record.owner, record.type));
  auto& [rrset, line, is_full] = at->second;
  if (added) {
    line = record.line;
    rrset = {std::move(record.owner), record.type, record.ttl, {std::move(record.rdata)}};
    return;
  }
  if (record.ttl != rrset.ttl) {
    find(record.line, Severity::warning,
         what(rrset) + " has the TTL " + std::to_string(record.ttl) + " here and " +
             std::to_string(rrset.ttl) + " in line " + std::to_string(line) +
             "; the lower one is taken (RFC 2181 §5.2)");
    rrset.ttl = std::min(rrset.ttl, record.ttl);
  }
  if (is_full) return;
  if (rrset.rdata.size() == kRecordsMax) {
    is_full = true;
    find(line, Severity::error, what(rrset) + " has more than " + std::to_string(kRecordsMax) + " records");
  } else if (std::ranges::find(rrset.rdata, record.rdata) == rrset.rdata.end()) {
    rrset.rdata.push_back(std::move(record.rdata));
  } else {
    find(record.line, Severity::warning, what(rrset) + " has this record twice");
  }
}

ZoneFile ZoneFileReader::finish() && {
  if (make_zone()) {
    check_content(file_.zone, ns_line_, content_, file_.findings);
    for (auto& [key, placed] : content_)
      file_.rrsets.push_back(std::move(placed.rrset));
  }
  sort(file_.findings);
  return std::move(file_);
}

bool ZoneFileReader::make_zone() {
  if (!soa_) {
    find(0, Severity::error, "there is no SOA, so it is not known which zone this is");
    return false;
  }
  Zone& zone = file_.zone;
  zone.apex = soa_->rrset.owner;
  BytesView rdata = soa_->rrset.rdata.front();
  const Name primary = take_name(rdata);
  zone.contact = take_name(rdata);
  if (rdata.size() != kSoaNumbers) return false;  // RDATA that was read is of its type
  zone.serial = u32_at(rdata, 0);
  size_t at = sizeof(uint32_t);
  for (std::chrono::seconds* time : {&zone.refresh, &zone.retry, &zone.expire, &zone.negative_ttl}) {
    *time = std::chrono::seconds(u32_at(rdata, at));
    at += sizeof(uint32_t);
  }
  take_name_servers(primary);
  note_own_ways(soa_->rrset);
  if (const auto held = check_zone(zone); !held) find(soa_->line, Severity::error, held.error().detail);
  return true;
}

void ZoneFileReader::take_name_servers(const Name& primary) {
  Zone& zone = file_.zone;
  const auto ns = content_.find(content_key(zone.apex, kTypeNs));
  if (ns == content_.end()) {
    find(0, Severity::error,
         zone.apex.text() + " has no NS, and a zone needs at least one (RFC 1034 §4.2.1)");
    zone.name_servers = {primary};  // to look at the rest
    return;
  }
  for (const Bytes& rdata : ns->second.rrset.rdata) {
    BytesView rest = rdata;
    zone.name_servers.push_back(take_name(rest));
  }
  zone.ttl = std::chrono::seconds(ns->second.rrset.ttl);
  ns_line_ = ns->second.line;
  content_.erase(ns);
  const auto first = std::ranges::find(zone.name_servers, primary);
  if (first != zone.name_servers.end()) {
    std::rotate(zone.name_servers.begin(), first, first + 1);
  } else {
    find(soa_->line, Severity::note,
         "the primary " + primary.text() + " is none of the name servers; the SOA will name " +
             zone.name_servers.front().text());
  }
}

void ZoneFileReader::note_own_ways(const RRset& soa) {
  Zone& zone = file_.zone;
  const std::chrono::seconds ttl(soa.ttl);
  if (ttl != zone.ttl) {
    find(soa_->line, Severity::note,
         "the SOA will have the TTL of the NS RRset, " + seconds_text(zone.ttl) + ", not " +
             seconds_text(ttl));
  }
  if (zone.negative_ttl > kNegativeTtlMax) {
    find(soa_->line, Severity::note,
         "negative answers will be kept for " + seconds_text(kNegativeTtlMax) + ", not " +
             seconds_text(zone.negative_ttl) + " (RFC 2308 §5)");
    zone.negative_ttl = kNegativeTtlMax;
  }
  if (std::min(zone.negative_ttl, zone.ttl) > kNegativeTtlAdvised) {
    find(soa_->line, Severity::warning,
         "negative answers are kept for " + seconds_text(std::min(zone.negative_ttl, zone.ttl)) +
             ": for so long a resolver that came too early does not see a challenge; up to " +
             seconds_text(kNegativeTtlAdvised) + " is advised");
  }
}

}  // namespace dnsserver
