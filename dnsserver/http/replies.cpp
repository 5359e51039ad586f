#include "dnsserver/http/replies.h"

#include "base/json.h"
#include "base/log.h"

namespace dnsserver::http {

namespace {

using base::ErrorKind;
using base::http::Response;

unsigned status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::unauthorized: return 403;
    case ErrorKind::not_found: return 404;
    case ErrorKind::conflict: return 409;
    case ErrorKind::too_large: return 409;
    case ErrorKind::malformed: return 400;
    case ErrorKind::rate_limited: return 429;
    case ErrorKind::unavailable: return 503;
    default: return 500;
  }
}

Response text_response(unsigned status, std::string body) {
  return {status,
          {{"Content-Type", "text/plain; charset=utf-8"}, {"X-Content-Type-Options", "nosniff"}},
          std::move(body)};
}

}  // namespace

Response json_response(unsigned status, std::string body) {
  return {status, {{"Content-Type", "application/json"}}, std::move(body)};
}

Response acme_dns_error(unsigned status, std::string_view word) {
  return json_response(status, R"({"error": ")" + std::string(word) + R"("})");
}

Response error_response(const base::Error& error) {
  const unsigned status = status_of(error.kind);
  std::string detail = error.detail;
  if (status == 500) {
    base::log::error("dns.publish.failed", {{"detail", detail}});
    detail = "the server has failed; its log says why";
  }
  const base::Json document = base::Json::Object{{"error", detail}};
  return json_response(status, document.text());
}

Response page_not_found() { return text_response(404, "404 page not found\n"); }

Response method_not_allowed(std::string_view allowed) {
  Response response = text_response(405, "Method Not Allowed\n");
  response.headers.push_back({"Allow", std::string(allowed)});
  return response;
}

Response challenge_basic(Response response) {
  response.headers.push_back({"WWW-Authenticate", R"(Basic realm="assay", charset="UTF-8")"});
  return response;
}

}  // namespace dnsserver::http
