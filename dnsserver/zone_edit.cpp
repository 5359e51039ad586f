#include "dnsserver/zone_edit.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "dnsserver/keys.h"
#include "dnsserver/rdata.h"
#include "dnsserver/serial.h"
#include "dnsserver/static_rrset.h"
#include "dnsserver/stored.h"

namespace dnsserver {

namespace {

using base::ErrorKind;
using base::fail;
using storage::Batch;
using storage::Entry;

// RFC 1034 §3.6.2.
Result<void> check_cname_is_alone(const OwnerContent& content) {
  if (!content.static_rrsets.contains(kTypeCname) || rrsets_of(content).size() == 1) return {};
  return fail(ErrorKind::conflict,
              "a CNAME and other data cannot stand at one name, " + content.owner.text());
}

// What the writer's own limits say, once its value is among the challenges.
Result<void> check_limits(const Present& present, const std::map<Bytes, Challenge>& challenges, Time now) {
  if (!present.writer.credential) return {};
  const WriteLimits& limits = present.writer.credential->limits;
  const std::string whose = "credential " + present.writer.name;
  const auto own = std::ranges::count_if(
      challenges, [&](const auto& entry) { return entry.second.credential == present.writer.name; });
  if (size_t(own) > limits.values_per_name) {
    return fail(ErrorKind::too_large, whose + " holds " + std::to_string(limits.values_per_name) +
                                          " values at " + present.challenge.owner.text() +
                                          ", as many as it may");
  }
  if (present.challenge.expires - now > limits.lifetime_max) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(limits.lifetime_max).count();
    return fail(ErrorKind::malformed,
                "lifetime: values of " + whose + " live for at most " + std::to_string(seconds) + " s");
  }
  return {};
}

// RFC 6672 §2.3. The NS of an apex are not among the static RRsets.
Result<void> check_dname_is_no_cut(const OwnerContent& content) {
  if (!content.static_rrsets.contains(kTypeDname) || !content.static_rrsets.contains(kTypeNs)) return {};
  return fail(ErrorKind::conflict,
              "a DNAME and a delegation cannot stand at one name, " + content.owner.text());
}

}  // namespace

std::vector<Name> ZoneEdit::needed(const Name& owner) const {
  std::vector<Name> names{zone_.apex};
  for (Name name = owner; name != zone_.apex; name = name.parent()) {
    if (name == owner || zone_.has_cuts) names.push_back(name);
  }
  std::erase_if(names, [&](const Name& name) { return owners_.contains(name.sort_key()); });
  return names;
}

Result<void> ZoneEdit::load(const Name& owner, const std::vector<Entry>& static_rrsets,
                            const std::vector<Entry>& challenges) {
  Loaded loaded;
  loaded.stored.owner = owner;
  for (const Entry& entry : static_rrsets) {
    TRY(RRset rrset, decode_static_rrset(entry.value));
    loaded.revisions[entry.key] = entry.revision;
    loaded.stored.static_rrsets[rrset.type] = std::move(rrset);
  }
  for (const Entry& entry : challenges) {
    TRY(loaded.stored.challenges[entry.key], decode_challenge(entry.value));
    loaded.revisions[entry.key] = entry.revision;
  }
  loaded.content = loaded.stored;
  loaded.expired = std::erase_if(loaded.content.challenges,
                                 [&](const auto& entry) { return !is_live(entry.second, now_); });
  owners_[owner.sort_key()] = std::move(loaded);
  return {};
}

Result<size_t> ZoneEdit::apply(const OwnerChange& change) {
  const auto found = owners_.find(owner_of(change).sort_key());
  assert(found != owners_.end());
  Loaded changed = found->second;
  TRY(const size_t removed,
      std::visit([&](const auto& which) { return this->change(changed, which); }, change));
  CHECK(check_cname_is_alone(changed.content));
  CHECK(check_dname_is_no_cut(changed.content));
  CHECK(node_of(changed.content, zone_));
  note_flags(changed.content);
  if (before_) before_->try_emplace(found->first, found->second);
  found->second = std::move(changed);
  return removed;
}

// The flags of the zone stay: see Zone.
void ZoneEdit::roll_back() {
  if (!before_) return;
  for (auto& [sort_key, loaded] : *before_)
    owners_[sort_key] = std::move(loaded);
  before_.reset();
}

std::vector<RRset> ZoneEdit::rrsets_at(const Name& owner) const {
  const auto found = owners_.find(owner.sort_key());
  assert(found != owners_.end());
  std::vector<RRset> rrsets = rrsets_of(found->second.content);
  if (owner == zone_.apex) {
    rrsets.push_back(soa_rrset(zone_));
    rrsets.push_back(ns_rrset(zone_));
  }
  return rrsets;
}

