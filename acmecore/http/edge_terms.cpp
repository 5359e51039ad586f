#include "acmecore/http/edge.h"
#include "acmecore/http/page.h"
#include "acmecore/http/problem.h"

// The page where a person agrees to terms of service that have changed (RFC 8555 §7.3.3).
namespace acmecore::http {

using base::Json;

namespace {

constexpr std::string_view kTitle = "Terms of service";

}  // namespace

// Both are required there: where the terms are, and where a person is told what to do.
Edge::Answer Edge::ask_to_agree(const Account& account, const base::Error& error) {
  CO_TRY(const std::string token, co_await authority_.agreement_token(directory_, account));
  Json::Object problem = *problem_json(error).object();
  problem.emplace_back("instance", urls_.terms(account.id, token));
  Response response{status_of(error.kind), {{"Content-Type", "application/problem+json"}}, ""};
  response.headers.push_back({"Link", "<" + directory_.terms_of_service + ">;rel=\"terms-of-service\""});
  response.body = Json(std::move(problem)).text();
  co_return response;
}

// A person sees a page whatever becomes of it.
base::Task<base::http::Response> Edge::terms(const base::http::Request& request, const Route& route) {
  if (request.method == "POST") {
    const auto agreed = co_await authority_.agree(directory_, route.id, route.part, request.peer);
    if (!agreed) co_return error_page(kTitle, agreed.error());
    co_return page(200, kTitle, "<p>Thank you. The ACME account can order certificates again.</p>");
  }
  const auto terms = co_await authority_.terms_to_agree_to(directory_, route.id, route.part);
  if (!terms) co_return error_page(kTitle, terms.error());
  const std::string url = html(*terms);
  co_return page(
      200, kTitle,
      "<p>The terms of service of this certificate authority have changed. They are at <a href=\"" + url +
          "\">" + url +
          "</a>.</p>\n<form method=\"post\"><button>I agree to them for my ACME account</button></form>");
}

}  // namespace acmecore::http
