#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "dnsserver/change.h"
#include "dnsserver/check_zone.h"
#include "dnsserver/live_names.h"
#include "dnsserver/owner_content.h"
#include "storage/store.h"

namespace dnsserver {

// One zone while changes are folded into it, so that many of them are one commit. It starts from what the
// store holds, is given the content of each owner that a change needs, takes the changes one by one, and says
// in the end what to commit. Pure.
class ZoneEdit {
 public:
  // `revision` is that of the zone's entry, read before any content. storage::kAbsent: the zone is made by this
  // edit, with the serial that it has here.
  ZoneEdit(Zone zone, storage::Revision revision, Time now)
      : stored_(zone), zone_(std::move(zone)), revision_(revision), now_(now) {}

  const Zone& zone() const { return zone_; }

  // The owners that a change at `owner` needs the content of and that are not loaded yet: the apex, the
  // owner, and in a zone with cuts everything between.
  std::vector<Name> needed(const Name& owner) const;

  // internal: the store holds something else. REQUIRES: all entries of the owner, of one revision or of
  // several.
  Result<void> load(const Name& owner, const std::vector<storage::Entry>& static_rrsets,
                    const std::vector<storage::Entry>& challenges);

  // The store holds names below this owner, which a change that puts a DNAME there needs to know.
  void note_names_below(const Name& owner) { with_names_below_.insert(owner.sort_key()); }

  // Applies one change, or none of it, and returns how many challenge values it removed. What failed leaves
  // no trace.
  //
  // malformed: see check_static_rrset() and check_challenge(), and to delete the SOA. conflict: CNAME and
  // other data at one name (RFC 1034 §3.6.2), what would be occluded by a delegation or a DNAME, a DNAME above
  // other names (RFC 6672 §2.4) or at a delegation, the apex without NS.
  // too_large: more challenges than kChallengesPerNameMax or than the writer's limit, or more data than
  // kNodeSizeMax. REQUIRES: needed() of its owner is loaded; the writer may write there (permits()).
  Result<size_t> apply(const OwnerChange& change);

  // What follows is done altogether or not at all: begin(), and then either keep() or roll_back(), which do nothing
  // without it.
  void begin() {
    if (!before_) before_.emplace();
  }
  void keep() { before_.reset(); }
  void roll_back();

  // All that a query could see at the owner. REQUIRES: needed() of it is loaded.
  std::vector<RRset> rrsets_at(const Name& owner) const;
  // Takes SOA and NS from `wanted`, which check_zone() holds for good. The serial goes forwards only (RFC 1982): it
  // will be that of `wanted` where that lies ahead. too_large: kNodeSizeMax. REQUIRES: the apex is loaded.
  Result<void> apply_soa_and_ns(const Zone& wanted);

  // Adds what has changed to the batch, with the revisions that it expects; moves the serial if a query could
  // see a difference. To be called once.
  void finish(storage::Batch& batch);

  // Tells which names hold values of whom once this is committed.
  void note_holders(LiveNames& names) const;

  // True if the table of zones has to be made anew.
  bool changes_table() const {
    return revision_ == storage::kAbsent || zone_.has_cuts != stored_.has_cuts ||
           zone_.has_wildcards != stored_.has_wildcards;
  }

 private:
  struct Loaded {
    OwnerContent stored;
    OwnerContent content;  // without what has expired
    size_t expired = 0;
    std::map<Bytes, storage::Revision> revisions;
  };

  // Each changes the content in place; on error it is thrown away.
  Result<size_t> change(Loaded& owner, const PutRRset& put);
  Result<size_t> change(Loaded& owner, const DeleteRRset& remove);
  Result<size_t> change(Loaded& owner, const Present& present);
  Result<size_t> change(Loaded& owner, const Remove& remove);
  Result<size_t> change(Loaded& owner, const Expire& expire);

  Result<size_t> put_name_servers(const OwnerContent& content, const RRset& rrset);
  Result<void> check_not_occluded(const Name& owner, uint16_t type) const;
  Result<void> check_nothing_below(const Name& owner) const;
  void note_flags(const OwnerContent& content);
  void add_entries(const Loaded& loaded, storage::Batch& batch) const;

  Zone stored_;
  Zone zone_;
  storage::Revision revision_;
  Time now_;
  std::optional<uint32_t> serial_wanted_;
  std::map<Bytes, Loaded> owners_;  // by sort key
  std::set<Bytes> with_names_below_;
  std::optional<std::map<Bytes, Loaded>> before_;  // those that have changed since begin(), as they were
};

}  // namespace dnsserver
