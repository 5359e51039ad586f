#pragma once

#include <optional>
#include <string>

#include "base/http/message.h"

namespace dnsserver::http {

struct UserPassword {
  std::string user;
  std::string password;
};

// What "Authorization: Basic …" says (RFC 7617), in base64 or, as Certify the Web writes it, base64url, with or
// without padding. Nothing: there is no such field, or it says nothing.
std::optional<UserPassword> basic_auth(const base::http::Request& request);

}  // namespace dnsserver::http
