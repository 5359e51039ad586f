#include <algorithm>

#include "acmecore/http/edge.h"
#include "acmecore/http/payload.h"
#include "base/http/response_text.h"

// Short-term certificates that renew themselves (STAR, RFC 8739).
namespace acmecore::http {

namespace {

// §3.3: an HTTP-date in double quotes.
std::string quoted_date(base::Time time) { return '"' + base::http::http_date(time) + '"'; }

}  // namespace

Edge::Answer Edge::cancel(const SignedRequest& request, const Route& route) {
  CO_CHECK(parse_cancellation(request.payload));
  CO_TRY(const OrderView view, co_await authority_.cancel(*request.account, route.id));
  co_return order_response(200, view);
}

// §3.3. No account: whoever asks by GET, of whom caches may be many, and hold it until there may be another (§4.3).
Edge::Answer Edge::star_certificate(std::optional<std::string> account, const Route& route,
                                    CertificateForm form) {
  const bool is_get = !account;
  CO_TRY(RollingCertificate rolling, co_await authority_.star_certificate(std::move(account), route.id));
  const bool is_der = form == CertificateForm::der;
  Response response{200, {}, is_der ? std::move(rolling.der) : std::move(rolling.chain_pem)};
  response.headers.push_back(
      {"Content-Type", is_der ? "application/pkix-cert" : "application/pem-certificate-chain"});
  response.headers.push_back({"Vary", "Accept"});
  response.headers.push_back({"Cert-Not-Before", quoted_date(rolling.validity.not_before)});
  response.headers.push_back({"Cert-Not-After", quoted_date(rolling.validity.not_after)});
  if (is_get) {
    const auto fresh = std::chrono::floor<std::chrono::seconds>(rolling.next - rolling.time);
    response.headers.push_back(
        {"Cache-Control", "public, max-age=" + std::to_string(std::max<int64_t>(fresh.count(), 0))});
  }
  if (is_der)
    response.headers.push_back({"Link", "<" + urls_.issuer(authority_.issuer().id()) + ">;rel=\"up\""});
  co_return response;
}

}  // namespace acmecore::http
