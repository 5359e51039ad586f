#pragma once

#include "base/http/message.h"
#include "base/task.h"
#include "dnsserver/http/access.h"
#include "dnsserver/kept_accounts.h"

namespace dnsserver::http {

// Whether the world is already sent from one name to another. Implemented by whoever wires it to a resolver.
class AliasCheck {
 public:
  virtual ~AliasCheck() = default;
  // Does _acme-challenge.`identifier` lead to `target`? False, too, where there is no answer to go by.
  virtual base::Task<bool> leads_to(Name identifier, Name target) = 0;
};

// What lego's ACME_DNS_STORAGE_BASE_URL talks to: it keeps the accounts that a client has at an acme-dns, by domain.
// Basic names the credential, and each has its own.
//
// What it refers to outlives it.
class LegoStorage {
 public:
  // `aliases` may be null: then no alias is ever known to be there.
  LegoStorage(KeptAccounts& accounts, Access& access, AliasCheck* aliases)
      : accounts_(accounts), access_(access), aliases_(aliases) {}

  // GET <base>
  base::Task<base::http::Response> list(base::http::Request request);
  // GET <base>/<domain>. 404: none is kept.
  base::Task<base::http::Response> fetch(base::http::Request request, std::string domain);
  // POST <base>/<domain>. 201: the CNAME to the account's name is there, and the client goes on; 200: it stops and
  // tells its operator to make one.
  base::Task<base::http::Response> keep(base::http::Request request, std::string domain);

 private:
  base::Task<Result<SharedCredential>> authenticate(const base::http::Request& request);

  KeptAccounts& accounts_;
  Access& access_;
  AliasCheck* const aliases_;
};

}  // namespace dnsserver::http
