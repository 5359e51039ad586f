#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "dnsserver/act.h"
#include "dnsserver/challenge.h"
#include "dnsserver/credential.h"
#include "dnsserver/prerequisite.h"
#include "dnsserver/rrset.h"
#include "dnsserver/zone.h"

namespace dnsserver {

// What can be asked of one owner in a zone. Each is idempotent.

// In the place of the static RRset of that type.
struct PutRRset {
  RRset rrset;
  Administrator by = {};  // unused where it is part of an import
};

struct DeleteRRset {
  Name owner;
  uint16_t type;
  Administrator by = {};  // the same
};

// REQUIRES: credential and tag of the challenge are the writer's.
struct Present {
  Writer writer;
  Challenge challenge;
};

// One value of the writer's, or without a value all of them; with a tag only those that have it.
struct Remove {
  Writer writer;
  Name owner;
  std::optional<Bytes> value;
};

// Removes the values that are not live any more, as every other change does by the way.
struct Expire {
  Name owner;
};

using OwnerChange = std::variant<PutRRset, DeleteRRset, Present, Remove, Expire>;

const Name& owner_of(const OwnerChange& change);
// Null: nobody whom limits are set.
const Writer* writer_of(const OwnerChange& change);

// Changes at owners of any zones, in their order, all or none; none if a prerequisite does not hold before the
// first of them (RFC 2136 §3). One write for the writer's rate.
struct Transaction {
  Writer writer;
  std::vector<Prerequisite> prerequisites;
  std::vector<OwnerChange> changes;
};

// What can be asked of zones.

struct CreateZone {
  Zone zone;
  Administrator by;
};

struct DeleteZone {
  Name apex;
  Administrator by;
};

// Changes in one zone that are made together or not at all.
struct ImportStep {
  Name apex;
  std::optional<Zone> zone;  // its SOA and NS too, and if there is no such zone it is made
  std::vector<OwnerChange> changes;
  Act told = {};  // the import, but for the serial that the zone has then
};

// Expire at many owners, of any zones.
struct ExpireAt {
  std::vector<Name> owners;
};

// What a change that succeeded came to.
struct ChangeOutcome {
  uint32_t serial = 0;  // of the zone
  size_t removed = 0;   // challenge values
  // Nothing was done: the first prerequisite of a transaction that does not hold.
  std::optional<size_t> unmet = {};
  bool left_over = false;  // nothing was done: what is left of a deleted zone stands in the way of this one
};

}  // namespace dnsserver
