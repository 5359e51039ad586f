#include "dnsserver/http/cors.h"

#include <algorithm>

namespace dnsserver::http {

namespace {

using base::http::Header;
using base::http::Request;
using base::http::Response;

}  // namespace

std::optional<Response> Cors::answer_preflight(const Request& request) const {
  const bool is_preflight = request.method == "OPTIONS" && request.header("Access-Control-Request-Method");
  if (!is_preflight || !allows(request)) return std::nullopt;
  Response response{204, headers_for(request), ""};
  response.headers.push_back({"Access-Control-Allow-Methods", "DELETE, GET, POST"});
  response.headers.push_back(
      {"Access-Control-Allow-Headers", "Authorization, Content-Type, X-Api-Key, X-Api-User"});
  response.headers.push_back({"Access-Control-Max-Age", std::to_string(kPreflightSeconds)});
  return response;
}

std::vector<Header> Cors::headers_for(const Request& request) const {
  if (allows_all()) return {{"Access-Control-Allow-Origin", "*"}};
  std::vector<Header> headers;
  if (allows(request)) {
    headers.push_back({"Access-Control-Allow-Origin", std::string(*request.header("Origin"))});
  }
  // A cache must not give one page what it has for another.
  if (!origins_.empty()) headers.push_back({"Vary", "Origin"});
  return headers;
}

bool Cors::allows(const Request& request) const {
  const auto origin = request.header("Origin");
  return origin && (allows_all() || std::ranges::find(origins_, *origin) != origins_.end());
}

}  // namespace dnsserver::http
