#include "dnsserver/static_rrset.h"

#include <algorithm>
#include <string>

#include "dnsserver/rdata.h"

namespace dnsserver {

namespace {

using base::ErrorKind;
using base::fail;

// SIG, NXT, RRSIG, NSEC, NSEC3, NSEC3PARAM.
constexpr uint16_t kSigningTypes[] = {24, 30, 46, 47, 50, 51};

// RFC 6895 §3.1: 0 is reserved; OPT, and 128 to 255, ask or say something about a message.
bool is_data(uint16_t type) { return type != 0 && type != kTypeOpt && (type < 128 || type > 255); }

}  // namespace

Result<void> check_static_rrset(const Name& apex, const RRset& rrset) {
  const std::string what = rrset.owner.text() + " " + type_text(rrset.type);
  if (!is_data(rrset.type)) return fail(ErrorKind::malformed, "type: " + what + " is no type of data");
  if (rrset.type == kTypeSoa) return fail(ErrorKind::malformed, "type: the SOA is the zone's own; " + what);
  if (std::ranges::find(kSigningTypes, rrset.type) != std::end(kSigningTypes)) {
    return fail(ErrorKind::malformed, "type: signatures and denials are made by the server; " + what);
  }
  if (rrset.rdata.empty()) return fail(ErrorKind::malformed, "rdata: " + what + " has no record");
  if (rrset.ttl > kTtlMax) return fail(ErrorKind::malformed, "ttl: " + what + " has a TTL over 2^31 - 1");
  if ((rrset.type == kTypeCname || rrset.type == kTypeDname) && rrset.rdata.size() > 1) {
    return fail(ErrorKind::malformed, "rdata: " + what + " has more than one record");
  }
  if (rrset.type == kTypeNs && rrset.owner.is_wildcard()) {
    return fail(ErrorKind::malformed, "name: a wildcard cannot be delegated; " + what);
  }
  if (rrset.type == kTypeDname && rrset.owner.is_wildcard()) {
    return fail(ErrorKind::malformed, "name: a wildcard cannot have a DNAME; " + what);
  }
  if (rrset.owner == apex && (rrset.type == kTypeCname || rrset.type == kTypeDs)) {
    return fail(ErrorKind::conflict, what + " cannot stand at the apex of a zone");
  }
  return {};
}

void drop_duplicates(RRset& rrset) {
  std::vector<Bytes> once;
  for (Bytes& rdata : rrset.rdata) {
    if (std::ranges::find(once, rdata) == once.end()) once.push_back(std::move(rdata));
  }
  rrset.rdata = std::move(once);
}

}  // namespace dnsserver
