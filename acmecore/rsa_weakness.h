#pragma once

#include <openssl/bn.h>

#include <optional>
#include <string>

namespace acmecore {

// What makes an RSA key of any size unfit for use (BR 6.1.1.3 and 6.1.6), as the rest of a sentence that
// begins "the RSA key …"; nothing for a key that passes. Looks for: an exponent that is even, below 65537 or
// over 64 bits; an even modulus, a size that is no multiple of 8, a prime factor below 752; the fingerprint
// of ROCA (CVE-2017-15361); and two primes so close that Fermat's method finds them in 100 rounds
// (CVE-2022-26320).
std::optional<std::string> rsa_weakness(const BIGNUM* modulus, const BIGNUM* exponent);

}  // namespace acmecore
