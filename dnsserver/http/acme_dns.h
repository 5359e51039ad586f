#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/http/message.h"
#include "base/task.h"
#include "dnsserver/http/access.h"
#include "dnsserver/publishing.h"

namespace dnsserver::http {

// The REST interface of acme-dns (github.com/acme-dns/acme-dns), octet for octet where its clients look, so that it
// can be replaced without touching them. Beside it: more values than two, names that the client chooses, and both
// kinds of DELETE.
//
// What it refers to outlives it.
class AcmeDns {
 public:
  // Values that are published here live for `lifetime`, or as long as their credential lets them.
  AcmeDns(Publishing& publishing, Credentials& credentials, Access& access, const base::Clock& clock,
          std::chrono::milliseconds lifetime)
      : publishing_(publishing),
        credentials_(credentials),
        access_(access),
        clock_(clock),
        lifetime_(lifetime) {}

  // POST /register, or POST /<token>/register.
  Task<base::http::Response> register_account(base::http::Request request,
                                              std::optional<std::string> path_token);
  // POST /update
  Task<base::http::Response> update(base::http::Request request);
  // DELETE /update: takes the value away, or without one all of the account's.
  Task<base::http::Response> remove_value(base::http::Request request);
  // DELETE /register: the account with its values. Its name is never handed out again.
  Task<base::http::Response> remove_account(base::http::Request request);

 private:
  struct Post {
    Writer writer;
    Name owner;
    std::string subdomain;
    std::string value;
  };

  // Whoever sends it, of whom no more is known than the address.
  Administrator requester_of(const base::http::Request& request) const;
  // X-Api-User and X-Api-Key.
  Task<Result<SharedCredential>> authenticate(const base::http::Request& request);
  // Who posts, where, and what. unauthorized: everything that acme-dns finds forbidden.
  Task<Result<Post>> read_post(const base::http::Request& request);

  Publishing& publishing_;
  Credentials& credentials_;
  Access& access_;
  const base::Clock& clock_;
  const std::chrono::milliseconds lifetime_;
};

}  // namespace dnsserver::http
