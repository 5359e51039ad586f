#include "validator/doctor/registration.h"

#include <algorithm>

#include "validator/doctor/credential.h"

namespace validator::doctor {

using base::Name;
using Kind = Pointer::Kind;

namespace {

constexpr const char* kId = "parent.registration";

// What leads from the challenge's name to nobody, to be taken away.
std::vector<WantedRecord> alias_of(const ParentSeen& parent, const Pointer& pointer) {
  if (pointer.kind != Kind::alias || pointer.shadowed) return {};
  return {{parent.challenge, "CNAME", pointer.target.text(), pointer.ttl}};
}

std::string who(const CredentialSeen& seen, const std::vector<Registration>& registrations) {
  std::vector<std::string> ids;
  for (const Registration& registration : registrations) {
    const bool own = seen.registration && *seen.registration && registration.id == (*seen.registration)->id;
    ids.push_back(own || seen.tells_ids ? registration.id : "somebody else's");
  }
  return joined(ids, ", ");
}

// Registered, and led to by nothing.
Finding check_orphan(const ParentSeen& parent, const CredentialSeen& seen) {
  if (seen.registration && *seen.registration && !(*seen.registration)->names.empty()) {
    const Registration& registration = **seen.registration;
    return warning(kId,
                   joined(registration.names) + " is registered for the credential " + registration.id +
                       ", and " + parent.challenge.text() + " does not lead there: an orphan.",
                   delegation_remedies(parent, {}));
  }
  return skipped(kId, "There is no delegation to follow yet.");
}

// Nobody is registered for the name that the path ends at.
Finding check_nobody(const ParentSeen& parent, const Pointer& pointer, const CredentialSeen& seen,
                     const Holders& holders) {
  const std::string owner = seen.owner.text();
  if (holders.was_handed_out) {
    return failure(kId,
                   parent.challenge.text() + " dangles: " + owner +
                       " was handed out to a credential that was deleted, and never is to anybody again.",
                   delegation_remedies(parent, alias_of(parent, pointer)));
  }
  if (holders.can_be_chosen) {
    return warning(kId,
                   parent.challenge.text() + " dangles: no credential is registered for " + owner +
                       ", and whoever may register can ask for this name and have certificates. Give it an "
                       "owner: assay credential create --name " +
                       owner + ".");
  }
  return ok(kId,
            "Credentials of the configuration alone publish at " + owner + "; none is registered for it.");
}

// Those that are registered are not usable.
std::string ended(const Registration& registration) {
  return registration.disabled ? "is disabled (assay credential update " + registration.id + " --enable)"
                               : "expired at " + base::rfc3339(*registration.expires) +
                                     " (assay credential update " + registration.id + " --expires TIME)";
}

}  // namespace

Findings check_registration(const ParentSeen& parent, const CredentialSeen& seen) {
  const Pointer pointer = pointer_of(parent);
  const bool leads =
      pointer.kind == Kind::alias || pointer.kind == Kind::delegation || pointer.kind == Kind::here;
  if (!leads) return {check_orphan(parent, seen)};
  if (!parent.own_zone || !seen.holders)
    return {
        skipped(kId, "No zone of this server holds the end of the path, so nobody is registered for it.")};
  if (!*seen.holders)
    return {skipped(kId, "Who is registered could not be read: " + seen.holders->error().detail + ".")};
  const Holders& holders = **seen.holders;
  const std::string owner = seen.owner.text();
  std::vector<Registration> live;
  std::ranges::copy_if(holders.registrations, std::back_inserter(live),
                       [&](const Registration& registration) { return is_live(registration, seen.now); });
  if (seen.registration && *seen.registration && !(*seen.registration)->may_write) {
    const Registration& registration = **seen.registration;
    const std::string others = live.empty() ? "" : ", where " + who(seen, live) + " may publish";
    return {failure(kId,
                    parent.challenge.text() + " leads to " + owner + others + ", and the credential " +
                        registration.id + " may not.",
                    registration.names.empty() ? std::vector<Remedy>()
                                               : delegation_remedies(parent, alias_of(parent, pointer)))};
  }
  if (!live.empty()) return {ok(kId, owner + " is registered for " + who(seen, live) + ".")};
  if (holders.registrations.empty()) return {check_nobody(parent, pointer, seen, holders)};
  std::vector<std::string> reasons;
  for (const Registration& registration : holders.registrations) {
    const bool own = seen.tells_ids || registration.id == seen.id;
    reasons.push_back(own ? registration.id + " " + ended(registration) : "somebody else's ended");
  }
  return {failure(kId, "No registration of " + owner + " is alive: " + joined(reasons) + ".")};
}

}  // namespace validator::doctor
