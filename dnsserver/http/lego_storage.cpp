#include "dnsserver/http/lego_storage.h"

#include "base/json.h"
#include "dnsserver/http/basic_auth.h"
#include "dnsserver/http/replies.h"

namespace dnsserver::http {

namespace {

using base::ErrorKind;
using base::fail;
using base::Json;
using base::Task;
using base::http::Request;
using base::http::Response;

// As the client asks for it: without the final dot.
std::string spelled(const Name& domain) {
  std::string text = domain.text();
  text.pop_back();
  return text;
}

// The name that the account publishes at; nothing where the document does not say.
std::optional<Name> target_of(const Json& account) {
  const Json* full_domain = account.find("fulldomain");
  if (full_domain == nullptr || !full_domain->string()) return std::nullopt;
  auto name = Name::parse(*full_domain->string());
  return name ? std::optional(*std::move(name)) : std::nullopt;
}

Response failure(const base::Error& error) {
  Response response = error_response(error);
  if (error.kind != ErrorKind::unauthorized) return response;
  response.status = 401;
  return challenge_basic(std::move(response));
}

}  // namespace

Task<Response> LegoStorage::list(Request request) {
  const auto credential = co_await authenticate(request);
  if (!credential) co_return failure(credential.error());
  const auto accounts = co_await accounts_.list((*credential)->id);
  if (!accounts) co_return failure(accounts.error());
  std::string body;
  for (const KeptAccount& account : *accounts) {
    body += (body.empty() ? "" : ",") + Json(spelled(account.domain)).text() + ":" + account.document;
  }
  co_return json_response(200, "{" + body + "}");
}

Task<Response> LegoStorage::fetch(Request request, std::string domain) {
  const auto credential = co_await authenticate(request);
  if (!credential) co_return failure(credential.error());
  const auto name = Name::parse(domain);
  if (!name) co_return failure(name.error());
  const auto document = co_await accounts_.find((*credential)->id, *name);
  if (!document) co_return failure(document.error());
  if (!*document) co_return failure({ErrorKind::not_found, "no account is kept for " + name->text(), {}});
  co_return json_response(200, **document);
}

Task<Response> LegoStorage::keep(Request request, std::string domain) {
  const auto credential = co_await authenticate(request);
  if (!credential) co_return failure(credential.error());
  auto name = Name::parse(domain);
  if (!name) co_return failure(name.error());
  const auto account = base::parse_json(request.body);
  if (!account) co_return failure(account.error());
  if (!account->object()) co_return failure({ErrorKind::malformed, "the body is no JSON object", {}});
  const auto kept = co_await accounts_.put((*credential)->id, *name, account->text());
  if (!kept) co_return failure(kept.error());
  const auto target = target_of(*account);
  if (aliases_ == nullptr || !target) co_return json_response(200, "{}");
  const Name identifier = name->is_wildcard() ? name->parent() : *name;
  const bool is_there = co_await aliases_->leads_to(identifier, *target);
  co_return json_response(is_there ? 201 : 200, "{}");
}

Task<Result<SharedCredential>> LegoStorage::authenticate(const Request& request) {
  const auto given = basic_auth(request);
  if (!given) co_return fail(ErrorKind::unauthorized, "a user name and a password are needed (RFC 7617)");
  auto credential = co_await access_.authenticate(request, given->user, given->password);
  if (credential || credential.error().kind != ErrorKind::unauthorized) co_return credential;
  co_return fail(ErrorKind::unauthorized,
                 "the user name or the password is wrong, or may not be used from here");
}

}  // namespace dnsserver::http
