#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/name.h"
#include "dnsserver/credential.h"
#include "dnsserver/rrset.h"
#include "dnsserver/zone.h"

namespace dnsserver {

// Of an RRset that an act tells: records, beyond which they are counted, and characters of each.
inline constexpr size_t kRdataToldMax = 10;
inline constexpr size_t kRdataTextToldMax = 500;
// The same of a credential: scopes.
inline constexpr size_t kScopesToldMax = 20;

// Who administers zones and credentials. Both empty: this server.
//
// It has constructors because it goes by value into awaited calls, where g++ 12 destroys temporaries of an aggregate
// twice.
struct Administrator {
  Administrator() = default;
  Administrator(std::string credential_name, std::string from)
      : credential(std::move(credential_name)), address(std::move(from)) {}

  // The name of a credential of the configuration. Empty: somebody who makes or removes an account of their own.
  std::string credential;
  std::string address;  // the IP address that the request came from, where it is known

  bool operator==(const Administrator&) const = default;
};

enum class ActKind {
  zone_created,
  zone_deleted,
  zone_imported,
  rrset_put,
  rrset_deleted,
  credential_created,
  credential_updated,
  credential_removed,
};

struct ActDetail {
  std::string name;
  std::string value;

  bool operator==(const ActDetail&) const = default;
};

// What an administrator did to zones, to what stands in them, or to credentials, with what is to be known of it
// afterwards. No secret is in it. Challenge values are published, not administered: they are no acts.
struct Act {
  ActKind kind;
  Administrator by;
  std::vector<Name> names = {};  // an apex, an owner, or where a credential may write
  std::vector<ActDetail> details = {};

  void add(std::string name, std::string value) { details.push_back({std::move(name), std::move(value)}); }

  bool operator==(const Act&) const = default;
};

// Of a zone: its serial.
Act act_of(ActKind kind, const Zone& zone, Administrator by);
// That an RRset was put, with its type, TTL and RDATA; and that one was deleted.
Act act_of(const RRset& rrset, Administrator by);
Act act_of(const Name& owner, uint16_t type, Administrator by);
// Of a credential: its id, where it may write, as far as kScopesToldMax, from where, with which user name and keys, and
// until when.
Act act_of(ActKind kind, const Credential& credential, Administrator by);

}  // namespace dnsserver
