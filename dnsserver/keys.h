#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/name.h"

namespace dnsserver {

using base::Bytes;
using base::BytesView;
using base::Name;

// Keys of what the DNS side keeps in the store (storage/tables.h,
// docs/storage-format.md):
//
//   'z' apex                              a zone
//   'r' apex 00 owner 00 type             a static RRset, type in network order
//   'c' apex 00 owner 00 digest           one challenge value of one credential
//   'n' apex 00 owner                     a node: every RRset of one owner, rendered (dnsserver/node.h)
//   'd' id                                a publishing credential
//   'g' SHA-256 of the user name          its id
//   't' sort key of the TSIG key's name   its id
//   'h' sort key of a name                a name that was handed out
//   'e' sort key of a name                how many credentials hold it (dnsserver/held_names.h)
//   'm' id 00 sort key of a domain        an account that a client keeps here
//
// where `apex` is the apex's Name::sort_key() and `owner` is what the owner's sort key has behind it. A
// length octet is never 0, so 00 ends a name without doubt, and whatever lies below a name starts with that
// name's node key: the first key at or after a node key tells the node, an empty non-terminal and nothing
// apart.
//
// REQUIRES of all with both: owner.is_under(apex).

Bytes zone_key(const Name& apex);

Bytes static_rrset_key(const Name& apex, const Name& owner, uint16_t type);
// Prefix of the static RRsets of one owner, of one owner and all below it, and of one zone.
Bytes static_rrsets_prefix(const Name& apex, const Name& owner);
Bytes static_rrsets_at_or_below(const Name& apex, const Name& owner);
Bytes static_rrsets_prefix(const Name& apex);

// The digest is the first 16 octets of SHA-256(credential 00 value), or with a tag of
// SHA-256(SHA-256(tag) credential 00 value).
Bytes challenge_key(const Name& apex, const Name& owner, BytesView credential, BytesView value,
                    BytesView tag = {});
// Prefix of the challenge values at one owner, at one owner and all below it, and in one zone.
Bytes challenges_prefix(const Name& apex, const Name& owner);
Bytes challenges_at_or_below(const Name& apex, const Name& owner);
Bytes challenges_prefix(const Name& apex);

Bytes node_key(const Name& apex, const Name& owner);
// Prefix of all nodes of one zone, which is the apex's own node key.
Bytes nodes_prefix(const Name& apex);

Bytes credential_key(BytesView id);
Bytes login_key(BytesView user_name);
Bytes tsig_key_key(const Name& key_name);
Bytes handed_out_key(const Name& owner);
Bytes held_name_key(const Name& name);
Bytes kept_account_key(BytesView credential, const Name& domain);
// Prefix of all accounts that one credential keeps.
Bytes kept_accounts_prefix(BytesView credential);

// Prefixes of all zones, static RRsets, challenge values, nodes, credentials and held names.
Bytes zones_prefix();
Bytes all_static_rrsets_prefix();
Bytes all_challenges_prefix();
Bytes all_nodes_prefix();
Bytes all_credentials_prefix();
Bytes all_held_names_prefix();

}  // namespace dnsserver