Result<size_t> ZoneEdit::change(Loaded& owner, const PutRRset& put) {
  CHECK(check_static_rrset(zone_.apex, put.rrset));
  CHECK(check_not_occluded(put.rrset.owner, put.rrset.type));
  if (put.rrset.type == kTypeDname) CHECK(check_nothing_below(put.rrset.owner));
  RRset rrset = put.rrset;
  drop_duplicates(rrset);
  if (rrset.type == kTypeNs && rrset.owner == zone_.apex) return put_name_servers(owner.content, rrset);
  owner.content.static_rrsets[rrset.type] = std::move(rrset);
  return 0;
}

// Those of the apex are part of the zone.
Result<size_t> ZoneEdit::put_name_servers(const OwnerContent& content, const RRset& rrset) {
  if (rrset.rdata.size() > kNameServersMax) {
    return fail(ErrorKind::too_large, "rdata: " + zone_.apex.text() + " has at most 16 name servers");
  }
  Zone changed = zone_;
  changed.name_servers.clear();
  for (const Bytes& rdata : rrset.rdata) {
    TRY(changed.name_servers.emplace_back(), Name::from_wire(rdata));
  }
  changed.ttl = std::chrono::seconds(rrset.ttl);
  CHECK(node_of(content, changed));
  zone_ = std::move(changed);
  return 0;
}

Result<size_t> ZoneEdit::change(Loaded& owner, const DeleteRRset& remove) {
  if (remove.type == kTypeSoa) return fail(ErrorKind::malformed, "type: the SOA is the zone's own");
  if (remove.type == kTypeNs && remove.owner == zone_.apex) {
    return fail(ErrorKind::conflict, "the apex " + zone_.apex.text() + " keeps its NS RRset");
  }
  owner.content.static_rrsets.erase(remove.type);
  return 0;
}

Result<size_t> ZoneEdit::change(Loaded& owner, const Present& present) {
  const Challenge& challenge = present.challenge;
  CHECK(check_challenge(challenge, now_));
  CHECK(check_not_occluded(challenge.owner, kTypeTxt));
  Bytes key =
      challenge_key(zone_.apex, challenge.owner, challenge.credential, challenge.value, challenge.tag);
  auto& challenges = owner.content.challenges;
  const auto [entry, added] = challenges.try_emplace(std::move(key), challenge);
  entry->second.expires = challenge.expires;
  if (challenges.size() > kChallengesPerNameMax) {
    return fail(ErrorKind::too_large,
                challenge.owner.text() + " holds 100 challenge values, as many as it may");
  }
  CHECK(check_limits(present, challenges, now_));
  return 0;
}

Result<size_t> ZoneEdit::change(Loaded& owner, const Remove& remove) {
  return std::erase_if(owner.content.challenges, [&](const auto& entry) {
    return entry.second.credential == remove.writer.name &&
           (remove.writer.tag.empty() || entry.second.tag == remove.writer.tag) &&
           (!remove.value || entry.second.value == *remove.value);
  });
}

// load() has done it.
Result<size_t> ZoneEdit::change(Loaded& owner, const Expire&) { return std::exchange(owner.expired, 0); }

// At a cut stand the delegation and its DS, at it and below it glue; nothing else would be served (RFC 1034
// §4.2.1). Below a DNAME nothing stands (RFC 6672 §2.4).
Result<void> ZoneEdit::check_not_occluded(const Name& owner, uint16_t type) const {
  for (Name name = owner;; name = name.parent()) {
    const bool is_apex = name == zone_.apex;
    const auto found = owners_.find(name.sort_key());
    const auto has = [&](uint16_t other) {
      return found != owners_.end() && found->second.content.static_rrsets.contains(other);
    };
    const bool of_the_cut = name == owner && (type == kTypeNs || type == kTypeDs || type == kTypeDname);
    const bool is_glue = type == kTypeA || type == kTypeAaaa;
    std::string_view why;
    if (name != owner && has(kTypeDname)) why = " redirects all names below it by a DNAME";
    if (!is_apex && has(kTypeNs) && !of_the_cut && !is_glue) why = " is delegated to other servers";
    if (!why.empty()) {
      return fail(ErrorKind::conflict, owner.text() + " " + type_text(type) +
                                           " would not be served: " + name.text() + std::string(why));
    }
    if (is_apex) return {};
  }
}

Result<void> ZoneEdit::check_nothing_below(const Name& owner) const {
  const Bytes key = owner.sort_key();
  const auto stands_below = [&](const auto& loaded) {
    return loaded.first.size() > key.size() && loaded.first.starts_with(key) &&
           !rrsets_of(loaded.second.content).empty();
  };
  if (!with_names_below_.contains(key) && std::ranges::none_of(owners_, stands_below)) return {};
  return fail(ErrorKind::conflict, "names stand below " + owner.text() + ", which a DNAME there would hide");
}

