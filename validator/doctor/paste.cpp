#include "validator/doctor/paste.h"

#include <algorithm>
#include <utility>

#include "base/json.h"

namespace validator::doctor {

namespace {

using base::Name;

std::string without_dot(std::string text) {
  if (text.size() > 1 && text.ends_with('.')) text.pop_back();
  return text;
}

// The owner as a zone's own tools call it: "@" for the apex, else without the apex.
std::string relative(const Name& owner, const Name& zone) {
  if (owner == zone) return "@";
  const std::string text = owner.text();
  return zone.is_root() ? without_dot(text) : text.substr(0, text.size() - zone.text().size() - 1);
}

std::string line(const WantedRecord& record) {
  return record.owner.text() + " " + std::to_string(record.ttl) + " " + record.type + " " + record.rdata;
}

// In quotes for a shell, where a quote inside is written as `escaped`: what strangers wrote into their zones
// must not become a command.
std::string quoted(std::string_view text, std::string_view escaped) {
  std::string whole = "'";
  for (const char c : text)
    whole += c == '\'' ? std::string(escaped) : std::string(1, c);
  return whole + "'";
}
std::string in_shell(std::string_view text) { return quoted(text, "'\\''"); }
std::string in_power_shell(std::string_view text) { return quoted(text, "''"); }

bool is_same_rrset(const WantedRecord& a, const WantedRecord& b) {
  return a.owner == b.owner && a.type == b.type;
}

bool has_rrset(const std::vector<WantedRecord>& records, const WantedRecord& of) {
  return std::ranges::any_of(records, [&](const WantedRecord& record) { return is_same_rrset(record, of); });
}

std::string bind_text(const Remedy& remedy) {
  std::string text = "zone " + remedy.zone.text() + "\n";
  for (const WantedRecord& record : remedy.remove)
    text += "update delete " + record.owner.text() + " " + record.type + " " + record.rdata + "\n";
  for (const WantedRecord& record : remedy.add)
    text += "update add " + line(record) + "\n";
  return text + "send\n";
}

std::string knot_text(const Remedy& remedy) {
  const std::string zone = in_shell(remedy.zone.text());
  std::string text = "knotc zone-begin " + zone + "\n";
  for (const WantedRecord& record : remedy.remove) {
    text += "knotc zone-unset " + zone + " " + in_shell(record.owner.text()) + " " + record.type + " " +
            in_shell(record.rdata) + "\n";
  }
  for (const WantedRecord& record : remedy.add) {
    text += "knotc zone-set " + zone + " " + in_shell(record.owner.text()) + " " +
            std::to_string(record.ttl) + " " + record.type + " " + in_shell(record.rdata) + "\n";
  }
  return text + "knotc zone-commit " + zone + "\n";
}

// The cmdlets know no CAA, but octets. REQUIRES: RDATA as the doctor writes it: 0 issue "ca.example", or with 128.
std::string caa_hex(const std::string& rdata) {
  const size_t tag = rdata.find(' ') + 1;
  const size_t tag_end = rdata.find(' ', tag);
  const size_t value = rdata.find('"') + 1;
  const char flags = rdata.starts_with("128 ") ? '\x80' : '\0';
  const std::string octets = std::string{flags, char(tag_end - tag)} + rdata.substr(tag, tag_end - tag) +
                             rdata.substr(value, rdata.rfind('"') - value);
  std::string hex;
  for (const char c : octets) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    hex += {kDigits[uint8_t(c) >> 4], kDigits[uint8_t(c) & 15]};
  }
  return hex;
}

// What Add-DnsServerResourceRecord calls the record's type and data.
std::string windows_data(const WantedRecord& record) {
  const std::string value = in_power_shell(record.rdata);
  if (record.type == "CNAME") return "-CName -HostNameAlias " + value;
  if (record.type == "NS") return "-NS -NameServer " + value;
  if (record.type == "A") return "-A -IPv4Address " + value;
  if (record.type == "AAAA") return "-AAAA -IPv6Address " + value;
  if (record.type == "CAA") return "-Unknown -Type 257 -RecordData " + in_power_shell(caa_hex(record.rdata));
  return "-" + record.type + " -RecordData " + value;
}

// Which records Remove-DnsServerResourceRecord takes away. Without data, all that are of the type.
std::string windows_removal(const WantedRecord& record, bool all) {
  const bool is_caa = record.type == "CAA";
  const std::string type = is_caa ? "-Type 257" : "-RRType " + record.type;
  if (all) return type;
  return type + " -RecordData " + in_power_shell(is_caa ? caa_hex(record.rdata) : record.rdata);
}

std::string windows_text(const Remedy& remedy) {
  const std::string zone = " -ZoneName " + in_power_shell(without_dot(remedy.zone.text()));
  std::string text;
  for (const WantedRecord& record : remedy.remove) {
    const bool stays = has_rrset(remedy.keep, record);
    const auto first = std::ranges::find_if(
        remedy.remove, [&](const WantedRecord& other) { return is_same_rrset(other, record); });
    const bool is_first = &*first == &record;
    if (!stays && !is_first) continue;
    text += "Remove-DnsServerResourceRecord" + zone + " -Name " +
            in_power_shell(relative(record.owner, remedy.zone)) + " " + windows_removal(record, !stays) +
            " -Force\n";
  }
  for (const WantedRecord& record : remedy.add) {
    text += "Add-DnsServerResourceRecord" + zone + " -Name " +
            in_power_shell(relative(record.owner, remedy.zone)) + " " + windows_data(record) +
            " -TimeToLive ([TimeSpan]::FromSeconds(" + std::to_string(record.ttl) + "))\n";
  }
  return text;
}

// Route 53 changes whole RRsets, so the records of one owner and type stand in one change.
void append_route53(base::Json::Array& changes, const std::vector<WantedRecord>& records,
                    const char* action) {
  using base::Json;
  for (auto record = records.begin(); record != records.end();) {
    const auto end = std::find_if(record, records.end(), [&](const WantedRecord& other) {
      return other.owner != record->owner || other.type != record->type;
    });
    Json::Array values;
    for (auto value = record; value != end; ++value)
      values.push_back(Json::Object{{"Value", value->rdata}});
    changes.push_back(Json::Object{{"Action", action},
                                   {"ResourceRecordSet", Json::Object{{"Name", record->owner.text()},
                                                                      {"Type", record->type},
                                                                      {"TTL", int64_t{record->ttl}},
                                                                      {"ResourceRecords", values}}}});
    record = end;
  }
}

// An RRset that goes is deleted; one that changes is written whole, with what stays of it.
std::string route53_text(const Remedy& remedy) {
  std::vector<WantedRecord> gone;
  std::vector<WantedRecord> whole;
  for (const WantedRecord& record : remedy.remove) {
    if (!has_rrset(remedy.keep, record) && !has_rrset(remedy.add, record)) gone.push_back(record);
  }
  const auto take = [&](const std::vector<WantedRecord>& records, const WantedRecord& of) {
    std::ranges::copy_if(records, std::back_inserter(whole), [&](const WantedRecord& record) {
      return is_same_rrset(record, of) && std::ranges::find(whole, record) == whole.end();
    });
  };
  for (const auto* records : {&remedy.add, &remedy.remove}) {
    for (const WantedRecord& record : *records) {
      take(remedy.keep, record);
      take(remedy.add, record);
    }
  }
  base::Json::Array changes;
  append_route53(changes, gone, "DELETE");
  append_route53(changes, whole, "UPSERT");
  return base::Json(base::Json::Object{{"Changes", changes}}).text() + "\n";
}

}  // namespace

Paste paste_of(const Remedy& remedy) {
  return {bind_text(remedy), knot_text(remedy), windows_text(remedy), route53_text(remedy)};
}

}  // namespace validator::doctor
