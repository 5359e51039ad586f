#pragma once

#include <chrono>

#include "base/http/message.h"
#include "base/task.h"
#include "dnsserver/http/access.h"
#include "dnsserver/publishing.h"

namespace dnsserver::http {

// What lego's DNS provider "httpreq" talks to, and with it Traefik: one value comes, exactly that value goes. Basic
// names the credential. Both of its modes: {"fqdn","value"}, and RAW with {"domain","token","keyAuth"}.
//
// What it refers to outlives it.
class Httpreq {
 public:
  // Values live for `lifetime`, or as long as their credential lets them.
  Httpreq(Publishing& publishing, Access& access, const base::Clock& clock,
          std::chrono::milliseconds lifetime)
      : publishing_(publishing), access_(access), clock_(clock), lifetime_(lifetime) {}

  // POST /present
  Task<base::http::Response> present(base::http::Request request);
  // POST /cleanup
  Task<base::http::Response> clean_up(base::http::Request request);

 private:
  Task<Result<Writer>> authenticate(const base::http::Request& request);

  Publishing& publishing_;
  Access& access_;
  const base::Clock& clock_;
  const std::chrono::milliseconds lifetime_;
};

}  // namespace dnsserver::http
