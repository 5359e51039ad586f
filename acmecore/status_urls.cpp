#include "acmecore/status_urls.h"

#include <charconv>

namespace acmecore {

namespace {

constexpr std::string_view kCrlSuffix = ".crl";

}  // namespace

std::string StatusUrls::crl(const CrlShard& shard) const {
  return origin + std::string(kCrlPath) + shard.ca + "/" + std::to_string(shard.number) +
         std::string(kCrlSuffix);
}

void StatusUrls::add_to(LeafContent& content, const CrlShard& shard) const {
  if (content.ca_issuers_url.empty())
    content.ca_issuers_url = origin + std::string(kIssuerPath) + shard.ca + ".crt";
  if (content.rules == ProfileRules::short_lived) return;
  content.crl_distribution_point = crl(shard);
  if (ocsp && content.ocsp_url.empty()) content.ocsp_url = origin + std::string(kOcspPath);
}

std::optional<CrlShard> shard_in(std::string_view target) {
  if (!target.starts_with(kCrlPath) || !target.ends_with(kCrlSuffix)) return std::nullopt;
  target.remove_prefix(kCrlPath.size());
  const size_t slash = target.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  CrlShard shard{std::string(target.substr(0, slash)), 0};
  const std::string_view text = target.substr(slash + 1, target.size() - slash - 1 - kCrlSuffix.size());
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), shard.number);
  if (error != std::errc() || end != text.data() + text.size() || std::to_string(shard.number) != text)
    return std::nullopt;
  return shard;
}

}  // namespace acmecore
