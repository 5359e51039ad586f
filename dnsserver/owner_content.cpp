#include "dnsserver/owner_content.h"

#include <algorithm>

#include "dnsserver/node.h"
#include "dnsserver/static_rrset.h"

namespace dnsserver {

namespace {

Bytes character_string(const Bytes& value) { return char(value.size()) + value; }

void merge_challenges(const OwnerContent& content, std::map<uint16_t, RRset>& rrsets) {
  if (content.challenges.empty()) return;
  auto [txt, added] = rrsets.try_emplace(kTypeTxt, RRset{content.owner, kTypeTxt, kChallengeTtl, {}});
  txt->second.ttl = std::min(txt->second.ttl, kChallengeTtl);
  for (const auto& [key, challenge] : content.challenges) {
    txt->second.rdata.push_back(character_string(challenge.value));
  }
  drop_duplicates(txt->second);
}

}  // namespace

std::vector<RRset> rrsets_of(const OwnerContent& content) {
  std::map<uint16_t, RRset> by_type = content.static_rrsets;
  merge_challenges(content, by_type);
  std::vector<RRset> rrsets;
  for (auto& [type, rrset] : by_type)
    rrsets.push_back(std::move(rrset));
  return rrsets;
}

base::Result<Bytes> node_of(const OwnerContent& content, const Zone& zone) {
  std::vector<RRset> rrsets = rrsets_of(content);
  if (content.owner == zone.apex) {
    rrsets.push_back(soa_rrset(zone));
    rrsets.push_back(ns_rrset(zone));
  }
  if (rrsets.empty()) return Bytes();
  TRY(Bytes node, render_node(rrsets));
  if (node.size() > kNodeSizeMax) {
    return base::fail(base::ErrorKind::too_large,
                      "all that stands at " + content.owner.text() + " is over 64 KiB");
  }
  return node;
}

}  // namespace dnsserver
