#include "acmecore/pointer_extensions.h"

#include <cassert>

#include "acmecore/der.h"
#include "acmecore/oids.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;

namespace {

constexpr uint8_t kUniformResourceIdentifier = der::context(6);  // a GeneralName

}  // namespace

Bytes crl_distribution_points(const std::string& url) {
  const Bytes full_name =
      der::element(der::context_constructed(0), der::element(kUniformResourceIdentifier, url));
  return der::sequence({der::sequence({der::element(der::context_constructed(0), full_name)})});
}

Bytes authority_info_access(const std::string& ocsp_url, const std::string& ca_issuers_url) {
  assert(!ocsp_url.empty() || !ca_issuers_url.empty());
  Bytes descriptions;
  const auto add = [&](BytesView method, const std::string& url) {
    if (!url.empty())
      descriptions += der::sequence({der::oid(method), der::element(kUniformResourceIdentifier, url)});
  };
  add(oids::kOcsp, ocsp_url);
  add(oids::kCaIssuers, ca_issuers_url);
  return der::element(der::kSequence, descriptions);
}

}  // namespace acmecore
