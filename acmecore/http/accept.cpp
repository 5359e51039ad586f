#include "acmecore/http/accept.h"

#include <algorithm>

#include "base/ascii.h"

namespace acmecore::http {

namespace {

constexpr std::string_view kPemChain = "application/pem-certificate-chain";
constexpr std::string_view kPkixCert = "application/pkix-cert";

// Takes what stands before the next `separator` off the front.
std::string_view take_part(std::string_view& text, char separator) {
  const std::string_view part = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), part.size() + 1));
  return base::trimmed(part);
}

// In thousandths (RFC 9110 §12.4.2); what is no weight says nothing.
int weight_of(std::string_view text) {
  constexpr int kFull = 1000;
  if (text.empty() || (text[0] != '0' && text[0] != '1')) return kFull;
  int weight = text[0] == '1' ? kFull : 0;
  for (size_t i = 2, step = kFull / 10; i < text.size() && step > 0; ++i, step /= 10) {
    if (text[i] < '0' || text[i] > '9') return kFull;
    weight += (text[i] - '0') * int(step);
  }
  return std::min(weight, kFull);
}

// How exactly a media range matches a type: 0 not at all, 3 by name.
int precision(std::string_view range, std::string_view type) {
  if (base::equal_without_case(range, type)) return 3;
  if (base::equal_without_case(range, "application/*")) return 2;
  return range == "*/*" ? 1 : 0;
}

// The weight that the most precise media range gives the type; 0: none matches.
int weight_for(std::string_view type, std::string_view accept) {
  int best = 0, weight = 0;
  while (!accept.empty()) {
    std::string_view item = take_part(accept, ',');
    const int match = precision(take_part(item, ';'), type);
    int given = 1000;
    while (!item.empty()) {
      const std::string_view parameter = take_part(item, ';');
      if (parameter.size() > 1 && base::equal_without_case(parameter.substr(0, 2), "q="))
        given = weight_of(parameter.substr(2));
    }
    if (match > best) {
      best = match;
      weight = given;
    }
  }
  return weight;
}

}  // namespace

CertificateForm preferred_form(std::optional<std::string_view> accept) {
  if (!accept) return CertificateForm::pem_chain;
  const bool der_is_better = weight_for(kPkixCert, *accept) > weight_for(kPemChain, *accept);
  return der_is_better ? CertificateForm::der : CertificateForm::pem_chain;
}

}  // namespace acmecore::http
