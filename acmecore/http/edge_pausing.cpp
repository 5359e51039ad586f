#include "acmecore/http/edge.h"
#include "acmecore/http/page.h"
#include "acmecore/http/problem.h"

// The page where a person lifts the pauses of names that an account failed to prove (Pausing).
namespace acmecore::http {

using base::ErrorKind;

namespace {

constexpr std::string_view kTitle = "Names that are paused";

std::string row(const FailingName& failing) {
  return "<tr><td>" + html(failing.name) + "</td><td>" + std::to_string(failing.failures) + "</td><td>" +
         base::rfc3339(failing.last_failed) + "</td><td>" + html(failing.last_error) + "</td></tr>\n";
}

std::string table(const Page<FailingName>& paused) {
  std::string rows = "<table>\n<tr><th>name</th><th>failures</th><th>last</th><th>what was wrong</th></tr>\n";
  for (const FailingName& failing : paused.found)
    rows += row(failing);
  rows += "</table>\n";
  if (!paused.next.empty()) rows += "<p>There are others.</p>\n";
  return rows;
}

base::http::Response paused_page(const Page<FailingName>& paused) {
  if (paused.found.empty()) return page(200, kTitle, "<p>Nothing is paused for this ACME account.</p>");
  return page(200, kTitle,
              "<p>An ACME account has failed to prove these names again and again, so it cannot order "
              "certificates for them. See what was wrong, mend it, and go on.</p>\n" +
                  table(paused) +
                  "<form method=\"post\"><button>Let the account order certificates for them again"
                  "</button></form>");
}

base::http::Response lifted_page(const std::vector<std::string>& lifted) {
  if (lifted.empty()) return page(200, kTitle, "<p>Nothing was paused for this ACME account.</p>");
  std::string names;
  for (size_t i = 0; i < lifted.size() && i < kPausedShownMax; ++i)
    names += "<li>" + html(lifted[i]) + "</li>\n";
  if (lifted.size() > kPausedShownMax)
    names += "<li>and " + std::to_string(lifted.size() - kPausedShownMax) + " others</li>\n";
  return page(200, kTitle,
              "<p>Thank you. The ACME account can order certificates for these names again:</p>\n<ul>\n" +
                  names + "</ul>");
}

}  // namespace

// As it is, but for names that are paused: then with the URL at which a person lifts that, where clients show it (the
// detail) and where RFC 8555 §6.6 has it.
Edge::Answer Edge::refused(const Account& account, base::Error error) {
  if (error.kind != ErrorKind::paused) co_return tl::unexpected(std::move(error));
  CO_TRY(const std::string token, co_await authority_.pausing().token(directory_.name, account.id));
  const std::string url = urls_.unpause(account.id, token);
  error.detail += "; see why, and go on, at " + url;
  Response response = to_problem(error);
  response.headers.push_back({"Link", "<" + url + ">;rel=\"help\""});
  co_return response;
}

// A person sees a page whatever becomes of it.
base::Task<base::http::Response> Edge::unpause(const base::http::Request& request, const Route& route) {
  const auto checked = co_await authority_.pausing().check_token(directory_.name, route.id, route.part);
  if (!checked) co_return error_page(kTitle, checked.error());
  if (request.method == "POST") {
    Actor whoever_has_the_url;
    whoever_has_the_url.address = request.peer;
    const auto lifted = co_await authority_.pausing().lift_all(route.id, whoever_has_the_url);
    co_return lifted ? lifted_page(*lifted) : error_page(kTitle, lifted.error());
  }
  const auto paused = co_await authority_.pausing().paused(route.id, "", kPausedShownMax);
  co_return paused ? paused_page(*paused) : error_page(kTitle, paused.error());
}

}  // namespace acmecore::http
