#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/http/message.h"

namespace dnsserver::http {

// One line, which begins with a brace: acme.sh reads it with sed.
base::http::Response json_response(unsigned status, std::string body);

// As acme-dns writes it: {"error": "forbidden"}
base::http::Response acme_dns_error(unsigned status, std::string_view word);

// {"error":"…"} with a sentence for the subscriber, and the status that fits the kind.
base::http::Response error_response(const base::Error& error);

// As Go's router answers what it does not know.
base::http::Response page_not_found();
base::http::Response method_not_allowed(std::string_view allowed);

// With the question for a user name and a password (RFC 7617).
base::http::Response challenge_basic(base::http::Response response);

}  // namespace dnsserver::http
