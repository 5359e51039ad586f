#pragma once

#include "base/openssl.h"

// RSA moduli that are not to be certified. None of 2048 bits has a prime factor below 752.
namespace acmecore {

// Random, odd, of `bits` bits. Not a product of two primes, which nothing here could tell.
base::BignumHandle random_odd(int bits);

bool has_factor_below_752(const BIGNUM* candidate);

// With the fingerprint of ROCA (CVE-2017-15361), of 2048 bits.
base::BignumHandle roca_modulus();

// A product of two numbers that follow each other among those without small factors (CVE-2022-26320), and a square; of
// 2048 bits.
base::BignumHandle modulus_of_close_factors();
base::BignumHandle square_modulus();

}  // namespace acmecore
