#include "tests/acmecore/weak_moduli.h"

namespace acmecore {

using base::BignumHandle;

namespace {

using ContextHandle = base::OpensslHandle<BN_CTX, BN_CTX_free>;

BignumHandle product(const BIGNUM* a, const BIGNUM* b) {
  const ContextHandle context(BN_CTX_new());
  BignumHandle made(BN_new());
  BN_mul(made.get(), a, b, context.get());
  return made;
}

// The odd primes up to 167, and 2.
BignumHandle primorial() {
  BignumHandle made(BN_new());
  BN_set_word(made.get(), 2);
  for (unsigned candidate = 3; candidate <= 167; candidate += 2) {
    bool prime = true;
    for (unsigned divisor = 3; divisor < candidate; divisor += 2)
      prime &= candidate % divisor != 0;
    if (prime) BN_mul_word(made.get(), candidate);
  }
  return made;
}

BignumHandle factor() {
  BignumHandle made(BN_new());
  BN_generate_prime_ex(made.get(), 1024, 0, nullptr, nullptr, nullptr);
  BN_set_bit(made.get(), 1022);
  while (has_factor_below_752(made.get()))
    BN_add_word(made.get(), 2);
  return made;
}

}  // namespace

BignumHandle random_odd(int bits) {
  BignumHandle made(BN_new());
  BN_rand(made.get(), bits, BN_RAND_TOP_TWO, BN_RAND_BOTTOM_ODD);
  return made;
}

bool has_factor_below_752(const BIGNUM* candidate) {
  for (unsigned divisor = 2; divisor < 752; ++divisor) {
    if (BN_mod_word(candidate, divisor) == 0) return true;
  }
  return false;
}

// Any number that is a power of 65537 modulo the product of the small primes has it.
BignumHandle roca_modulus() {
  const ContextHandle context(BN_CTX_new());
  const BignumHandle small_primes = primorial();
  const BignumHandle generator(BN_new());
  const BignumHandle exponent(BN_new());
  BN_set_word(generator.get(), 65537);
  BN_set_word(exponent.get(), 123456789);
  const BignumHandle residue(BN_new());
  BN_mod_exp(residue.get(), generator.get(), exponent.get(), small_primes.get(), context.get());
  BignumHandle modulus = random_odd(2048);
  const BignumHandle remainder(BN_new());
  BN_mod(remainder.get(), modulus.get(), small_primes.get(), context.get());
  BN_sub(modulus.get(), modulus.get(), remainder.get());
  BN_add(modulus.get(), modulus.get(), residue.get());
  while (has_factor_below_752(modulus.get()))
    BN_add(modulus.get(), modulus.get(), small_primes.get());
  return modulus;
}

BignumHandle modulus_of_close_factors() {
  const BignumHandle one = factor();
  const BignumHandle next(BN_dup(one.get()));
  do {
    BN_add_word(next.get(), 2);
  } while (has_factor_below_752(next.get()));
  return product(one.get(), next.get());
}

BignumHandle square_modulus() {
  const BignumHandle root = factor();
  return product(root.get(), root.get());
}

}  // namespace acmecore
