#include "acmecore/http/status_edge.h"

#include <algorithm>

#include "base/http/date.h"
#include "base/openssl.h"

namespace acmecore::http {

using base::Bytes;
using base::Task;
using base::Time;
using base::http::plain_problem;
using base::http::Request;
using base::http::Response;
using std::chrono::seconds;

namespace {

constexpr std::string_view kOcspRequestType = "application/ocsp-request";

bool is_read(const Request& request) { return request.method == "GET" || request.method == "HEAD"; }

Response not_found() { return plain_problem(404, "there is nothing at this URL"); }

Response not_allowed(const Request& request, std::string allowed) {
  Response response = plain_problem(405, "this resource answers " + allowed + ", not " + request.method);
  response.headers.push_back({"Allow", std::move(allowed)});
  return response;
}

// The weak comparison of RFC 9110 §13.1.2.
bool has_tag(std::string_view field, std::string_view tag) {
  while (!field.empty()) {
    std::string_view one = field.substr(0, field.find(','));
    field.remove_prefix(std::min(one.size() + 1, field.size()));
    while (!one.empty() && (one.front() == ' ' || one.front() == '\t'))
      one.remove_prefix(1);
    while (!one.empty() && (one.back() == ' ' || one.back() == '\t'))
      one.remove_suffix(1);
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == tag || one == "*") return true;
  }
  return false;
}

// What is served to caches. The next is there after half of its life.
struct Cached {
  const std::string& tag;
  Time made;
  Time end;
  bool is_alone_in_its_second;  // so that `made` says which it is
};

// Whether the client has it already (RFC 9110 §13.2.2).
bool is_known(const Request& request, const std::string& quoted_tag, const Cached& cached, Time now) {
  if (const auto tags = request.header("If-None-Match")) return has_tag(*tags, quoted_tag);
  const auto since = request.header("If-Modified-Since");
  if (!since || !cached.is_alone_in_its_second) return false;
  const auto date = base::http::parse_http_date(*since, now);
  return date && cached.made <= *date;
}

// What caches may do with it. A client that has it already is told so.
Response for_caches(const Request& request, Response response, const Cached& cached, Time now) {
  const auto& [tag, made, end, is_alone] = cached;
  const std::string quoted = "\"" + tag + "\"";
  const auto until_next = std::chrono::floor<seconds>(made + (end - made) / 2 - now);
  const auto age = std::clamp<seconds>(until_next, seconds(0), kStatusAgeMax);
  response.headers.push_back({"ETag", quoted});
  response.headers.push_back({"Last-Modified", base::http::http_date(made)});
  response.headers.push_back({"Expires", base::http::http_date(std::min(end, now + age))});
  response.headers.push_back({"Cache-Control", "max-age=" + std::to_string(age.count()) +
                                                   ", public, no-transform, must-revalidate"});
  if (is_known(request, quoted, cached, now)) {
    response.status = 304;
    response.body.clear();
    response.shared_body.reset();
  }
  return response;
}

// The media type without its parameters (RFC 9110 §8.3.1).
bool is_ocsp_request(const Request& request) {
  const std::string_view field = request.header("Content-Type").value_or("");
  std::string_view type = field.substr(0, field.find(';'));
  while (type.ends_with(' ') || type.ends_with('\t'))
    type.remove_suffix(1);
  return std::ranges::equal(type, kOcspRequestType, [](char a, char b) { return (a | 0x20) == (b | 0x20); });
}

}  // namespace

Task<Response> StatusEdge::handle(Request request) {
  const std::string_view target = request.target;
  if (target.starts_with(kOcspPath) && responder_ != nullptr) co_return co_await ocsp(std::move(request));
  if (target.starts_with(kCrlPath)) {
    const auto shard = shard_in(target);
    if (!shard) co_return not_found();
    co_return crl(request, *shard);
  }
  co_return target.starts_with(kIssuerPath) ? issuer(request) : not_found();
}

// "/issuer/CA.crt".
Response StatusEdge::issuer(const Request& request) const {
  constexpr std::string_view kSuffix = ".crt";
  std::string_view ca = std::string_view(request.target).substr(kIssuerPath.size());
  if (!ca.ends_with(kSuffix)) return not_found();
  ca.remove_suffix(kSuffix.size());
  const auto issuers = issuers_.now();
  const Issuer* const found = issuers->find(ca);
  if (found == nullptr) return not_found();
  if (!is_read(request)) return not_allowed(request, "GET, HEAD");
  return Response{200, {{"Content-Type", "application/pkix-cert"}}, found->certificate().der};
}

Response StatusEdge::crl(const Request& request, const CrlShard& shard) const {
  const auto issuers = issuers_.now();
  const Issuer* const issuer = issuers->find(shard.ca);
  if (issuer == nullptr) return not_found();
  const auto found = crls_.find(shard);
  const bool is_to_come = issuer->signs_crls() && shard.number < urls_.crl_shards;
  if (found == nullptr && !is_to_come) return not_found();
  if (!is_read(request)) return not_allowed(request, "GET, HEAD");
  if (found == nullptr) {
    Response starting = plain_problem(503, "the CRL is being made");
    starting.headers.push_back({"Retry-After", "1"});
    return starting;
  }
  Response response{200, {{"Content-Type", "application/pkix-crl"}}};
  response.shared_body = std::shared_ptr<const Bytes>(found, &found->der);
  // Of two in one second the later has a number beyond that second (CrlPublisher).
  const bool is_alone = found->number <= uint64_t(found->this_update.time_since_epoch() / seconds(1));
  const Cached cached{found->tag, found->this_update, found->next_update, is_alone};
  return for_caches(request, std::move(response), cached, clock_.now());
}

// A POST to the responder's own URL, or a GET with the request behind it.
Task<Response> StatusEdge::ocsp(Request request) {
  const std::string_view behind = std::string_view(request.target).substr(kOcspPath.size());
  if (!behind.empty() && behind.front() != '/') co_return not_found();
  const bool is_own_url = behind.size() <= 1;
  Bytes asked;
  if (is_own_url) {
    if (request.method != "POST") co_return not_allowed(request, "POST");
    if (!is_ocsp_request(request))
      co_return plain_problem(415, "an OCSP request is application/ocsp-request");
    if (request.body.size() > kOcspRequestSizeMax) {
      co_return plain_problem(413, "an OCSP request has at most 8 KiB");
    }
    asked = std::move(request.body);
  } else {
    if (!is_read(request)) co_return not_allowed(request, "GET, HEAD");
    asked = ocsp_request_of_path(behind.substr(1)).value_or("");  // which is no request either
  }
  const auto answer = co_await responder_->answer(std::move(asked));
  Response response{200, {{"Content-Type", "application/ocsp-response"}}, answer->der};
  if (!answer->this_update || is_own_url) {
    response.headers.push_back({"Cache-Control", "no-store"});
    co_return response;
  }
  constexpr size_t kTagSize = 32;
  const std::string tag = text_of(Serial{base::sha256(answer->der)}).substr(0, kTagSize);
  // "revoked" may come in the second of "good".
  const Cached cached{tag, *answer->this_update, *answer->next_update, /*is_alone_in_its_second=*/false};
  co_return for_caches(request, std::move(response), cached, clock_.now());
}

}  // namespace acmecore::http
