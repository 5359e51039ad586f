#include "dnsserver/http/door.h"

#include <algorithm>

#include "base/json.h"
#include "dnsserver/http/replies.h"

namespace dnsserver::http {

namespace {

using base::http::Request;
using base::http::Response;

// Where lego's storage is: ACME_DNS_STORAGE_BASE_URL=https://user:password@host/storage
constexpr std::string_view kStorage = "/storage";

std::string_view path_of(const Request& request) {
  return std::string_view(request.target).substr(0, request.target.find('?'));
}

// "/register", or "/<token>/register" with the token.
struct RegisterPath {
  std::optional<std::string> token;
};

std::optional<RegisterPath> register_path(std::string_view path) {
  constexpr std::string_view kLast = "/register";
  if (!path.ends_with(kLast)) return std::nullopt;
  path.remove_suffix(kLast.size());
  if (path.empty()) return RegisterPath();
  path.remove_prefix(1);
  if (path.empty() || path.find('/') != std::string_view::npos) return std::nullopt;
  return RegisterPath{std::string(path)};
}

Response healthy() { return {200, {}, ""}; }

// With 308 the method and the body stay (RFC 9110 §15.4.9).
Response redirect(std::string_view path) { return {308, {{"Location", std::string(path)}}, ""}; }

}  // namespace

Door::Door(Publishing& publishing, Credentials& credentials, storage::Store& store, AliasCheck* aliases,
           const base::Clock& clock, DoorOptions options)
    : cors_(std::move(options.cors_origins)),
      access_(credentials, clock, std::move(options.registration), std::move(options.trusted_proxies)),
      accounts_(store),
      acme_dns_(publishing, credentials, access_, clock, options.value_lifetime),
      httpreq_(publishing, access_, clock, options.value_lifetime),
      storage_(accounts_, access_, aliases) {}

Task<Response> Door::handle(Request request) {
  if (auto answer = cors_.answer_preflight(request)) co_return *std::move(answer);
  const std::vector<base::http::Header> headers = cors_.headers_for(request);
  Response response = co_await route(std::move(request));
  response.headers.insert(response.headers.end(), headers.begin(), headers.end());
  co_return response;
}

Task<Response> Door::route(Request request) {
  const std::string path(path_of(request));
  const std::string method = request.method;
  if (path == "/health") co_return method == "GET" ? healthy() : method_not_allowed("GET");
  if (path == "/update") {
    if (method == "POST") co_return co_await acme_dns_.update(std::move(request));
    if (method == "DELETE") co_return co_await acme_dns_.remove_value(std::move(request));
    co_return method_not_allowed("DELETE, POST");
  }
  if (path == "/present" || path == "/cleanup") {
    if (method != "POST") co_return method_not_allowed("POST");
    if (path == "/present") co_return co_await httpreq_.present(std::move(request));
    co_return co_await httpreq_.clean_up(std::move(request));
  }
  if (path == kStorage || path.starts_with(std::string(kStorage) + "/")) {
    co_return co_await handle_storage(std::move(request), path);
  }
  if (const auto registers = register_path(path)) {
    if (method == "POST") co_return co_await acme_dns_.register_account(std::move(request), registers->token);
    if (method == "DELETE" && !registers->token)
      co_return co_await acme_dns_.remove_account(std::move(request));
    co_return method_not_allowed("DELETE, POST");
  }
  if (path == "/register/" || path == "/update/" || path == "/health/") {
    co_return redirect(path.substr(0, path.size() - 1));
  }
  co_return page_not_found();
}

Task<Response> Door::handle_storage(Request request, std::string path) {
  const std::string domain = path.substr(std::min(path.size(), kStorage.size() + 1));
  const std::string method = request.method;
  if (method != "GET" && (method != "POST" || domain.empty())) {
    co_return method_not_allowed(domain.empty() ? "GET" : "GET, POST");
  }
  if (domain.empty()) co_return co_await storage_.list(std::move(request));
  if (method == "GET") co_return co_await storage_.fetch(std::move(request), domain);
  co_return co_await storage_.keep(std::move(request), domain);
}

Response refusal(const base::http::Refused& refused) {
  const base::Json document = base::Json::Object{{"error", refused.detail}};
  return json_response(refused.status, document.text());
}

}  // namespace dnsserver::http
