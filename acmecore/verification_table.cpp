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
BignumHandle bignum_of(const mpz_class& number) {
  std::array<unsigned char, kScalarSize> octets{};
  size_t size = 0;
  mpz_export(octets.data(), &size, -1, 1, 1, 0, number.get_mpz_t());
  return BignumHandle(BN_lebin2bn(octets.data(), int(octets.size()), nullptr));
}

std::optional<mpz_class> number_of(const BIGNUM* number) {
  std::array<char, kScalarSize> octets;
  if (BN_is_negative(number)) return std::nullopt;
  if (BN_bn2binpad(number, reinterpret_cast<unsigned char*>(octets.data()), int(octets.size())) < 0) {
    return std::nullopt;
  }
  return number_of(BytesView(octets.data(), octets.size()));
}

struct Signature {
  mpz_class r;
  mpz_class s;
};

// Nothing: it is no ECDSA-Sig-Value in DER, or a number is not from 1 to n - 1.
std::optional<Signature> read_signature(BytesView der) {
  const unsigned char* at = base::octets(der);
  const base::EcdsaSignatureHandle read(d2i_ECDSA_SIG(nullptr, &at, long(der.size())));
  if (!read) return std::nullopt;
  unsigned char* again = nullptr;  // the reader takes BER, too
  const int size = i2d_ECDSA_SIG(read.get(), &again);
  const bool is_der = size >= 0 && BytesView(reinterpret_cast<const char*>(again), size_t(size)) == der;
  OPENSSL_free(again);
  if (!is_der) return std::nullopt;
  const BIGNUM* r = nullptr;
  const BIGNUM* s = nullptr;
  ECDSA_SIG_get0(read.get(), &r, &s);
  auto r_number = number_of(r);
  auto s_number = number_of(s);
  const auto is_in_range = [](const std::optional<mpz_class>& one) {
    return one && *one > 0 && *one < order();
  };
  if (!is_in_range(r_number) || !is_in_range(s_number)) return std::nullopt;
  return Signature{*std::move(r_number), *std::move(s_number)};
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
  if (!signature) {
    base::openssl_error();
    return false;
  }
  mpz_class inverse;
  mpz_invert(inverse.get_mpz_t(), signature->s.get_mpz_t(), order().get_mpz_t());
  const BignumHandle u1 = bignum_of(number_of(digest) * inverse % order());
  const BignumHandle u2 = bignum_of(signature->r * inverse % order());

  const ContextHandle context(BN_CTX_new());
  const PointHandle sum(EC_POINT_new(curve_.get()));
  const PointHandle of_key(EC_POINT_new(by_key_.get()));
  const BignumHandle x(BN_new());
  const BignumHandle z(BN_new());
  const bool computed =
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
  const auto x_number = number_of(x.get());
  const auto z_number = number_of(z.get());
  return x_number && z_number && has_x(signature->r, *x_number, *z_number);
}

}  // namespace acmecore
