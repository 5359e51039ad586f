#include "dnsserver/zone_content.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dnsserver/owner_content.h"
#include "dnsserver/rdata.h"
#include "dnsserver/static_rrset.h"

namespace dnsserver {

namespace {

constexpr uint16_t kTypeDname = 39;

std::string what(const RRset& rrset) { return rrset.owner.text() + " " + type_text(rrset.type); }

bool is_address(uint16_t type) { return type == kTypeA || type == kTypeAaaa; }

bool names_server(const RRset& ns, const Name& name) {
  return std::ranges::any_of(ns.rdata,
                             [&](const Bytes& rdata) { return base::lower(rdata) == name.lowered(); });
}

// One pass over the content, owner by owner, from the apex down.
class ContentCheck {
 public:
  ContentCheck(const Zone& zone, const ZoneContent& content, Findings& findings)
      : zone_(zone), content_(content), findings_(findings) {}

  void run(size_t ns_line) {
    for (auto at = content_.begin(); at != content_.end();) {
      const Name& owner = at->second.rrset.owner;
      std::vector<const PlacedRRset*> rrsets;
      for (; at != content_.end() && at->second.rrset.owner == owner; ++at)
        rrsets.push_back(&at->second);
      check_owner(owner, rrsets);
    }
    if (ns_line > 0) check_name_servers(ns_rrset(zone_), ns_line);
    for (const auto& [key, placed] : content_) {
      if (placed.rrset.type == kTypeNs) check_name_servers(placed.rrset, placed.line);
    }
  }

 private:
  void add(size_t line, Severity severity, std::string text) {
    findings_.push_back({line, severity, std::move(text)});
  }

  bool has(const Name& owner, uint16_t type) const { return content_.contains(content_key(owner, type)); }
  bool has_address(const Name& owner) const { return has(owner, kTypeA) || has(owner, kTypeAaaa); }

  void check_owner(const Name& owner, std::span<const PlacedRRset* const> rrsets) {
    if (!owner.is_under(zone_.apex)) {
      for (const PlacedRRset* placed : rrsets) {
        add(placed->line, Severity::error,
            what(placed->rrset) + " lies outside the zone " + zone_.apex.text());
      }
      return;
    }
    find_above(owner, rrsets);
    OwnerContent held{.owner = owner, .static_rrsets = {}, .challenges = {}};
    for (const PlacedRRset* placed : rrsets) {
      if (const auto checked = check_static_rrset(zone_.apex, placed->rrset); !checked) {
        add(placed->line, Severity::error, checked.error().detail);
        continue;
      }
      check_not_occluded(*placed);
      held.static_rrsets[placed->rrset.type] = placed->rrset;
    }
    const size_t line = rrsets.front()->line;
    if (held.static_rrsets.contains(kTypeCname) && held.static_rrsets.size() > 1) {
      add(line, Severity::error, "a CNAME and other data cannot stand at one name, " + owner.text());
    }
    if (const auto node = node_of(held, zone_); !node) add(line, Severity::error, node.error().detail);
  }

  // Keeps above_ for as long as it lies above what comes, and takes a new one where there is none.
  void find_above(const Name& owner, std::span<const PlacedRRset* const> rrsets) {
    if (above_ != nullptr && !owner.is_under(above_->owner)) above_ = nullptr;
    for (const PlacedRRset* placed : rrsets) {
      const uint16_t type = placed->rrset.type;
      if (above_ == nullptr && (type == kTypeNs || type == kTypeDname)) above_ = &placed->rrset;
    }
  }

  // As ZoneEdit has it: at a cut stand NS, DS and addresses, below it addresses; below a DNAME nothing.
  void check_not_occluded(const PlacedRRset& placed) {
    if (above_ == nullptr) return;
    const RRset& rrset = placed.rrset;
    const bool is_at = rrset.owner == above_->owner;
    if (above_->type == kTypeDname) {
      if (is_at) return;
      add(placed.line, Severity::error,
          what(rrset) + " would not be served: " + above_->owner.text() + " is a DNAME");
    } else if (is_address(rrset.type)) {
      if (names_server(*above_, rrset.owner)) return;
      add(placed.line, Severity::warning,
          what(rrset) + " is never served: " + above_->owner.text() +
              " is delegated to other servers, and this is the address of none of them");
    } else if (!is_at || (rrset.type != kTypeNs && rrset.type != kTypeDs)) {
      add(placed.line, Severity::error,
          what(rrset) + " would not be served: " + above_->owner.text() + " is delegated to other servers");
    }
  }

  void check_name_servers(const RRset& ns, size_t line) {
    for (const Bytes& rdata : ns.rdata) {
      const auto name = Name::from_wire(rdata);
      if (!name || !name->is_under(zone_.apex)) continue;
      if (has(*name, kTypeCname)) {
        add(line, Severity::warning, what(ns) + " names " + name->text() + ", which is an alias");
      } else if (!has_address(*name) && !has_address_elsewhere(ns.owner, *name)) {
        add(line, Severity::warning, what(ns) + " names " + name->text() + ", which has no address here");
      }
    }
  }

  // By another delegation, or by a wildcard.
  bool has_address_elsewhere(const Name& delegated, const Name& name_server) const {
    for (Name name = name_server; name != zone_.apex; name = name.parent()) {
      if (name != delegated && has(name, kTypeNs)) return true;
      const auto wildcard = name.parent().prepend("*");
      if (wildcard && has_address(*wildcard)) return true;
    }
    return false;
  }

  const Zone& zone_;
  const ZoneContent& content_;
  Findings& findings_;
  const RRset* above_ = nullptr;  // the delegation or DNAME that what comes next may lie at or below
};

}  // namespace

Bytes content_key(const Name& owner, uint16_t type) {
  return owner.sort_key() + '\0' + char(type >> 8) + char(type & 0xff);
}

void check_content(const Zone& zone, size_t ns_line, const ZoneContent& content, Findings& findings) {
  ContentCheck(zone, content, findings).run(ns_line);
}

}  // namespace dnsserver
