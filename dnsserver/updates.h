#pragma once

#include <chrono>
#include <map>
#include <vector>

#include "base/task.h"
#include "base/time.h"
#include "dnsserver/alias_targets.h"
#include "dnsserver/publishing.h"
#include "dnsserver/update_message.h"

namespace dnsserver {

struct UpdateOptions {
  // Zones of somebody else whose challenges lead here by CNAME: an update for one of their names is carried out at
  // the end of its CNAMEs.
  std::vector<Name> alias_zones = {};
  // Of a value that nobody deletes; less, if the credential's limit is lower.
  std::chrono::milliseconds lifetime = std::chrono::days(1);
};

// Carries out UPDATEs (RFC 2136 §3). A value that is added belongs to the credential that signed, and what is
// deleted are its own values only, so that clients cannot take away each other's; to delete what is not there is no
// error, nor is to add what is there. All of a message is one commit, or none of it.
//
// Outlives its calls; all arguments outlive it.
class Updates {
 public:
  // Without alias zones, `targets` may be null.
  Updates(Publishing& publishing, AliasTargets* targets, const base::Clock& clock, UpdateOptions options);

  // The RCODE, and why. NOERROR: it is durable, and what the next query sees.
  //
  // NOTAUTH: the zone is neither of this server nor an alias zone. NOTZONE: a name is in another zone. YXDOMAIN,
  // YXRRSET, NXRRSET: a prerequisite that does not hold. REFUSED: what the credential may not, or what may not stand
  // at a name; a name of an alias zone that does not lead here. SERVFAIL: the store, or no answer about a CNAME.
  base::Task<Refusal> carry_out(UpdateMessage update, Writer writer);

  // The alias zone that holds the name; null: none does.
  const Name* alias_zone_of(const Name& name) const;

 private:
  using Owners = std::map<Name, Name>;  // in the message, where it stands

  base::Task<OrRefusal<Owners>> find_owners(const UpdateMessage& update) const;
  OrRefusal<Name> own(const Name& zone, const Name& owner) const;
  base::Task<OrRefusal<Name>> follow(Name owner) const;
  std::vector<OwnerChange> changes_of(const UpdateMessage& update, const Owners& owners,
                                      const Writer& writer) const;

  Publishing& publishing_;
  AliasTargets* const targets_;
  const base::Clock& clock_;
  const UpdateOptions options_;
};

}  // namespace dnsserver
