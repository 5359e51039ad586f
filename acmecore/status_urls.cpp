#include "acmecore/status_urls.h"

namespace acmecore {

std::string StatusUrls::crl(const CrlShard& shard) const {
  return origin + std::string(kCrlPath) + shard.ca + "/" + std::to_string(shard.number) + ".crl";
}

void StatusUrls::add_to(LeafContent& content, const CrlShard& shard) const {
  if (content.ca_issuers_url.empty())
    content.ca_issuers_url = origin + std::string(kIssuerPath) + shard.ca + ".crt";
  if (content.rules == ProfileRules::short_lived) return;
  content.crl_distribution_point = crl(shard);
  if (ocsp && content.ocsp_url.empty()) content.ocsp_url = origin + std::string(kOcspPath);
}

}  // namespace acmecore
