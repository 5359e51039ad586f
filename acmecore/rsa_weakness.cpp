#include "acmecore/rsa_weakness.h"

#include <array>
#include <cassert>
#include <cstdint>

#include "base/openssl.h"

namespace acmecore {

using base::BignumHandle;

namespace {

constexpr int kExponentBitsMax = 64;
constexpr BN_ULONG kExponentMin = 65537;
constexpr unsigned kSmallPrimeEnd = 752;
constexpr unsigned kRocaPrimeMax = 167;
constexpr int kFermatRounds = 100;

using BnContextHandle = base::OpensslHandle<BN_CTX, BN_CTX_free>;

std::optional<std::string> exponent_weakness(const BIGNUM* exponent);
bool has_small_factor(const BIGNUM* modulus);
bool has_roca_fingerprint(const BIGNUM* modulus);
bool has_close_primes(const BIGNUM* modulus);

}  // namespace

std::optional<std::string> rsa_weakness(const BIGNUM* modulus, const BIGNUM* exponent) {
  if (auto weakness = exponent_weakness(exponent)) return weakness;
  if (BN_num_bits(modulus) % 8 != 0) return "has a size that is no multiple of 8 bits";
  if (has_small_factor(modulus)) return "has a modulus with a small prime factor";
  if (has_roca_fingerprint(modulus)) return "was made by a device with the ROCA defect (CVE-2017-15361)";
  if (has_close_primes(modulus)) return "has two primes that are too close to each other (CVE-2022-26320)";
  return std::nullopt;
}

namespace {

std::optional<std::string> exponent_weakness(const BIGNUM* exponent) {
  if (!BN_is_odd(exponent)) return "has an even exponent";
  if (BN_num_bits(exponent) > kExponentBitsMax) return "has an exponent of more than 64 bits";
  if (BN_get_word(exponent) < kExponentMin) return "has an exponent below 65537";
  return std::nullopt;
}

constexpr bool is_prime(unsigned number) {
  for (unsigned divisor = 2; divisor * divisor <= number; ++divisor) {
    if (number % divisor == 0) return false;
  }
  return number >= 2;
}

bool has_small_factor(const BIGNUM* modulus) {
  for (unsigned prime = 2; prime < kSmallPrimeEnd; ++prime) {
    if (is_prime(prime) && BN_mod_word(modulus, prime) == 0) return true;
  }
  return false;
}

// Is `residue` a power of 65537 modulo `prime`?
bool is_roca_residue(BN_ULONG residue, unsigned prime) {
  const BN_ULONG generator = 65537 % prime;
  BN_ULONG power = 1;
  do {
    if (power == residue) return true;
    power = power * generator % prime;
  } while (power != 1);
  return false;
}

// The defective library made primes that are, modulo each small prime, powers of 65537; so are their
// products. A sound modulus has all these properties with a chance of about 2^-27 (Nemec et al., CCS 2017,
// §3).
bool has_roca_fingerprint(const BIGNUM* modulus) {
  for (unsigned prime = 3; prime <= kRocaPrimeMax; prime += 2) {
    if (is_prime(prime) && !is_roca_residue(BN_mod_word(modulus, prime), prime)) return false;
  }
  return true;
}

BignumHandle copy_of(const BIGNUM* number) {
  BignumHandle copy(BN_dup(number));
  assert(copy);
  return copy;
}

// The largest integer whose square is not above `number`, by Newton's method. REQUIRES: number > 0.
BignumHandle integer_square_root(const BIGNUM* number, BN_CTX* context) {
  BignumHandle root(BN_new());
  BignumHandle next(BN_new());
  assert(root && next);
  int ok = BN_set_bit(root.get(), (BN_num_bits(number) + 1) / 2);  // not below the root, so it only falls
  while (true) {
    ok &= BN_div(next.get(), nullptr, number, root.get(), context);
    ok &= BN_add(next.get(), next.get(), root.get());
    ok &= BN_rshift1(next.get(), next.get());
    assert(ok == 1);
    if (BN_cmp(next.get(), root.get()) >= 0) return root;
    swap(root, next);
  }
}

template <unsigned kModulus>
constexpr std::array<bool, kModulus> squares_modulo() {
  std::array<bool, kModulus> squares{};
  for (unsigned i = 0; i < kModulus; ++i)
    squares[i * i % kModulus] = true;
  return squares;
}

// Fewer than one in a hundred numbers gets past the residues to the square root (Cohen, algorithm 1.7.3).
bool is_square(const BIGNUM* number, BN_CTX* context) {
  static constexpr auto kModulo64 = squares_modulo<64>();
  static constexpr auto kModulo63 = squares_modulo<63>();
  static constexpr auto kModulo65 = squares_modulo<65>();
  static constexpr auto kModulo11 = squares_modulo<11>();
  if (BN_is_zero(number)) return true;
  if (!kModulo64[BN_mod_word(number, 64)]) return false;
  const BN_ULONG residue = BN_mod_word(number, 63 * 65 * 11);
  if (!kModulo63[residue % 63] || !kModulo65[residue % 65] || !kModulo11[residue % 11]) return false;
  const BignumHandle root = integer_square_root(number, context);
  const BignumHandle square(BN_new());
  const int ok = BN_sqr(square.get(), root.get(), context);
  assert(ok == 1);
  return BN_cmp(square.get(), number) == 0;
}

// Fermat: n = a² − b² with a just above √n when the factors a − b and a + b are close.
bool has_close_primes(const BIGNUM* modulus) {
  const BnContextHandle context(BN_CTX_new());
  const BignumHandle a = integer_square_root(modulus, context.get());
  const BignumHandle difference(BN_new());  // a² − n
  const BignumHandle step = copy_of(a.get());
  int ok = BN_sqr(difference.get(), a.get(), context.get());
  ok &= BN_sub(difference.get(), difference.get(), modulus);
  ok &= BN_lshift1(step.get(), step.get());
  ok &= BN_add_word(step.get(), 1);  // (a+1)² − a²
  assert(ok == 1);
  if (BN_is_zero(difference.get())) return true;
  for (int round = 0; round < kFermatRounds; ++round) {
    ok &= BN_add(difference.get(), difference.get(), step.get());
    ok &= BN_add_word(step.get(), 2);
    assert(ok == 1);
    if (is_square(difference.get(), context.get())) return true;
  }
  return false;
}

}  // namespace

}  // namespace acmecore
