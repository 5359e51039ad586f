#include "dnsserver/http/acme_dns.h"

#include <algorithm>

#include "base/json.h"
#include "base/log.h"
#include "dnsserver/http/lenient_json.h"
#include "dnsserver/http/replies.h"

namespace dnsserver::http {

namespace {

using base::ErrorKind;
using base::fail;
using base::Json;
using base::http::Request;
using base::http::Response;

// A digest of 32 octets in base64url (RFC 8555 §8.4), which is all that acme-dns takes.
constexpr size_t kTxtSize = 43;

bool is_base64url(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

bool is_txt(std::string_view value) { return value.size() == kTxtSize && is_base64url(value); }

bool is_subdomain(std::string_view label) {
  const auto is_alphanumeric = [](char c) { return is_base64url({&c, 1}) && c != '-' && c != '_'; };
  return !label.empty() && label.size() <= base::kLabelSizeMax && is_alphanumeric(label.front()) &&
         is_alphanumeric(label.back()) && label.find('_') == std::string_view::npos && is_base64url(label);
}

// The name that the credential has under this label, octet for octet, as acme-dns compares them: "B.", "sub.B" and
// escapes are somebody else's.
std::optional<Name> own_name(const Credential& credential, std::string_view label) {
  for (const Scope& scope : credential.scopes) {
    if (scope.reach != Scope::Reach::name || scope.excluded || scope.name.is_root()) continue;
    if (base::labels_of(scope.name.wire()).front() == label) return scope.name;
  }
  return std::nullopt;
}

struct AllowFrom {
  std::vector<base::IpNetwork> networks;
  std::vector<std::string> as_given;
};

// One that is wrong spoils the list: it must not leave the account open.
Result<AllowFrom> parse_allow_from(std::vector<std::string> texts) {
  AllowFrom allow_from;
  for (std::string& text : texts) {
    std::erase_if(text, [](char c) { return c == '[' || c == ']'; });
    if (text.find('/') == std::string::npos) return fail(ErrorKind::malformed, "it is no CIDR");
    TRY(allow_from.networks.emplace_back(), base::IpNetwork::parse(text));
    allow_from.as_given.push_back(std::move(text));
  }
  return allow_from;
}

Json json_of(const std::vector<std::string>& texts) {
  Json::Array items;
  for (const std::string& text : texts)
    items.emplace_back(text);
  return items;
}

std::string without_dot(const Name& name) {
  std::string text = name.text();
  text.pop_back();
  return text;
}

Response account_response(const Account& account, const AllowFrom& allow_from) {
  const Json document = Json::Object{{"username", account.credential->login->name},
                                     {"password", account.password},
                                     {"fulldomain", without_dot(account.name)},
                                     {"subdomain", account.label},
                                     {"allowfrom", json_of(allow_from.as_given)}};
  return json_response(201, document.text());
}

// Of what is left to go wrong once the request is understood.
Response acme_dns_failure(const base::Error& error) {
  switch (error.kind) {
    case ErrorKind::unauthorized: return acme_dns_error(401, "forbidden");
    case ErrorKind::rate_limited: return acme_dns_error(429, "too_many_requests");
    case ErrorKind::too_large: return acme_dns_error(429, "too_many_values");
    case ErrorKind::malformed: return acme_dns_error(400, "bad_subdomain");
    case ErrorKind::conflict: return acme_dns_error(409, "subdomain_taken");
    default: break;
  }
  base::log::error("dns.acme_dns.failed", {{"detail", error.detail}});
  return acme_dns_error(500, "db_error");
}

}  // namespace

Task<Response> AcmeDns::register_account(Request request, std::optional<std::string> path_token) {
  if (const auto may = access_.check_registration(request, path_token); !may) {
    if (may.error().kind == ErrorKind::not_found) co_return page_not_found();
    co_return may.error().kind == ErrorKind::unauthorized ? challenge_basic(acme_dns_failure(may.error()))
                                                          : acme_dns_failure(may.error());
  }
  const auto body = LenientObject::parse(request.body, Behind::is_refused);
  if (!body) co_return acme_dns_error(400, "malformed_json_payload");
  auto texts = body->strings("allowfrom");
  const auto label = body->string("subdomain");
  if (!texts || !label) co_return acme_dns_error(400, "malformed_json_payload");
  const auto allow_from = parse_allow_from(*std::move(texts));
  if (!allow_from || allow_from->networks.size() > kSourcesMax) {
    co_return acme_dns_error(400, "invalid_allowfrom_cidr");
  }
  // Anybody could take any name for ever.
  const bool is_open = access_.registration().access == Registration::Access::open;
  if (!label->empty() && is_open) co_return acme_dns_error(400, "bad_subdomain");

  NewAccount wanted;
  wanted.apex = access_.registration().zone;
  if (!label->empty()) wanted.label = *label;
  wanted.sources = allow_from->networks;
  const auto held = publishing_.zone_of(wanted.apex);
  if (!held) co_return acme_dns_failure({ErrorKind::internal, held.error().detail, {}});
  const auto account = co_await credentials_.register_account(std::move(wanted), requester_of(request));
  if (!account) co_return acme_dns_failure(account.error());
  base::log::info("dns.account.registered",
                  {{"credential", account->credential->id}, {"name", account->name.text()}});
  co_return account_response(*account, *allow_from);
}

Task<Response> AcmeDns::update(Request request) {
  const auto post = co_await read_post(request);
  if (!post) co_return acme_dns_failure(post.error());
  if (!is_subdomain(post->subdomain)) co_return acme_dns_error(400, "bad_subdomain");
  if (!is_txt(post->value)) co_return acme_dns_error(400, "bad_txt");
  const auto lifetime = std::min(lifetime_, post->writer.credential->limits.lifetime_max);
  const auto presented =
      co_await publishing_.present(post->writer, post->owner, post->value, clock_.now() + lifetime);
  if (!presented) co_return acme_dns_failure(presented.error());
  base::log::info("dns.challenge.presented",
                  {{"credential", post->writer.name}, {"owner", post->owner.text()}});
  co_return json_response(200, R"({"txt": ")" + post->value + R"("})");
}

Task<Response> AcmeDns::remove_value(Request request) {
  const auto post = co_await read_post(request);
  if (!post) co_return acme_dns_failure(post.error());
  std::optional<Bytes> value;
  if (!post->value.empty()) value = post->value;
  const auto removed = co_await publishing_.remove(post->writer, post->owner, std::move(value));
  if (!removed) co_return acme_dns_failure(removed.error());
  co_return json_response(200, R"({"removed": )" + std::to_string(*removed) + "}");
}

Task<Response> AcmeDns::remove_account(Request request) {
  const auto credential = co_await authenticate(request);
  if (!credential) co_return acme_dns_failure(credential.error());
  const std::string id = (*credential)->id;
  const auto removed = co_await credentials_.remove(id, requester_of(request));
  if (!removed) co_return acme_dns_failure(removed.error());
  const auto values = co_await publishing_.remove_all(id);
  if (!values) co_return acme_dns_failure(values.error());
  base::log::info("dns.credential.removed", {{"credential", id}, {"values", *values}});
  co_return json_response(200, R"({"removed": )" + std::to_string(*values) + "}");
}

Administrator AcmeDns::requester_of(const Request& request) const {
  // A trusted proxy that names nobody is who came.
  const auto source = access_.source_of(request);
  return {"", source ? source->text() : request.peer};
}

Task<Result<SharedCredential>> AcmeDns::authenticate(const Request& request) {
  const auto user = request.header("X-Api-User");
  const auto key = request.header("X-Api-Key");
  const bool has_form = user && key && is_base64url(*key) && key->size() == kPasswordSize;
  if (!has_form) co_return fail(ErrorKind::unauthorized, "there is no user with a key");
  co_return co_await access_.authenticate(request, std::string(*user), std::string(*key));
}

Task<Result<AcmeDns::Post>> AcmeDns::read_post(const Request& request) {
  CO_TRY(const SharedCredential credential, co_await authenticate(request));
  const tl::unexpected<base::Error> forbidden =
      fail(ErrorKind::unauthorized, "no body that its account may send");
  const auto body = LenientObject::parse(request.body, Behind::is_ignored);
  if (!body) co_return forbidden;
  auto subdomain = body->string("subdomain");
  auto value = body->string("txt");
  if (!subdomain || !value) co_return forbidden;
  auto owner = own_name(*credential, *subdomain);
  if (!owner) {
    base::log::warning("dns.publish.foreign_name", {{"credential", credential->id}});
    co_return forbidden;
  }
  Post post;
  post.writer = Writer::of(credential, access_.source_of(request));
  post.owner = *std::move(owner);
  post.subdomain = *std::move(subdomain);
  post.value = *std::move(value);
  co_return post;
}

}  // namespace dnsserver::http
