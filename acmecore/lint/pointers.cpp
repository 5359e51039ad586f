#include <algorithm>

#include "acmecore/der.h"
#include "acmecore/lint/rule.h"
#include "acmecore/oids.h"

// Where revocation and the issuing CA's certificate are found: cRLDistributionPoints (RFC 5280 §4.2.1.13),
// authorityInfoAccess (§4.2.2.1) and what needs the latter, the TLS feature (RFC 7633).
namespace acmecore::lint {

using base::BytesView;
using namespace std::string_view_literals;

namespace {

constexpr uint8_t kUri = der::context(6);  // a GeneralName
constexpr BytesView kHttp = "http://"sv;

// The URL of the only distribution point, whose only field is its full name of one URL. Empty: it is not like that.
BytesView crl_url(BytesView value) {
  const auto inside = [](uint8_t tag, BytesView element) {
    const auto content = der::only(tag, element);
    return content ? *content : BytesView();
  };
  const BytesView point = inside(der::kSequence, inside(der::kSequence, value));
  const BytesView names = inside(der::context_constructed(0), inside(der::context_constructed(0), point));
  return inside(kUri, names);
}

Fault crl_form(const Input& input) {
  const ExtensionView* points = input.tbs.find(oids::kCrlDistributionPoints);
  if (points == nullptr) return std::nullopt;
  if (points->is_critical()) return "cRLDistributionPoints are critical";
  if (!crl_url(points->value).empty()) return std::nullopt;
  return "cRLDistributionPoints are not one point with one URL, without reasons and cRLIssuer";
}

Fault crl_http(const Input& input) {
  const ExtensionView* points = input.tbs.find(oids::kCrlDistributionPoints);
  const BytesView url = points == nullptr ? BytesView() : crl_url(points->value);
  if (url.empty() || url.starts_with(kHttp)) return std::nullopt;
  return "the URL of the CRL is not one of http";
}

struct Access {
  BytesView method;  // content octets of the OID
  BytesView url;
};

constexpr size_t kAccessesMax = 8;
using Accesses = boost::container::static_vector<Access, kAccessesMax>;

// Nothing: not a list of at least one method with a URL.
std::optional<Accesses> read_access(BytesView value) {
  const auto list = der::only(der::kSequence, value);
  if (!list || list->empty()) return std::nullopt;
  Accesses accesses;
  der::Reader reader(*list);
  while (!reader.at_end()) {
    const auto description = reader.next(der::kSequence);
    der::Reader fields(description ? description->content : BytesView());
    const auto method = fields.oid();
    const auto url = fields.next(kUri);
    if (!method || !url || !fields.at_end() || accesses.size() == kAccessesMax) return std::nullopt;
    accesses.push_back({*method, url->content});
  }
  return accesses;
}

// Empty: there is none, or none that can be read.
Accesses accesses_of(const Input& input) {
  const ExtensionView* access = input.tbs.find(oids::kAuthorityInfoAccess);
  return access == nullptr ? Accesses() : read_access(access->value).value_or(Accesses());
}

bool has_method(const Input& input, BytesView method) {
  return std::ranges::count(accesses_of(input), method, &Access::method) > 0;
}

Fault access_form(const Input& input) {
  const ExtensionView* access = input.tbs.find(oids::kAuthorityInfoAccess);
  if (access == nullptr) return std::nullopt;
  if (access->is_critical()) return "authorityInfoAccess is critical";
  const auto accesses = read_access(access->value);
  if (!accesses) return "authorityInfoAccess is not a list of methods with a URL";
  for (const Access& one : *accesses) {
    if (one.method != oids::kOcsp && one.method != oids::kCaIssuers)
      return "authorityInfoAccess has another method than OCSP and caIssuers";
    if (std::ranges::count(*accesses, one.url, &Access::url) > 1)
      return "authorityInfoAccess has a URL twice";
  }
  return std::nullopt;
}

Fault access_http(const Input& input) {
  const bool are_http = std::ranges::all_of(
      accesses_of(input), [](const Access& access) { return access.url.starts_with(kHttp); });
  if (are_http) return std::nullopt;
  return "authorityInfoAccess has a URL that is not one of http";
}

Fault revocation(const Input& input) {
  const bool is_told =
      input.tbs.find(oids::kCrlDistributionPoints) != nullptr || has_method(input, oids::kOcsp);
  if (is_told || input.rules == ProfileRules::short_lived) return std::nullopt;
  return "neither a CRL nor an OCSP responder is named";
}

Fault ca_issuers(const Input& input) {
  if (has_method(input, oids::kCaIssuers)) return std::nullopt;
  return "the URL of the issuing CA's certificate is not there";
}

Fault tls_feature(const Input& input) {
  constexpr BytesView kStatusRequest = "\x30\x03\x02\x01\x05"sv;
  const ExtensionView* feature = input.tbs.find(oids::kTlsFeature);
  if (feature == nullptr) return std::nullopt;
  if (feature->is_critical()) return "the TLS feature is critical";
  if (feature->value != kStatusRequest) return "the TLS feature is not status_request alone";
  if (!has_method(input, oids::kOcsp))
    return "the TLS feature asks to staple, and no OCSP responder is named";
  return std::nullopt;
}

constexpr auto kOff = Severity::off;
constexpr auto kWarning = Severity::warning;
constexpr auto kError = Severity::error;
constexpr Rule kRules[] = {
    {"crl_distribution_point_form", "BR 7.1.2.11.2", kError, kError, crl_form},
    {"crl_distribution_point_http", "BR 7.1.2.11.2", kWarning, kError, crl_http},
    {"authority_info_access_form", "BR 7.1.2.7.7", kError, kError, access_form},
    {"authority_info_access_http", "BR 7.1.2.7.7", kWarning, kError, access_http},
    {"revocation_is_told", "BR 7.1.2.11.2", kOff, kError, revocation},
    {"ca_issuers_present", "BR 7.1.2.7.7", kOff, kWarning, ca_issuers},
    {"tls_feature", "RFC 7633 §4", kError, kError, tls_feature},
};

}  // namespace

std::span<const Rule> pointer_rules() { return kRules; }

}  // namespace acmecore::lint
