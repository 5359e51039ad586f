#include "tests/bench/dns/workload.h"

#include "base/base64url.h"
#include "dnsserver/wire.h"

namespace bench {

namespace {

// A 64-bit number that looks like any other (splitmix64, public domain).
uint64_t scatter(uint64_t number) {
  number += 0x9e3779b97f4a7c15;
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
  return number ^ (number >> 31);
}

// Streams that must not meet.
enum : uint64_t { kLabels = 1ull << 60, kValues = 2ull << 60, kQueries = 3ull << 60 };

enum class Kind { hit, nxdomain, soa, nodata };

Kind kind_of(uint64_t sequence) {
  const uint64_t percent = scatter(kQueries + 2 * sequence) % 100;
  if (percent < 90) return Kind::hit;
  if (percent < 95) return Kind::nxdomain;
  return percent < 98 ? Kind::soa : Kind::nodata;
}

uint64_t name_of(uint64_t sequence, uint64_t names) { return scatter(kQueries + 2 * sequence + 1) % names; }

Bytes query_for(const std::string& owner, uint16_t type) {
  Bytes query("\0\0\0\0\0\1\0\0\0\0\0\1", 12);
  query += base::Name::parse(owner + std::string(kApex)).value().wire();
  dnsserver::append_u16(query, type);
  dnsserver::append_u16(query, dnsserver::kClassIn);
  return query + Bytes("\0\0\x29\x04\xd0\0\0\0\0\0\0", 11);
}

}  // namespace

std::string label(uint64_t index) {
  constexpr char kDigits[] = "0123456789abcdef";
  const uint64_t halves[] = {scatter(kLabels + 2 * index), scatter(kLabels + 2 * index + 1)};
  std::string text;
  for (size_t i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) text += '-';
    text += kDigits[halves[i / 16] >> (i % 16 * 4) & 15];
  }
  return text;
}

std::vector<std::string> values(uint64_t index) {
  std::vector<std::string> values;
  for (uint64_t i = 0; i < (index % 10 == 0 ? 2u : 1u); ++i) {
    Bytes digest;
    for (uint64_t part = 0; part < 4; ++part) {
      const uint64_t number = scatter(kValues + 8 * index + 4 * i + part);
      digest.append(reinterpret_cast<const char*>(&number), sizeof number);
    }
    values.push_back(base::base64url(digest));
  }
  return values;
}

Bytes query(uint64_t sequence, uint64_t names) {
  const uint64_t name = name_of(sequence, names);
  switch (kind_of(sequence)) {
    case Kind::hit: return query_for(label(name) + ".", dnsserver::kTypeTxt);
    case Kind::nxdomain: return query_for(label(names + name) + ".", dnsserver::kTypeTxt);
    case Kind::soa: return query_for("", dnsserver::kTypeSoa);
    case Kind::nodata: break;
  }
  constexpr uint16_t kTypeCaa = 257;
  return query_for(label(name) + ".", sequence % 2 ? kTypeCaa : dnsserver::kTypeA);
}

Expected expected(uint64_t sequence, uint64_t names) {
  switch (kind_of(sequence)) {
    case Kind::hit: return {0, uint16_t(values(name_of(sequence, names)).size())};
    case Kind::nxdomain: return {3, 0};
    case Kind::soa: return {0, 1};
    case Kind::nodata: break;
  }
  return {0, 0};
}

Bytes txt_query(uint64_t index) { return query_for(label(index) + ".", dnsserver::kTypeTxt); }

}  // namespace bench
