#include "dnsserver/master_records.h"

#include <algorithm>

#include "base/name.h"
#include "dnsserver/rdata.h"
#include "dnsserver/static_rrset.h"
#include "dnsserver/wire.h"

namespace dnsserver {

namespace {

using base::ErrorKind;
using base::fail;

constexpr size_t kSoaItems = 7;
constexpr size_t kSoaFirstTime = 3;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

tl::unexpected<base::Error> bad(std::string why) { return fail(ErrorKind::malformed, std::move(why)); }

// 0: it is no unit.
uint64_t seconds_in(char unit) {
  switch (base::lower(unit)) {
    case 's': return 1;
    case 'm': return 60;
    case 'h': return 60 * 60;
    case 'd': return 24 * 60 * 60;
    case 'w': return 7 * 24 * 60 * 60;
    default: return 0;
  }
}

bool is_class(std::string_view lowered) {
  constexpr std::string_view kNumbered = "class";
  return lowered == "in" || lowered == "ch" || lowered == "hs" || lowered == "cs" ||
         (lowered.starts_with(kNumbered) && lowered.size() > kNumbered.size() &&
          std::ranges::all_of(lowered.substr(kNumbered.size()), is_digit));
}

// ldns would cut the times of a SOA to 32 bits.
Result<void> count_soa_times(std::span<std::string> rdata) {
  if (rdata.size() != kSoaItems) return bad("a SOA has two names and five numbers");
  for (std::string& item : rdata.subspan(kSoaFirstTime)) {
    const auto seconds = parse_ttl(item);
    if (!seconds) return bad("\"" + item + "\" in the SOA is no time up to 2^31 - 1 seconds");
    item = std::to_string(*seconds);
  }
  return {};
}

}  // namespace

std::optional<uint32_t> parse_ttl(std::string_view text) {
  uint64_t total = 0;
  while (!text.empty()) {
    uint64_t count = 0;
    size_t digits = 0;
    for (; digits < text.size() && is_digit(text[digits]); ++digits) {
      count = std::min<uint64_t>(count * 10 + uint64_t(text[digits] - '0'), kTtlMax + uint64_t{1});
    }
    if (digits == 0) return std::nullopt;
    text.remove_prefix(digits);
    const uint64_t unit = text.empty() ? 1 : seconds_in(text.front());
    if (unit == 0) return std::nullopt;
    if (!text.empty()) {
      text.remove_prefix(1);
    }
    total += count * unit;
    if (total > kTtlMax) return std::nullopt;
    if (text.empty()) return uint32_t(total);
  }
  return std::nullopt;
}

std::optional<MasterRecord> MasterRecords::next(Findings& findings) {
  while (auto entry = file_.next(findings)) {
    const bool is_control = !entry->owner_omitted && entry->items.front().starts_with('$');
    Result<void> done;
    if (is_control) {
      done = read_control(entry->items);
    } else if (auto record = read_record(*entry, findings)) {
      return *std::move(record);
    } else {
      done = tl::unexpected(std::move(record).error());
    }
    if (!done) findings.push_back({entry->line, Severity::error, std::move(done).error().detail});
  }
  return std::nullopt;
}

Result<void> MasterRecords::read_control(Items items) {
  const std::string word = base::lower(items.front());
  if (word == "$include" || word == "$generate") {
    return bad(items.front() + " is not read here: put what it stands for into the file");
  }
  if (word != "$origin" && word != "$ttl") return bad("\"" + items.front() + "\" is no control entry");
  if (items.size() != 2) return bad(items.front() + " wants one thing behind it");
  if (word == "$ttl") {
    default_ttl_ = parse_ttl(items[1]);
    return default_ttl_ ? Result<void>() : bad("\"" + items[1] + "\" is no TTL up to 2^31 - 1 seconds");
  }
  TRY(origin_, parse_relative_name(items[1], origin_));
  return {};
}

Result<MasterRecord> MasterRecords::read_record(MasterEntry& entry, Findings& findings) {
  Items items = entry.items;
  CHECK(take_owner(entry, items));
  TRY(const auto ttl, take_ttl_and_class(items));
  if (items.empty()) return bad("the entry ends before its type");
  MasterRecord record{.line = entry.line, .owner = *owner_, .rdata = {}};
  TRY(record.type, parse_type(items.front()));
  items = items.subspan(1);
  const bool is_generic = !items.empty() && items.front() == "\\#";
  if (record.type == kTypeSoa && !is_generic) CHECK(count_soa_times(items));
  TRY(record.rdata, parse_rdata(record.type, items, origin_));
  TRY(record.ttl, ttl_or_default(ttl, record, findings));
  ttl_ = record.ttl;
  return record;
}

Result<void> MasterRecords::take_owner(const MasterEntry& entry, Items& items) {
  if (entry.owner_omitted) {
    return owner_ ? Result<void>() : bad("no owner stands in front, and there is no record before");
  }
  TRY(owner_, parse_relative_name(items.front(), origin_));
  items = items.subspan(1);
  return {};
}

// In either order, each at most once. No type's mnemonic begins with a digit.
Result<std::optional<uint32_t>> MasterRecords::take_ttl_and_class(Items& items) {
  std::optional<uint32_t> ttl;
  bool has_class = false;
  for (; !items.empty(); items = items.subspan(1)) {
    const std::string& item = items.front();
    const std::string lowered = base::lower(item);
    if (!ttl && is_digit(item.front())) {
      ttl = parse_ttl(item);
      if (!ttl) return bad("\"" + item + "\" is no TTL up to 2^31 - 1 seconds");
    } else if (!has_class && is_class(lowered)) {
      has_class = true;
      if (lowered != "in" && lowered != "class1") return bad("class " + item + " is not held here, IN is");
    } else {
      break;
    }
  }
  return ttl;
}

Result<uint32_t> MasterRecords::ttl_or_default(std::optional<uint32_t> ttl, const MasterRecord& record,
                                               Findings& findings) {
  if (ttl) return *ttl;
  if (default_ttl_) return *default_ttl_;
  if (ttl_) return *ttl_;
  if (record.type == kTypeSoa && record.rdata.size() >= sizeof(uint32_t)) {
    const uint32_t minimum = u32_at(record.rdata, record.rdata.size() - sizeof(uint32_t));
    findings.push_back(
        {record.line, Severity::warning,
         "there is no TTL and no $TTL; the SOA's MINIMUM, " + std::to_string(minimum) + " s, is taken"});
    return std::min(minimum, kTtlMax);
  }
  return bad("there is no TTL, neither here nor in a record or $TTL before");
}

}  // namespace dnsserver
