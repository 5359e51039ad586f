#include "dnsserver/act.h"

#include <algorithm>

#include "base/time.h"
#include "dnsserver/rdata.h"

namespace dnsserver {

namespace {

// As `assay credential list` says it.
std::string text_of(const Scope& scope) {
  return (scope.excluded ? "never " : "") + scope.name.text() +
         (scope.reach == Scope::Reach::subtree ? " and below" : "");
}

}  // namespace

Act act_of(ActKind kind, const Zone& zone, Administrator by) {
  Act act{kind, std::move(by), {zone.apex}};
  act.add("serial", std::to_string(zone.serial));
  return act;
}

Act act_of(const RRset& rrset, Administrator by) {
  Act act{ActKind::rrset_put, std::move(by), {rrset.owner}};
  act.add("type", type_text(rrset.type));
  act.add("ttl", std::to_string(rrset.ttl));
  const size_t told = std::min(rrset.rdata.size(), kRdataToldMax);
  for (size_t i = 0; i < told; ++i)
    act.add("rdata", rdata_text(rrset.type, rrset.rdata[i]).substr(0, kRdataTextToldMax));
  if (told < rrset.rdata.size()) act.add("records", std::to_string(rrset.rdata.size()));
  return act;
}

Act act_of(const Name& owner, uint16_t type, Administrator by) {
  Act act{ActKind::rrset_deleted, std::move(by), {owner}};
  act.add("type", type_text(type));
  return act;
}

Act act_of(ActKind kind, const Credential& credential, Administrator by) {
  Act act{kind, std::move(by)};
  act.add("publishing_credential", credential.id);
  if (!credential.comment.empty()) act.add("comment", credential.comment);
  const size_t told = std::min(credential.scopes.size(), kScopesToldMax);
  for (size_t i = 0; i < told; ++i) {
    const Scope& scope = credential.scopes[i];
    act.add("scope", text_of(scope));
    if (!scope.excluded) act.names.push_back(scope.name);
  }
  if (told < credential.scopes.size()) act.add("scopes", std::to_string(credential.scopes.size()));
  for (const base::IpNetwork& source : credential.sources)
    act.add("source", source.text());
  if (credential.login) act.add("user_name", credential.login->name);
  for (const TsigKey& key : credential.tsig_keys)
    act.add("tsig_key", std::string(name_of(key.algorithm)) + ":" + key.name.text());
  if (credential.expires) act.add("expires", base::rfc3339(*credential.expires));
  if (credential.disabled) act.add("disabled", "yes");
  return act;
}

}  // namespace dnsserver
