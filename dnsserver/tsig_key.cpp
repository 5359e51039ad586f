#include "dnsserver/tsig_key.h"

#include <string>

#include "base/random.h"

namespace dnsserver {

namespace {

struct Known {
  TsigAlgorithm algorithm;
  std::string_view name;
  size_t digest_size;
};

constexpr Known kKnown[] = {
    {TsigAlgorithm::hmac_md5, "hmac-md5", 16},       {TsigAlgorithm::hmac_sha1, "hmac-sha1", 20},
    {TsigAlgorithm::hmac_sha224, "hmac-sha224", 28}, {TsigAlgorithm::hmac_sha256, "hmac-sha256", 32},
    {TsigAlgorithm::hmac_sha384, "hmac-sha384", 48}, {TsigAlgorithm::hmac_sha512, "hmac-sha512", 64},
};
constexpr std::string_view kMd5OnTheWire = "hmac-md5.sig-alg.reg.int";

}  // namespace

std::string_view name_of(TsigAlgorithm algorithm) { return kKnown[size_t(algorithm)].name; }

base::Result<TsigAlgorithm> parse_tsig_algorithm(std::string_view text) {
  std::string name = base::lower(text);
  if (name.ends_with('.')) name.pop_back();
  if (name == kMd5OnTheWire) return TsigAlgorithm::hmac_md5;
  for (const Known& known : kKnown) {
    if (name == known.name) return known.algorithm;
  }
  constexpr size_t kShownMax = 100;
  return base::fail(base::ErrorKind::malformed,
                    "\"" + name.substr(0, kShownMax) +
                        "\" is not a TSIG algorithm; there are hmac-sha256, hmac-sha384, hmac-sha512 and the "
                        "older hmac-sha224, hmac-sha1, hmac-md5");
}

size_t digest_size(TsigAlgorithm algorithm) { return kKnown[size_t(algorithm)].digest_size; }

TsigKey make_tsig_key(base::Name name, TsigAlgorithm algorithm) {
  return {std::move(name), algorithm, base::random_bytes(digest_size(algorithm))};
}

}  // namespace dnsserver
