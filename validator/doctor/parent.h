#pragma once

#include <optional>
#include <vector>

#include "validator/doctor/finding.h"
#include "validator/doctor/own_server.h"
#include "validator/prober.h"
#include "validator/resolver.h"
#include "validator/zone_finder.h"

namespace validator::doctor {

// What one server of the parent zone says about the challenge's name.
struct ParentServer {
  ServerAddress at;
  Reply soa;      // of the parent's apex
  Reply txt;      // of the challenge's name
  Reply cname;    // the same
  Reply sibling;  // CNAME of a name beside it that nobody has: a wildcard or a DNAME shows
};

// The parent side: the zone that holds the name to certify, and what leads from it to the challenge's TXT RRset.
struct ParentSeen {
  base::Name challenge;  // "_acme-challenge.www.corp.example."
  FoundZone zone;
  std::string why;  // no zone was found
  std::vector<ParentServer> servers;
  std::optional<Lookup> walk;            // TXT of the challenge's name, as a resolver found it
  std::optional<base::Name> own_zone;    // of ours, that holds the name at the end of the path
  bool own_parent = false;               // the parent zone is ours
  std::optional<Host> host;              // what to suggest
  std::optional<base::Name> registered;  // rather than that: a name of the credential that is examined
};

// What stands at the challenge's name in the parent zone.
struct Pointer {
  // here: nothing is needed, because the parent zone is this server's own.
  enum class Kind { nothing, alias, delegation, text, alias_beside_text, unclear, here };
  Kind kind = Kind::nothing;
  base::Name target = {};                // of an alias
  base::Name cut = {};                   // of a delegation
  std::vector<base::Name> servers = {};  // of a delegation, sorted; none: the parent's servers hold the child
  std::vector<base::Bytes> values = {};  // RDATA of TXT in the parent zone
  uint32_t ttl = 3600;                   // of the alias, or of TXT
  bool shadowed = false;                 // an alias by a wildcard or a DNAME
  std::string why = {};                  // unclear: what the server said

  bool operator==(const Pointer&) const = default;
};

Pointer pointer_of(const ParentServer& server, const base::Name& challenge, const base::Name& apex);

// That of the first server with a clear one.
Pointer pointer_of(const ParentSeen& seen);

// The name that owns the TXT RRset, as far as is known: the end of the path.
base::Name end_of(const ParentSeen& seen, const Pointer& pointer);

// How to delegate the challenge's name, each in the place of `removed`: to the registered name, else to the host by
// CNAME or by NS. None where neither is known.
std::vector<Remedy> delegation_remedies(const ParentSeen& seen, const std::vector<WantedRecord>& removed);

// parent.servers, parent.agreement, parent.pointer, parent.path, parent.target.
Findings check_parent(const ParentSeen& seen);

}  // namespace validator::doctor
