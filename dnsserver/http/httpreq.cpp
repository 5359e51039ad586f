#include "dnsserver/http/httpreq.h"

#include <algorithm>

#include "base/base64url.h"
#include "base/log.h"
#include "base/openssl.h"
#include "dnsserver/http/basic_auth.h"
#include "dnsserver/http/lenient_json.h"
#include "dnsserver/http/replies.h"

namespace dnsserver::http {

namespace {

using base::ErrorKind;
using base::fail;
using base::http::Request;
using base::http::Response;

// Where a value belongs.
struct Record {
  Name owner;
  Bytes value;
};

Result<Name> name_of(std::string_view field, const std::string& text) {
  auto name = Name::parse(text);
  if (!name) return fail(ErrorKind::malformed, std::string(field) + ": " + name.error().detail);
  return name;
}

// RFC 8555 §8.4: the digest of the key authorization, at the name below _acme-challenge.
Result<Record> read_raw(const LenientObject& body, const std::string& domain) {
  TRY(const std::string key_authorization, body.string("keyauth"));
  if (key_authorization.empty()) return fail(ErrorKind::malformed, "keyAuth: it is missing");
  TRY(const Name identifier, name_of("domain", domain));
  Record record;
  TRY(record.owner, (identifier.is_wildcard() ? identifier.parent() : identifier).prepend("_acme-challenge"));
  record.value = base::base64url(base::sha256(key_authorization));
  return record;
}

Result<Record> read_record(const Request& request) {
  TRY(const LenientObject body, LenientObject::parse(request.body, Behind::is_refused));
  TRY(const std::string fqdn, body.string("fqdn"));
  TRY(const std::string domain, body.string("domain"));
  if (fqdn.empty() && !domain.empty()) return read_raw(body, domain);
  Record record;
  TRY(record.owner, name_of("fqdn", fqdn));
  TRY(record.value, body.string("value"));
  if (record.value.empty()) return fail(ErrorKind::malformed, "value: it is missing");
  return record;
}

Response refusal(const base::Error& error, bool is_known) {
  Response response = error_response(error);
  if (is_known || error.kind != ErrorKind::unauthorized) return response;
  response.status = 401;
  return challenge_basic(std::move(response));
}

}  // namespace

Task<Response> Httpreq::present(Request request) {
  const auto writer = co_await authenticate(request);
  if (!writer) co_return refusal(writer.error(), false);
  const auto record = read_record(request);
  if (!record) co_return error_response(record.error());
  const auto lifetime = std::min(lifetime_, writer->credential->limits.lifetime_max);
  const auto presented =
      co_await publishing_.present(*writer, record->owner, record->value, clock_.now() + lifetime);
  if (!presented) co_return refusal(presented.error(), true);
  base::log::info("dns.challenge.presented", {{"credential", writer->name}, {"owner", record->owner.text()}});
  co_return json_response(200, "{}");
}

Task<Response> Httpreq::clean_up(Request request) {
  const auto writer = co_await authenticate(request);
  if (!writer) co_return refusal(writer.error(), false);
  const auto record = read_record(request);
  if (!record) co_return error_response(record.error());
  std::optional<Bytes> value = record->value;
  const auto removed = co_await publishing_.remove(*writer, record->owner, std::move(value));
  if (!removed) co_return refusal(removed.error(), true);
  base::log::info("dns.challenge.removed",
                  {{"credential", writer->name}, {"owner", record->owner.text()}, {"count", *removed}});
  co_return json_response(200, "{}");
}

Task<Result<Writer>> Httpreq::authenticate(const Request& request) {
  const auto given = basic_auth(request);
  if (!given) co_return fail(ErrorKind::unauthorized, "a user name and a password are needed (RFC 7617)");
  const auto credential = co_await access_.authenticate(request, given->user, given->password);
  if (credential) co_return Writer::of(*credential, access_.source_of(request));
  if (credential.error().kind != ErrorKind::unauthorized) co_return tl::unexpected(credential.error());
  co_return fail(ErrorKind::unauthorized,
                 "the user name or the password is wrong, or may not be used from here");
}

}  // namespace dnsserver::http
