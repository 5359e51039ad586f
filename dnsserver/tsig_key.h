#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "base/name.h"

namespace dnsserver {

// The HMAC algorithms of RFC 8945 §6.
enum class TsigAlgorithm { hmac_md5, hmac_sha1, hmac_sha224, hmac_sha256, hmac_sha384, hmac_sha512 };

// "hmac-sha256"; MD5 is "hmac-md5", which on the wire is hmac-md5.sig-alg.reg.int.
std::string_view name_of(TsigAlgorithm algorithm);
// Without case, with or without a final dot, MD5 by both of its names. malformed: none of the six.
base::Result<TsigAlgorithm> parse_tsig_algorithm(std::string_view text);

// Octets of the digest, which a secret should have at least (RFC 2104 §3).
size_t digest_size(TsigAlgorithm algorithm);

inline constexpr size_t kTsigSecretSizeMin = 16;
inline constexpr size_t kTsigSecretSizeMax = 512;

// A secret that two parties share (RFC 8945 §4.2).
struct TsigKey {
  base::Name name;
  TsigAlgorithm algorithm = TsigAlgorithm::hmac_sha256;
  base::Bytes secret;

  bool operator==(const TsigKey&) const = default;
};

// A key with a random secret of the digest's size.
TsigKey make_tsig_key(base::Name name, TsigAlgorithm algorithm);

}  // namespace dnsserver
