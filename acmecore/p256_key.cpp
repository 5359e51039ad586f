// Of OpenSSL's own signature checks none takes a table, and what makes one is deprecated.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "acmecore/p256_key.h"

#include <gmpxx.h>
#include <openssl/core_names.h>
#include <openssl/obj_mac.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>
#include <vector>

namespace acmecore {

using base::BignumHandle;
using base::BytesView;

namespace {

constexpr size_t kScalarSize = 32;

using GroupHandle = base::OpensslHandle<EC_GROUP, EC_GROUP_free>;
using PointHandle = base::OpensslHandle<EC_POINT, EC_POINT_free>;
using ContextHandle = base::OpensslHandle<BN_CTX, BN_CTX_free>;

// Checks that this process has begun, of signatures with numbers in range: the time by which tables age.
std::atomic<uint64_t> checks{0};

const EC_GROUP* curve() {
  static const GroupHandle group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  return group.get();
}

// The order of the group and the prime of its field (SP 800-186 §3.2.1.3).
const mpz_class& order() {
  static const mpz_class n("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16);
  return n;
}
const mpz_class& prime() {
  static const mpz_class p("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", 16);
  return p;
}

// A number below 2^256, least significant octet first: GMP takes it in words, OpenSSL in octets.
struct Octets {
  alignas(uint64_t) std::array<unsigned char, kScalarSize> little{};
};
constexpr size_t kWordSize = sizeof(uint64_t);
constexpr size_t kWords = kScalarSize / kWordSize;

void set(mpz_class& number, const Octets& octets) {
  mpz_import(number.get_mpz_t(), kWords, -1, kWordSize, -1, 0, octets.little.data());
}

// False: it is 2^256 or more.
bool set(mpz_class& number, BytesView octets) {
  octets.remove_prefix(std::min(octets.find_first_not_of('\0'), octets.size()));
  if (octets.size() > kScalarSize) return false;
  Octets reversed;
  std::ranges::reverse_copy(octets, reversed.little.begin());
  set(number, reversed);
  return true;
}

// REQUIRES of both: 0 <= number < 2^256.
void set(mpz_class& number, const BIGNUM* bignum) {
  Octets octets;
  const int size = BN_bn2lebinpad(bignum, octets.little.data(), int(kScalarSize));
  assert(size == int(kScalarSize));
  set(number, octets);
}
bool set(BIGNUM* bignum, const mpz_class& number) {
  Octets octets;
  mpz_export(octets.little.data(), nullptr, -1, kWordSize, -1, 0, number.get_mpz_t());
  return BN_lebin2bn(octets.little.data(), int(kScalarSize), bignum) != nullptr;
}

// What a check computes in. Made anew it would be a hundred pieces of memory.
struct Scratch {
  Scratch() { assert(context && u1 && u2 && x && z && sum && of_key); }

  ContextHandle context{BN_CTX_new()};
  BignumHandle u1{BN_new()};
  BignumHandle u2{BN_new()};
  BignumHandle x{BN_new()};
  BignumHandle z{BN_new()};
  PointHandle sum{EC_POINT_new(curve())};
  PointHandle of_key{EC_POINT_new(curve())};
  mpz_class r;
  mpz_class s;
  mpz_class number;
  mpz_class product;
  mpz_class projective_x;
};

bool set_in_range(mpz_class& number, BytesView octets) {
  return set(number, octets) && number > 0 && number < order();
}

// u1 = e / s and u2 = r / s (mod n), of the r and s in `work`. Leaves 1 / s for s.
bool set_scalars(Scratch& work, BytesView digest) {
  mpz_invert(work.s.get_mpz_t(), work.s.get_mpz_t(), order().get_mpz_t());
  const bool fits = set(work.number, digest);
  assert(fits);
  work.product = work.number * work.s;
  work.product %= order();
  if (!set(work.u1.get(), work.product)) return false;
  work.product = work.r * work.s;
  work.product %= order();
  return set(work.u2.get(), work.product);
}

bool add_up(Scratch& work, const EC_POINT* key, const EC_GROUP* table) {
  EC_POINT* const sum = work.sum.get();
  BN_CTX* const context = work.context.get();
  if (table == nullptr) return EC_POINT_mul(curve(), sum, work.u1.get(), key, work.u2.get(), context) == 1;
  EC_POINT* const of_key = work.of_key.get();
  return EC_POINT_mul(curve(), sum, work.u1.get(), nullptr, nullptr, context) == 1 &&
         EC_POINT_mul(table, of_key, work.u2.get(), nullptr, nullptr, context) == 1 &&
         EC_POINT_add(curve(), sum, sum, of_key, context) == 1;
}

// Whether the sum's x, which is X / Z² (mod p), is r modulo the order. Z is not inverted, which would be an eighth of
// the whole check: r and r + n are the only numbers below p that are r modulo n.
bool has_x(Scratch& work) {
  set(work.projective_x, work.x.get());
  set(work.number, work.z.get());
  mpz_class& z_squared = work.number;
  z_squared *= z_squared;
  z_squared %= prime();
  const auto is_x = [&](const mpz_class& candidate) {
    work.product = candidate * z_squared;
    work.product %= prime();
    return work.product == work.projective_x;
  };
  if (is_x(work.r)) return true;
  work.r += order();
  return work.r < prime() && is_x(work.r);
}

}  // namespace

// Which keys have a table, or are making one. Of the whole process, because that is what the memory of all tables is
// limited for, and keys belong to many. Takes the mutex of a key while it has its own.
class P256Key::Places {
 public:
  // Never destroyed, so that a key may be at any time.
  static Places& of_process() {
    static Places& places = *new Places;
    return places;
  }

