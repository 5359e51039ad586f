#include "acmecore/http/edge.h"

#include <algorithm>

#include "acmecore/http/problem.h"
#include "base/ascii.h"

namespace acmecore::http {

using base::ErrorKind;
using base::fail;
using base::Json;
using base::Result;
using base::Task;

namespace {

constexpr std::string_view kJoseJson = "application/jose+json";

// The media type without its parameters (RFC 9110 §8.3.1), of which jose+json has none that matter.
bool is_jose_json(const base::http::Request& request) {
  const auto field = request.header("Content-Type");
  return field && base::equal_without_case(base::trimmed(field->substr(0, field->find(';'))), kJoseJson);
}

// RFC 8739 §3.2.
Json to_json(const AutoRenewalRule& rule) {
  Json::Object object{{"min-lifetime", int64_t{rule.min_lifetime.count()}},
                      {"max-duration", int64_t{rule.max_duration.count()}}};
  if (rule.allow_certificate_get) object.emplace_back("allow-certificate-get", true);
  return object;
}

KeyForm key_form(Resource resource) {
  if (resource == Resource::new_account) return KeyForm::jwk;
  return resource == Resource::revoke_cert ? KeyForm::either : KeyForm::kid;
}

// A browser may show all of it to whatever page has asked.
void share(base::http::Response& response) {
  response.headers.push_back({"Access-Control-Allow-Origin", "*"});
  response.headers.push_back({"Access-Control-Expose-Headers",
                              "Cert-Not-After, Cert-Not-Before, Link, Location, Replay-Nonce, Retry-After"});
}

// A browser's question whether it may (RFC 8555 §9.1 leaves CORS to us): it may, for nothing here goes by
// cookies.
base::http::Response preflight(Resource resource) {
  return {204,
          {{"Allow", std::string(allowed_methods(resource))},
           {"Access-Control-Allow-Methods", std::string(allowed_methods(resource))},
           {"Access-Control-Allow-Headers", "Content-Type"},
           {"Access-Control-Max-Age", "86400"}},
          ""};
}

}  // namespace

Edge::Edge(Authority& authority, Authenticator& authenticator, Nonces& nonces, Urls urls, Directory directory)
    : authority_(authority),
      authenticator_(authenticator),
      nonces_(nonces),
      urls_(std::move(urls)),
      directory_(std::move(directory)) {}

Task<base::http::Response> Edge::handle(base::http::Request request) {
  auto route = find_route(request.target);
  if (route && route->resource == Resource::new_authz && !directory_.pre_authorization) route.reset();
  Result<Response> answered = fail(ErrorKind::not_found, "there is no resource at this URL");
  if (route) answered = co_await answer(request, *route);
  Response response = answered ? *std::move(answered) : to_problem(answered.error());
  if (!answered && answered.error().kind == ErrorKind::method_not_allowed) {
    response.headers.push_back({"Allow", std::string(allowed_methods(route->resource))});
  }
  if (!answered && answered.error().kind == ErrorKind::rate_limited && !directory_.limits_help.empty()) {
    response.headers.push_back({"Link", "<" + directory_.limits_help + ">;rel=\"help\""});
  }
  if (request.method == "POST" || response.status >= 400 ||
      (route && route->resource == Resource::new_nonce)) {
    add_nonce(response);
  }
  if (!route || route->resource != Resource::directory) {
    response.headers.push_back({"Link", "<" + urls_.directory() + ">;rel=\"index\""});
  }
  share(response);
  co_return response;
}

base::http::Response Edge::refuse(const base::http::Refused& refused) {
  Response response = to_problem(refused);
  add_nonce(response);
  response.headers.push_back({"Link", "<" + urls_.directory() + ">;rel=\"index\""});
  share(response);
  return response;
}

// A nonce is for one client, once. Without a word about it, caches may keep many an error (RFC 9110 §15.1) and hand
// its nonce to others.
void Edge::add_nonce(Response& response) {
  const auto is_cache_control = [](const base::http::Header& header) {
    return header.name == "Cache-Control";
  };
  const bool is_told = std::ranges::any_of(response.headers, is_cache_control);  // of a page for a person
  if (!is_told) response.headers.push_back({"Cache-Control", "no-store"});
  response.headers.push_back({"Replay-Nonce", nonces_.fresh()});
}

Edge::Answer Edge::answer(const base::http::Request& request, const Route& route) {
  const bool is_get = request.method == "GET";
  if (request.method == "OPTIONS") co_return preflight(route.resource);
  if (is_open(route.resource) && (is_get || request.method == "HEAD")) {
    co_return open_resource(route, is_get);
  }
  if (is_page(route.resource) && (is_get || request.method == "HEAD" || request.method == "POST")) {
    if (route.resource == Resource::unpause) co_return co_await unpause(request, route);
    co_return co_await terms(request, route);
  }
  if (route.resource == Resource::star_certificate && (is_get || request.method == "HEAD")) {
    co_return co_await star_certificate(std::nullopt, route, preferred_form(request.header("Accept")));
  }
  const bool is_renewal_info = route.resource == Resource::renewal_info;
  if (is_renewal_info && (is_get || request.method == "HEAD")) co_return co_await renewal_info(route);
  if (request.method == "POST" && !is_renewal_info) co_return co_await answer_post(request, route);
  co_return fail(ErrorKind::method_not_allowed, "this resource answers " +
                                                    std::string(allowed_methods(route.resource)) +
                                                    " (RFC 8555 §6.3), not " + request.method);
}

Edge::Answer Edge::answer_post(const base::http::Request& request, const Route& route) {
  if (!is_jose_json(request)) {
    co_return fail(ErrorKind::unsupported_media_type, "the Content-Type of a POST is application/jose+json");
  }
  const std::string url = urls_.at(request.target);
  CO_TRY(SignedRequest signed_request,
         co_await authenticator_.authenticate(request.body, url, key_form(route.resource)));
  if (signed_request.account) signed_request.account->address = request.peer;
  co_return co_await dispatch(std::move(signed_request), route, url, request);
}

Edge::Answer Edge::dispatch(SignedRequest request, const Route& route, std::string url,
                            const base::http::Request& sent) {
  switch (route.resource) {
    case Resource::directory:
    case Resource::new_nonce:
    case Resource::issuer:
      CO_CHECK(require_post_as_get(request));
      co_return open_resource(route, /*is_get=*/true);
    case Resource::new_account:
      co_return co_await new_account(*std::move(request.jwk), std::move(request.payload), sent.peer);
    case Resource::new_order: co_return co_await new_order(request);
    case Resource::new_authz: co_return co_await new_authz(request);
    case Resource::revoke_cert: co_return co_await revoke_cert(request, sent.peer);
    case Resource::key_change: co_return co_await key_change(request, std::move(url));
    case Resource::account: co_return co_await account(request, route);
    case Resource::orders: co_return co_await orders(request, route);
    case Resource::order: co_return co_await order(request, route);
    case Resource::finalize: co_return co_await finalize(request, route);
    case Resource::authorization: co_return co_await authorization(request, route);
    case Resource::challenge: co_return co_await challenge(request, route);
    case Resource::renewal_info:
    case Resource::unpause:
    case Resource::terms: break;  // nothing there is signed
    case Resource::certificate:
      co_return co_await certificate(request, route, preferred_form(sent.header("Accept")));
    case Resource::star_certificate:
      CO_CHECK(require_post_as_get(request));
      co_return co_await star_certificate(request.account->id, route, preferred_form(sent.header("Accept")));
  }
  co_return fail(ErrorKind::internal, "a route without a handler");
}

base::Result<base::http::Response> Edge::open_resource(const Route& route, bool is_get) const {
  switch (route.resource) {
    case Resource::directory: return directory();
    case Resource::new_nonce: return new_nonce(is_get);
    case Resource::issuer: {
      TRY(base::Bytes der, authority_.issuer_certificate(route.id));
      return Response{200, {{"Content-Type", "application/pkix-cert"}}, std::move(der)};
    }
    default: return fail(ErrorKind::internal, "a resource that is not open");
  }
}

base::http::Response Edge::directory() const {
  Json::Object meta;
  if (!directory_.terms_of_service.empty()) meta.emplace_back("termsOfService", directory_.terms_of_service);
  if (!directory_.website.empty()) meta.emplace_back("website", directory_.website);
  if (!directory_.caa_identities.empty()) {
    Json::Array identities;
    for (const std::string& identity : directory_.caa_identities)
      identities.push_back(identity);
    meta.emplace_back("caaIdentities", std::move(identities));
  }
  if (!directory_.auto_renewal.is_off()) meta.emplace_back("auto-renewal", to_json(directory_.auto_renewal));
  meta.emplace_back("externalAccountRequired", directory_.external_account == ExternalAccountMode::required);
  if (directory_.subdomain_authorization) meta.emplace_back("subdomainAuthAllowed", true);
  Json::Object profiles;
  for (const Profile* profile : authority_.profiles().shown_by(directory_.name))
    profiles.emplace_back(profile->name, profile->description);
  if (!profiles.empty()) meta.emplace_back("profiles", std::move(profiles));
  Json::Object directory{{"newNonce", urls_.at("/acme/new-nonce")},
                         {"newAccount", urls_.at("/acme/new-account")},
                         {"newOrder", urls_.at("/acme/new-order")},
                         {"revokeCert", urls_.at("/acme/revoke-cert")},
                         {"keyChange", urls_.at("/acme/key-change")}};
  directory.emplace_back("renewalInfo", urls_.at("/acme/renewal-info"));
  if (directory_.pre_authorization) directory.emplace_back("newAuthz", urls_.at("/acme/new-authz"));
  directory.emplace_back("meta", std::move(meta));
  return json_response(200, std::move(directory));
}

// RFC 8555 §7.2: 200 to HEAD, 204 to GET. handle() adds the nonce.
base::http::Response Edge::new_nonce(bool is_get) { return {is_get ? 204u : 200u, {}, ""}; }

Result<void> require_post_as_get(const SignedRequest& request) {
  if (request.is_post_as_get()) return {};
  return fail(ErrorKind::malformed,
              "this resource is only read: the payload of a POST-as-GET is empty (RFC 8555 §6.3)");
}

base::http::Response json_response(unsigned status, const Json& json) {
  base::http::Response response{status, {}, json.text()};
  response.headers.reserve(base::http::kUsualHeaders);
  response.headers.push_back({"Content-Type", "application/json"});
  return response;
}

}  // namespace acmecore::http
