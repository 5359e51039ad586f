#include "dnsserver/updates.h"

#include <algorithm>
#include <cassert>

#include "base/log.h"

namespace dnsserver {

namespace {

using base::ErrorKind;
using base::Task;

tl::unexpected<Refusal> refuse(Rcode rcode, ExtendedError code, std::string text) {
  return tl::unexpected(Refusal{rcode, code, std::move(text)});
}

Refusal refusal_of(const base::Error& error) {
  switch (error.kind) {
    case ErrorKind::internal:
      base::log::error("dns.update.failed", {{"detail", error.detail}});
      return {Rcode::servfail, ExtendedError::other, "the server is broken; its log says where"};
    case ErrorKind::unavailable: return {Rcode::servfail, ExtendedError::not_ready, error.detail};
    case ErrorKind::not_found: return {Rcode::notzone, ExtendedError::not_authoritative, error.detail};
    default: return {Rcode::refused, ExtendedError::prohibited, error.detail};
  }
}

// RFC 2136 §3.2.5.
Refusal refusal_of(const Prerequisite& unmet) {
  const std::string owner = unmet.owner.text();
  switch (unmet.kind) {
    case Prerequisite::Kind::rrset_exists:
    case Prerequisite::Kind::rrset_has_value:
      return {Rcode::nxrrset, ExtendedError::other, "prerequisite: no such RRset at " + owner};
    case Prerequisite::Kind::rrset_does_not_exist:
      return {Rcode::yxrrset, ExtendedError::other, "prerequisite: there is such an RRset at " + owner};
    case Prerequisite::Kind::name_is_in_use:
      return {Rcode::nxdomain, ExtendedError::other, "prerequisite: nothing stands at " + owner};
    case Prerequisite::Kind::name_is_not_in_use:
      return {Rcode::yxdomain, ExtendedError::other, "prerequisite: something stands at " + owner};
  }
  return {Rcode::servfail};
}

std::vector<Prerequisite> moved(std::vector<Prerequisite> prerequisites, const std::map<Name, Name>& owners) {
  for (Prerequisite& prerequisite : prerequisites)
    prerequisite.owner = owners.at(prerequisite.owner);
  return prerequisites;
}

}  // namespace

Updates::Updates(Publishing& publishing, AliasTargets* targets, const base::Clock& clock,
                 UpdateOptions options)
    : publishing_(publishing), targets_(targets), clock_(clock), options_(std::move(options)) {
  assert(targets_ != nullptr || options_.alias_zones.empty());
}

Task<Refusal> Updates::carry_out(UpdateMessage update, Writer writer) {
  const auto owners = co_await find_owners(update);
  if (!owners) co_return owners.error();
  auto prerequisites = moved(std::move(update.prerequisites), *owners);
  auto changes = changes_of(update, *owners, writer);
  Transaction transaction;
  transaction.writer = std::move(writer);
  transaction.prerequisites = prerequisites;
  transaction.changes = std::move(changes);
  const auto updated = co_await publishing_.update(std::move(transaction));
  if (!updated) co_return refusal_of(updated.error());
  if (updated->unmet) co_return refusal_of(prerequisites[*updated->unmet]);
  co_return Refusal{.rcode = Rcode::noerror};
}

const Name* Updates::alias_zone_of(const Name& name) const {
  const Name* found = nullptr;
  for (const Name& zone : options_.alias_zones) {
    if (name.is_under(zone) && (!found || found->label_count() < zone.label_count())) found = &zone;
  }
  return found;
}

Task<OrRefusal<Updates::Owners>> Updates::find_owners(const UpdateMessage& update) const {
  const auto zone = publishing_.zone_of(update.zone);
  const bool is_own = zone && *zone == update.zone;
  const Name* alias_zone = alias_zone_of(update.zone);
  if (!is_own && (!alias_zone || *alias_zone != update.zone)) {
    const std::string hint = zone ? "; the zone here is " + zone->text() : "";
    co_return refuse(Rcode::notauth, ExtendedError::not_authoritative,
                     update.zone.text() + " is no zone of this server" + hint);
  }
  Owners owners;
  std::vector<Name> names;
  for (const Prerequisite& prerequisite : update.prerequisites)
    names.push_back(prerequisite.owner);
  for (const UpdateRecord& record : update.updates)
    names.push_back(record.owner);
  for (const Name& name : names) {
    if (owners.contains(name)) continue;
    auto owner = is_own ? own(update.zone, name) : OrRefusal<Name>();
    if (!is_own) owner = co_await follow(name);
    if (!owner) co_return tl::unexpected(owner.error());
    owners.emplace(name, *std::move(owner));
  }
  co_return owners;
}

OrRefusal<Name> Updates::own(const Name& zone, const Name& owner) const {
  const auto holds = publishing_.zone_of(owner);
  if (holds && *holds == zone) return owner;
  return refuse(Rcode::notzone, ExtendedError::not_authoritative,
                owner.text() + " is in the zone " + (holds ? holds->text() : "of somebody else"));
}

// Policy is checked where the value will stand, when it is written (Publishing::update): what the client calls the
// name gives it no right.
Task<OrRefusal<Name>> Updates::follow(Name owner) const {
  const auto target = co_await targets_->target(owner);
  if (!target && target.error().kind == ErrorKind::malformed) {
    co_return refuse(Rcode::refused, ExtendedError::prohibited, target.error().detail);
  }
  if (!target) co_return refuse(Rcode::servfail, ExtendedError::not_ready, target.error().detail);
  if (publishing_.zone_of(*target)) co_return *target;
  const std::string where =
      *target == owner ? "has no CNAME" : "leads to " + target->text() + " by its CNAME";
  co_return refuse(Rcode::refused, ExtendedError::prohibited,
                   owner.text() + " " + where + ", and that is in no zone of this server");
}

std::vector<OwnerChange> Updates::changes_of(const UpdateMessage& update, const Owners& owners,
                                             const Writer& writer) const {
  const Time now = clock_.now();
  auto lifetime = options_.lifetime;
  if (writer.credential) lifetime = std::min(lifetime, writer.credential->limits.lifetime_max);
  std::vector<OwnerChange> changes;
  for (const UpdateRecord& record : update.updates) {
    const Name& owner = owners.at(record.owner);
    switch (record.kind) {
      case UpdateRecord::Kind::add:
        changes.push_back(
            Present{writer, {writer.name, owner, record.value, now, now + lifetime, writer.tag}});
        break;
      case UpdateRecord::Kind::delete_value: changes.push_back(Remove{writer, owner, record.value}); break;
      case UpdateRecord::Kind::delete_rrset:
      case UpdateRecord::Kind::delete_name: changes.push_back(Remove{writer, owner, std::nullopt}); break;
    }
  }
  return changes;
}

}  // namespace dnsserver