void ZoneEdit::note_flags(const OwnerContent& content) {
  if (content.static_rrsets.empty() && content.challenges.empty()) return;
  if (content.owner != zone_.apex && content.static_rrsets.contains(kTypeNs)) zone_.has_cuts = true;
  if (content.static_rrsets.contains(kTypeDname)) zone_.has_cuts = true;
  for (Name name = content.owner; name != zone_.apex; name = name.parent()) {
    if (name.is_wildcard()) zone_.has_wildcards = true;
  }
}

Result<void> ZoneEdit::apply_soa_and_ns(const Zone& wanted) {
  const auto apex = owners_.find(zone_.apex.sort_key());
  assert(apex != owners_.end());
  Zone changed = wanted;
  changed.apex = zone_.apex;  // in the case that it was made in
  changed.serial = zone_.serial;
  changed.has_cuts = zone_.has_cuts;
  changed.has_wildcards = zone_.has_wildcards;
  CHECK(node_of(apex->second.content, changed));
  zone_ = std::move(changed);
  serial_wanted_ = wanted.serial;
  return {};
}

void ZoneEdit::finish(Batch& batch) {
  const auto shows = [](const Loaded& loaded) {
    return rrsets_of(loaded.stored) != rrsets_of(loaded.content);
  };
  const bool is_new = revision_ == storage::kAbsent;
  const bool is_behind = serial_wanted_ && serial_less(zone_.serial, *serial_wanted_);
  const bool visible = is_new || is_behind || zone_ != stored_ ||
                       std::ranges::any_of(owners_, [&](const auto& owner) { return shows(owner.second); });
  if (visible && !is_new) zone_.serial = next_serial(zone_.serial, now_);
  if (is_behind && serial_less(zone_.serial, *serial_wanted_)) zone_.serial = *serial_wanted_;

  const size_t puts_before = batch.puts.size();
  const size_t deletes_before = batch.deletes.size();
  for (const auto& [sort_key, loaded] : owners_) {
    add_entries(loaded, batch);
    const bool is_apex = loaded.content.owner == zone_.apex;
    if (!shows(loaded) && !(is_apex && visible)) continue;
    auto node = node_of(loaded.content, zone_);
    assert(node.has_value());  // apply() has rendered it before
    Bytes key = node_key(zone_.apex, loaded.content.owner);
    if (node->empty()) {
      batch.deletes.push_back(std::move(key));
    } else {
      batch.puts.push_back({std::move(key), *std::move(node)});
    }
  }
  if (visible) batch.puts.push_back({zone_key(zone_.apex), encode(StoredZone{zone_})});
  if (batch.puts.size() > puts_before || batch.deletes.size() > deletes_before) {
    batch.expected.push_back({zone_key(zone_.apex), revision_});
  }
}

void ZoneEdit::note_holders(LiveNames& names) const {
  for (const auto& [sort_key, loaded] : owners_) {
    for (const auto& [key, challenge] : loaded.stored.challenges)
      names.set(challenge.credential, challenge.owner, false);
    for (const auto& [key, challenge] : loaded.content.challenges)
      names.set(challenge.credential, challenge.owner, true);
  }
}

// Expects each entry that it changes at the revision that was read: another process may renew a value without
// moving the zone's revision.
void ZoneEdit::add_entries(const Loaded& loaded, Batch& batch) const {
  const auto changed = [&](const Bytes& key) {
    const auto revision = loaded.revisions.find(key);
    batch.expected.push_back({key, revision == loaded.revisions.end() ? storage::kAbsent : revision->second});
  };
  const OwnerContent& was = loaded.stored;
  const OwnerContent& is = loaded.content;
  for (const auto& [type, rrset] : is.static_rrsets) {
    const auto before = was.static_rrsets.find(type);
    if (before != was.static_rrsets.end() && before->second == rrset) continue;
    Bytes key = static_rrset_key(zone_.apex, is.owner, type);
    changed(key);
    batch.puts.push_back({std::move(key), encode(rrset)});
  }
  for (const auto& [type, rrset] : was.static_rrsets) {
    if (is.static_rrsets.contains(type)) continue;
    Bytes key = static_rrset_key(zone_.apex, is.owner, type);
    changed(key);
    batch.deletes.push_back(std::move(key));
  }
  for (const auto& [key, challenge] : is.challenges) {
    const auto before = was.challenges.find(key);
    if (before != was.challenges.end() && before->second == challenge) continue;
    changed(key);
    batch.puts.push_back({key, encode(challenge), challenge.expires});
  }
  for (const auto& [key, challenge] : was.challenges) {
    if (is.challenges.contains(key)) continue;
    changed(key);
    batch.deletes.push_back(key);
  }
}

}  // namespace dnsserver
