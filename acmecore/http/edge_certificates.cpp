#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>

#include "acmecore/http/edge.h"
#include "base/http/date.h"

// Certificates to download: those of RFC 8555 §7.4.2, and the latest of an order that renews itself (RFC 8739 §3.3).
namespace acmecore::http {

using base::ErrorKind;
using base::fail;

namespace {

// The number of a chain in a URL: nothing is the usual one, "1" the first alternate. Nothing: it is no number as we
// write it.
std::optional<size_t> chain_number(std::string_view text) {
  if (text.empty()) return 0;
  size_t chain = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), chain);
  const bool is_number = error == std::errc() && end == text.data() + text.size() && text[0] != '0';
  return is_number ? std::optional(chain) : std::nullopt;
}

// RFC 8739 §3.3: an HTTP-date in double quotes.
std::string quoted_date(base::Time time) { return '"' + base::http::http_date(time) + '"'; }

}  // namespace

Edge::Answer Edge::certificate(const SignedRequest& request, const Route& route, CertificateForm form) {
  CO_CHECK(require_post_as_get(request));
  const auto serial = parse_serial(route.id);
  const auto number = chain_number(route.part);
  if (!serial || !number) co_return fail(ErrorKind::not_found, "there is no such certificate");
  CO_TRY(CertificateChain chain, co_await authority_.certificate(*request.account, *serial, *number));
  co_return handed_out(std::move(chain), form, urls_.certificate(*serial), *number);
}

// `url`: the certificate's, with its usual chain.
base::http::Response Edge::handed_out(CertificateChain chain, CertificateForm form, const std::string& url,
                                      size_t number) const {
  const bool is_der = form == CertificateForm::der;
  Response response{200, {}, is_der ? std::move(chain.der) : std::move(chain.pem)};
  response.headers.push_back(
      {"Content-Type", is_der ? "application/pkix-cert" : "application/pem-certificate-chain"});
  response.headers.push_back({"Vary", "Accept"});
  if (is_der) response.headers.push_back({"Link", "<" + urls_.issuer(chain.issuer_id) + ">;rel=\"up\""});
  for (size_t other = 0; other < chain.chains; ++other) {
    if (other == number) continue;
    response.headers.push_back({"Link", "<" + Urls::with_chain(url, other) + ">;rel=\"alternate\""});
  }
  return response;
}

// No account: whoever asks by GET, of whom caches may be many, and hold it until there may be another (RFC 8739 §4.3).
Edge::Answer Edge::star_certificate(std::optional<std::string> account, const Route& route,
                                    CertificateForm form) {
  const bool is_get = !account;
  const auto number = chain_number(route.part);
  if (!number) co_return fail(ErrorKind::not_found, "there is no such certificate");
  CO_TRY(StarCertificate star, co_await authority_.star_certificate(std::move(account), route.id, *number));
  Response response = handed_out(std::move(star.chain), form, urls_.star_certificate(route.id), *number);
  response.headers.push_back({"Cert-Not-Before", quoted_date(star.validity.not_before)});
  response.headers.push_back({"Cert-Not-After", quoted_date(star.validity.not_after)});
  if (is_get) {
    const auto fresh = std::chrono::floor<std::chrono::seconds>(star.next - star.time);
    response.headers.push_back(
        {"Cache-Control", "public, max-age=" + std::to_string(std::max<int64_t>(fresh.count(), 0))});
  }
  co_return response;
}

}  // namespace acmecore::http
