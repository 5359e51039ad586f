#pragma once

#include <string>
#include <utility>

#include "acmecore/account.h"

namespace acmecore {

// Who does something, as the audit log tells it. All empty: this server.
//
// It has constructors because it goes by value into awaited calls, where g++ 12 destroys temporaries of an aggregate
// twice.
struct Actor {
  Actor() = default;
  Actor(std::string credential_name, std::string account_id, std::string from)
      : credential(std::move(credential_name)), account(std::move(account_id)), address(std::move(from)) {}

  std::string credential;  // the name of a gRPC credential: an operator's, or one that orders certificates
  std::string account;     // the id of an ACME account: its key signed the request, or it is the credential's
  std::string address;     // the IP address that the request came from, where it is known

  bool operator==(const Actor&) const = default;
};

// An account that asks for something, and from where.
struct Requester : Account {
  Requester() = default;
  Requester(Account asks, std::string from = {}) : Account(std::move(asks)), address(std::move(from)) {}

  std::string address;  // empty: it is not known

  Actor actor() const { return {principal, id, address}; }
};

}  // namespace acmecore