  // False: the key has a place already, or there is none to be had.
  bool take(const P256Key& key) {
    const std::lock_guard lock(mutex_);
    if (std::ranges::find(holders_, &key) != holders_.end()) return false;
    if (holders_.size() == kVerificationTablesMax && !clear_idle()) return false;
    holders_.push_back(&key);
    return true;
  }

  void give_back(const P256Key& key) {
    const std::lock_guard lock(mutex_);
    std::erase(holders_, &key);
  }

 private:
  // Takes the table that was used longest ago. False: it is not idle, or none is made yet.
  bool clear_idle() {
    const P256Key* oldest = nullptr;
    uint64_t used = 0;
    for (const P256Key* key : holders_) {
      const std::lock_guard lock(key->mutex_);
      if (!key->table_ || (oldest != nullptr && key->used_ >= used)) continue;
      oldest = key;
      used = key->used_;
    }
    if (oldest == nullptr) return false;
    const std::lock_guard lock(oldest->mutex_);
    // As it is now: the key may have used it since.
    if (oldest->used_ + kChecksUntilTableIsIdle > checks.load(std::memory_order_relaxed)) return false;
    oldest->table_.reset();
    std::erase(holders_, oldest);
    return true;
  }

  std::mutex mutex_;  // any thread makes a key's table, and any destroys a key
  std::vector<const P256Key*> holders_;
};

std::unique_ptr<const P256Key> P256Key::read(BytesView point) {
  if (point.size() != kP256PointSize || point[0] != '\x04') return nullptr;
  Point read(EC_POINT_new(curve()));
  assert(read);
  if (EC_POINT_oct2point(curve(), read.get(), base::octets(point), point.size(), nullptr) != 1) {
    base::openssl_error();
    return nullptr;
  }
  return std::unique_ptr<const P256Key>(new P256Key(std::move(read)));
}

std::unique_ptr<const P256Key> P256Key::of(const EVP_PKEY* key) {
  std::array<char, 16> name{};
  std::array<char, kP256PointSize> octets{};
  size_t size = 0;
  const bool is_p256 = EVP_PKEY_get_group_name(key, name.data(), name.size(), nullptr) == 1 &&
                       OBJ_sn2nid(name.data()) == NID_X9_62_prime256v1 &&
                       EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY,
                                                       reinterpret_cast<unsigned char*>(octets.data()),
                                                       octets.size(), &size) == 1;
  if (is_p256) return read({octets.data(), size});
  base::openssl_error();
  return nullptr;
}

P256Key::~P256Key() { Places::of_process().give_back(*this); }

bool P256Key::has_table() const {
  const std::lock_guard lock(mutex_);
  return table_ != nullptr;
}

bool P256Key::make_table() const {
  if (has_table()) return true;
  if (!Places::of_process().take(*this)) return false;
  const std::shared_ptr<EC_GROUP> group(EC_GROUP_dup(curve()), EC_GROUP_free);
  const ContextHandle context(BN_CTX_new());
  const bool made =
      EC_GROUP_set_generator(group.get(), point_.get(), EC_GROUP_get0_order(curve()), BN_value_one()) == 1 &&
      EC_GROUP_precompute_mult(group.get(), context.get()) == 1;
  assert(made);
  const std::lock_guard lock(mutex_);
  table_ = group;
  used_ = checks.load(std::memory_order_relaxed);
  return true;
}

// The table, for check number `now`; it stays whole though the key should lose it meanwhile. Null: there is none. After
// so many checks without one it is made, for the next.
P256Key::Table P256Key::use_table(uint64_t now) const {
  {
    const std::lock_guard lock(mutex_);
    if (table_) {
      used_ = now;
      return table_;
    }
  }
  if ((verifications_.fetch_add(1, std::memory_order_relaxed) + 1) % kVerificationsBeforeTable == 0)
    make_table();
  return nullptr;
}

bool P256Key::verify(BytesView digest, const EcdsaNumbers& signature) const {
  assert(digest.size() == base::kSha256Size);
  thread_local Scratch work;
  if (!set_in_range(work.r, signature.r) || !set_in_range(work.s, signature.s)) return false;
  const Table table = use_table(checks.fetch_add(1, std::memory_order_relaxed) + 1);
  const bool computed =
      set_scalars(work, digest) && add_up(work, point_.get(), table.get()) &&
      EC_POINT_is_at_infinity(curve(), work.sum.get()) == 0 &&
      EC_POINT_get_Jprojective_coordinates_GFp(curve(), work.sum.get(), work.x.get(), nullptr, work.z.get(),
                                               work.context.get()) == 1;
  if (computed) return has_x(work);
  base::openssl_error();
  return false;
}

}  // namespace acmecore
