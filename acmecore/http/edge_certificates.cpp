#include <algorithm>
#include <optional>

#include "acmecore/http/edge.h"
#include "base/http/response_text.h"

// Certificates to download: those of RFC 8555 §7.4.2, and the latest of an order that renews itself (RFC 8739 §3.3).
namespace acmecore::http {

using base::ErrorKind;
using base::fail;

namespace {

// The number of a chain in a URL: nothing is the usual one, "1" the first alternate. Nothing: there is no such one.
std::optional<size_t> chain_number(std::string_view text, size_t chains) {
  if (text.empty()) return 0;
  for (size_t chain = 1; chain < chains; ++chain) {
    if (text == std::to_string(chain)) return chain;
  }
  return std::nullopt;
}

// RFC 8739 §3.3: an HTTP-date in double quotes.
std::string quoted_date(base::Time time) { return '"' + base::http::http_date(time) + '"'; }

}  // namespace

Edge::Answer Edge::certificate(const SignedRequest& request, const Route& route, CertificateForm form) {
  CO_CHECK(require_post_as_get(request));
  const auto serial = parse_serial(route.id);
  const auto chain = chain_number(route.part, authority_.issuer().chains());
  if (!serial || !chain) co_return fail(ErrorKind::not_found, "there is no such certificate");
  Response response{200, {}, {}};
  if (form == CertificateForm::der) {
    CO_TRY(response.body, co_await authority_.leaf(*request.account, *serial));
  } else {
    CO_TRY(response.body, co_await authority_.certificate(*request.account, *serial, *chain));
  }
  describe(response, form, urls_.certificate(*serial), *chain);
  co_return response;
}

// What the answer with a certificate says of its form and its chains. `url`: the certificate's, with its usual chain.
void Edge::describe(Response& response, CertificateForm form, const std::string& url, size_t chain) const {
  const Issuer& issuer = authority_.issuer();
  const bool is_der = form == CertificateForm::der;
  response.headers.push_back(
      {"Content-Type", is_der ? "application/pkix-cert" : "application/pem-certificate-chain"});
  response.headers.push_back({"Vary", "Accept"});
  if (is_der) response.headers.push_back({"Link", "<" + urls_.issuer(issuer.id(chain)) + ">;rel=\"up\""});
  for (size_t other = 0; other < issuer.chains(); ++other) {
    if (other == chain) continue;
    response.headers.push_back({"Link", "<" + Urls::with_chain(url, other) + ">;rel=\"alternate\""});
  }
}

// No account: whoever asks by GET, of whom caches may be many, and hold it until there may be another (RFC 8739 §4.3).
Edge::Answer Edge::star_certificate(std::optional<std::string> account, const Route& route,
                                    CertificateForm form) {
  const bool is_get = !account;
  const auto chain = chain_number(route.part, authority_.issuer().chains());
  if (!chain) co_return fail(ErrorKind::not_found, "there is no such certificate");
  CO_TRY(RollingCertificate rolling,
         co_await authority_.star_certificate(std::move(account), route.id, *chain));
  const bool is_der = form == CertificateForm::der;
  Response response{200, {}, is_der ? std::move(rolling.der) : std::move(rolling.chain_pem)};
  describe(response, form, urls_.star_certificate(route.id), *chain);
  response.headers.push_back({"Cert-Not-Before", quoted_date(rolling.validity.not_before)});
  response.headers.push_back({"Cert-Not-After", quoted_date(rolling.validity.not_after)});
  if (is_get) {
    const auto fresh = std::chrono::floor<std::chrono::seconds>(rolling.next - rolling.time);
    response.headers.push_back(
        {"Cache-Control", "public, max-age=" + std::to_string(std::max<int64_t>(fresh.count(), 0))});
  }
  co_return response;
}

}  // namespace acmecore::http
