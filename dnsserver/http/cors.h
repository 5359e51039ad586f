#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/http/message.h"

namespace dnsserver::http {

// So long a browser need not ask again (Fetch Standard §3.2.5).
inline constexpr int kPreflightSeconds = 600;

// Which web pages may have their scripts read our answers: the CORS protocol of the Fetch Standard, §3.2. It keeps
// nobody from asking, because only browsers mind it. Credentials of the browser (cookies, its own passwords) are
// never allowed: who asks shows a user name and a password that the page itself knows.
class Cors {
 public:
  // `origins` as browsers write them, "https://portal.corp.example", or "*" alone for every page. None: no page may.
  explicit Cors(std::vector<std::string> origins) : origins_(std::move(origins)) {}

  // The answer to a browser that asks in advance (a preflight). Nothing: it does not, or the page may not.
  std::optional<base::http::Response> answer_preflight(const base::http::Request& request) const;

  // What the response to the request says to its browser, beside what it says otherwise.
  std::vector<base::http::Header> headers_for(const base::http::Request& request) const;

 private:
  bool allows(const base::http::Request& request) const;
  bool allows_all() const { return !origins_.empty() && origins_.front() == "*"; }

  const std::vector<std::string> origins_;
};

}  // namespace dnsserver::http
