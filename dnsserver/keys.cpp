#include "dnsserver/keys.h"

#include <openssl/sha.h>

#include <array>
#include <cassert>

#include "base/openssl.h"
#include "storage/tables.h"

namespace dnsserver {

namespace table = storage::table;

namespace {

constexpr char kEnd = '\0';
constexpr size_t kDigestSize = 16;

Bytes zone_prefix(char table, const Name& apex) { return table + apex.sort_key() + kEnd; }

Bytes owner_key(char table, const Name& apex, const Name& owner) {
  assert(owner.is_under(apex));
  return zone_prefix(table, apex) + owner.sort_key().substr(apex.sort_key().size());
}

}  // namespace

Bytes zone_key(const Name& apex) { return table::kZone + apex.sort_key(); }

Bytes static_rrset_key(const Name& apex, const Name& owner, uint16_t type) {
  return static_rrsets_prefix(apex, owner) + char(type >> 8) + char(type & 0xff);
}

Bytes static_rrsets_prefix(const Name& apex, const Name& owner) {
  return static_rrsets_at_or_below(apex, owner) + kEnd;
}

Bytes static_rrsets_at_or_below(const Name& apex, const Name& owner) {
  return owner_key(table::kStaticRRset, apex, owner);
}

Bytes static_rrsets_prefix(const Name& apex) { return zone_prefix(table::kStaticRRset, apex); }

Bytes challenge_key(const Name& apex, const Name& owner, BytesView credential, BytesView value,
                    BytesView tag) {
  const Bytes text = (tag.empty() ? Bytes() : base::sha256(tag)) + Bytes(credential) + '\0' + Bytes(value);
  std::array<uint8_t, SHA256_DIGEST_LENGTH> digest;
  SHA256(base::octets(text), text.size(), digest.data());
  return challenges_prefix(apex, owner) + Bytes(base::view(digest).substr(0, kDigestSize));
}

Bytes challenges_prefix(const Name& apex, const Name& owner) {
  return challenges_at_or_below(apex, owner) + kEnd;
}

Bytes challenges_at_or_below(const Name& apex, const Name& owner) {
  return owner_key(table::kChallenge, apex, owner);
}

Bytes challenges_prefix(const Name& apex) { return zone_prefix(table::kChallenge, apex); }

Bytes node_key(const Name& apex, const Name& owner) { return owner_key(table::kNode, apex, owner); }

Bytes nodes_prefix(const Name& apex) { return zone_prefix(table::kNode, apex); }

Bytes credential_key(BytesView id) { return table::kCredential + Bytes(id); }

Bytes login_key(BytesView user_name) { return table::kLogin + base::sha256(user_name); }

Bytes tsig_key_key(const Name& key_name) { return table::kTsigKey + key_name.sort_key(); }

Bytes handed_out_key(const Name& owner) { return table::kHandedOut + owner.sort_key(); }

Bytes held_name_key(const Name& name) { return table::kHeldName + name.sort_key(); }

Bytes kept_account_key(BytesView credential, const Name& domain) {
  return kept_accounts_prefix(credential) + domain.sort_key();
}

Bytes kept_accounts_prefix(BytesView credential) { return table::kKeptAccount + Bytes(credential) + kEnd; }

Bytes zones_prefix() { return Bytes(1, table::kZone); }

Bytes all_static_rrsets_prefix() { return Bytes(1, table::kStaticRRset); }

Bytes all_challenges_prefix() { return Bytes(1, table::kChallenge); }

Bytes all_nodes_prefix() { return Bytes(1, table::kNode); }

Bytes all_credentials_prefix() { return Bytes(1, table::kCredential); }

Bytes all_held_names_prefix() { return Bytes(1, table::kHeldName); }

}  // namespace dnsserver
