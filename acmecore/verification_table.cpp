// Of OpenSSL's own signature checks none takes a table, and what makes one is deprecated.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "acmecore/verification_table.h"

#include <gmpxx.h>
#include <openssl/core_names.h>
#include <openssl/obj_mac.h>

#include <array>
#include <atomic>
#include <cassert>
#include <optional>

#include "acmecore/der.h"

namespace acmecore {

using base::BignumHandle;
using base::Bytes;
using base::BytesView;

namespace {

constexpr size_t kScalarSize = 32;
constexpr size_t kPointSize = 65;  // uncompressed

using PointHandle = base::OpensslHandle<EC_POINT, EC_POINT_free>;
using ContextHandle = base::OpensslHandle<BN_CTX, BN_CTX_free>;

std::atomic<int> tables{0};

// The order of the group and the prime of its field (SP 800-186 §3.2.1.3).
const mpz_class& order() {
  static const mpz_class n("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16);
  return n;
}
const mpz_class& prime() {
  static const mpz_class p("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", 16);
  return p;
}

mpz_class number_of(BytesView octets) {
  mpz_class number;
  mpz_import(number.get_mpz_t(), octets.size(), 1, 1, 1, 0, octets.data());
  return number;
}

// REQUIRES: number < 2^256.
bool set(BIGNUM* bignum, const mpz_class& number) {
  std::array<unsigned char, kScalarSize> octets{};
  size_t size = 0;
  mpz_export(octets.data(), &size, -1, 1, 1, 0, number.get_mpz_t());
  return BN_lebin2bn(octets.data(), int(octets.size()), bignum) != nullptr;
}

// REQUIRES: 0 <= number < 2^256.
mpz_class number_of(const BIGNUM* number) {
  std::array<char, kScalarSize> octets;
  const int size = BN_bn2binpad(number, reinterpret_cast<unsigned char*>(octets.data()), int(octets.size()));
  assert(size == int(octets.size()));
  return number_of(BytesView(octets.data(), octets.size()));
}

// What a check computes in. Made anew it would be fifty pieces of memory, an eighth of all that an issuance allocates.
struct Scratch {
  explicit Scratch(const EC_GROUP* curve) : sum(EC_POINT_new(curve)), of_key(EC_POINT_new(curve)) {
    assert(context && u1 && u2 && x && z && sum && of_key);
  }

  ContextHandle context{BN_CTX_new()};
  BignumHandle u1{BN_new()};
  BignumHandle u2{BN_new()};
  BignumHandle x{BN_new()};
  BignumHandle z{BN_new()};
  PointHandle sum;
  PointHandle of_key;
};

struct Signature {
  mpz_class r;
  mpz_class s;
};

// Nothing: it is no ECDSA-Sig-Value in DER, or a number is not from 1 to n - 1.
std::optional<Signature> read_signature(BytesView der) {
  const auto content = der::only(der::kSequence, der);
  if (!content) return std::nullopt;
  der::Reader reader(*content);
  const auto r = reader.integer();
  if (!r) return std::nullopt;
  const auto s = reader.integer();
  if (!s || !reader.at_end()) return std::nullopt;
  const auto is_negative = [](BytesView integer) { return (uint8_t(integer[0]) & 0x80) != 0; };
  if (is_negative(*r) || is_negative(*s)) return std::nullopt;
  Signature signature{number_of(*r), number_of(*s)};
  const auto is_in_range = [](const mpz_class& one) { return one > 0 && one < order(); };
  if (!is_in_range(signature.r) || !is_in_range(signature.s)) return std::nullopt;
  return signature;
}

// Whether the point's x, which is X / Z² (mod p), is r modulo the order. Z is not inverted, which would be an eighth of
// the whole check: r and r + n are the only numbers below p that are r modulo n.
bool has_x(const mpz_class& r, const mpz_class& projective_x, const mpz_class& z) {
  const mpz_class z_squared = z * z % prime();
  const auto is_x = [&](const mpz_class& x) { return x * z_squared % prime() == projective_x; };
  const mpz_class other = r + order();
  return is_x(r) || (other < prime() && is_x(other));
}

// Takes one of the places for tables.
bool take_place() {
  if (tables.fetch_add(1) < kVerificationTablesMax) return true;
  tables.fetch_sub(1);
  return false;
}

}  // namespace

std::unique_ptr<const VerificationTable> VerificationTable::make(const EVP_PKEY* key) {
  std::array<char, 16> name{};
  Bytes octets(kPointSize, '\0');
  size_t size = 0;
  const bool is_p256 = EVP_PKEY_get_group_name(key, name.data(), name.size(), nullptr) == 1 &&
                       OBJ_sn2nid(name.data()) == NID_X9_62_prime256v1 &&
                       EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY,
                                                       reinterpret_cast<unsigned char*>(octets.data()),
                                                       octets.size(), &size) == 1;
  if (!is_p256) {
    base::openssl_error();
    return nullptr;
  }
  Curve curve(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  Curve by_key(EC_GROUP_dup(curve.get()));
  const PointHandle point(EC_POINT_new(curve.get()));
  const ContextHandle context(BN_CTX_new());
  if (!take_place()) return nullptr;
  std::unique_ptr<const VerificationTable> table(new VerificationTable(std::move(curve), std::move(by_key)));
  EC_GROUP* const group = table->by_key_.get();
  const bool made =
      EC_POINT_oct2point(group, point.get(), base::octets(octets), size, context.get()) == 1 &&
      EC_GROUP_set_generator(group, point.get(), EC_GROUP_get0_order(group), BN_value_one()) == 1 &&
      EC_GROUP_precompute_mult(group, context.get()) == 1;
  if (made) return table;
  base::openssl_error();
  return nullptr;
}

VerificationTable::~VerificationTable() { tables.fetch_sub(1); }

bool VerificationTable::verify(BytesView digest, BytesView signature_der) const {
  assert(digest.size() == base::kSha256Size);
  const auto signature = read_signature(signature_der);
  if (!signature) return false;
  mpz_class inverse;
  mpz_invert(inverse.get_mpz_t(), signature->s.get_mpz_t(), order().get_mpz_t());
  thread_local const Scratch scratch(curve_.get());
  const auto& [context, u1, u2, x, z, sum, of_key] = scratch;
  const bool computed =
      set(u1.get(), number_of(digest) * inverse % order()) &&
      set(u2.get(), signature->r * inverse % order()) &&
      EC_POINT_mul(curve_.get(), sum.get(), u1.get(), nullptr, nullptr, context.get()) == 1 &&
      EC_POINT_mul(by_key_.get(), of_key.get(), u2.get(), nullptr, nullptr, context.get()) == 1 &&
      EC_POINT_add(curve_.get(), sum.get(), sum.get(), of_key.get(), context.get()) == 1 &&
      EC_POINT_is_at_infinity(curve_.get(), sum.get()) == 0 &&
      EC_POINT_get_Jprojective_coordinates_GFp(curve_.get(), sum.get(), x.get(), nullptr, z.get(),
                                               context.get()) == 1;
  if (!computed) {
    base::openssl_error();
    return false;
  }
  return has_x(signature->r, number_of(x.get()), number_of(z.get()));
}

}  // namespace acmecore
