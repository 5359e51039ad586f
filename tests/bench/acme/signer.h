#pragma once

#include <string>
#include <string_view>

#include "base/openssl.h"

namespace bench {

// A new P-256 key.
base::PkeyHandle make_key();

// The members of the key's JWK in RFC 7638's order, as one JSON object, and its thumbprint in base64url.
std::string jwk(EVP_PKEY* key);
std::string thumbprint(EVP_PKEY* key);

// A CSR in DER for these names, signed by `key`.
std::string csr(EVP_PKEY* key, const std::string& name);

// A flattened JWS with alg ES256 (RFC 8555 §6.2). `who` is the header's member that says who signs:
// "\"kid\":\"…\"" or "\"jwk\":{…}".
std::string jws(EVP_PKEY* key, std::string_view who, std::string_view nonce, std::string_view url,
                std::string_view payload);

}  // namespace bench
