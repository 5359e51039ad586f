#include "acmecore/nonces.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <cassert>

#include "acmecore/secret_key.h"
#include "base/base64url.h"
#include "base/random.h"
#include "storage/tables.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;
using base::Task;

namespace {

constexpr size_t kNumberSize = 8;
constexpr size_t kStampSize = 2 * kNumberSize;
constexpr size_t kMacSize = 16;  // one block of AES: the 128 bits that nobody can guess
constexpr size_t kKeySize = 32;

static_assert(kStampSize == kMacSize, "a block is authenticated by its encryption, and no more than a block");

static_assert((kUsedNoncesMax + 1) * kStampSize <= storage::kValueSizeMax, "save() writes one value");

const Bytes kUsedKey = Bytes(1, storage::table::kSecret) + "used-nonces";

base::CipherContextHandle aes_of(BytesView key);
Task<Result<Bytes>> take_saved(storage::Store& store);
void append(uint64_t number, Bytes& octets);
uint64_t number_at(BytesView octets, size_t position);
uint64_t milliseconds_of(base::Time time) { return uint64_t(time.time_since_epoch().count()); }
tl::unexpected<base::Error> bad_nonce(std::string why);

}  // namespace

Task<Result<std::unique_ptr<Nonces>>> Nonces::open(storage::Store& store, const base::Clock& clock,
                                                   size_t used_max) {
  CO_TRY(const Bytes key, co_await secret_key(store, "nonce-key"));
  CO_TRY(const Bytes saved, co_await take_saved(store));
  std::unique_ptr<Nonces> nonces(new Nonces(store, clock, used_max, key));
  nonces->load(saved);
  co_return nonces;
}

Nonces::Nonces(storage::Store& store, const base::Clock& clock, size_t used_max, BytesView key)
    : store_(store),
      clock_(clock),
      used_max_(used_max),
      cipher_(aes_of(key)),
      next_number_(number_at(base::random_bytes(kNumberSize), 0)) {}

std::string Nonces::fresh() {
  Bytes nonce;
  nonce.reserve(kStampSize + kMacSize);
  append(milliseconds_of(clock_.now()), nonce);
  append(next_number_.fetch_add(1, std::memory_order_relaxed), nonce);
  nonce += mac(nonce);
  return base::base64url(nonce);
}

Result<void> Nonces::use(std::string_view nonce) {
  constexpr size_t kTextSize = ((kStampSize + kMacSize) * 4 + 2) / 3;
  const auto octets = nonce.size() == kTextSize ? base::parse_base64url(nonce) : std::nullopt;
  if (!octets) return bad_nonce("is none of ours");
  const BytesView stamp_octets = BytesView(*octets).substr(0, kStampSize);
  if (CRYPTO_memcmp(mac(stamp_octets).data(), octets->data() + kStampSize, kMacSize) != 0) {
    return bad_nonce("is none of ours");
  }
  const Stamp stamp(number_at(*octets, 0), number_at(*octets, kNumberSize));
  const uint64_t now = milliseconds_of(clock_.now());
  const uint64_t lifetime = uint64_t(std::chrono::milliseconds(kNonceLifetime).count());

  const std::lock_guard lock(mutex_);
  accept_from(now - std::min(now, lifetime));
  if (stamp.first < accepted_from_) return bad_nonce("has expired");
  if (!used_.insert(stamp).second) return bad_nonce("was used before");
  if (used_.size() > used_max_) accept_from(used_.begin()->first + 1);
  return {};
}

Task<Result<void>> Nonces::save() {
  Bytes value;
  {
    const std::lock_guard lock(mutex_);
    value.reserve(kNumberSize + used_.size() * kStampSize);
    append(accepted_from_, value);
    for (const auto& [milliseconds, number] : used_) {
      append(milliseconds, value);
      append(number, value);
    }
  }
  storage::Batch batch;
  batch.puts.push_back({kUsedKey, std::move(value)});
  CO_CHECK(co_await store_.commit(std::move(batch)));
  co_return Result<void>();
}

// AES with a secret key is a pseudorandom function of one block, and so a MAC of what is always one block long.
Bytes Nonces::mac(BytesView stamp) {
  assert(stamp.size() == kStampSize);
  Bytes block(kMacSize, '\0');
  auto* out = reinterpret_cast<unsigned char*>(block.data());
  int size = 0;
  const std::lock_guard lock(cipher_mutex_);
  const int made = EVP_EncryptUpdate(cipher_.get(), out, &size, base::octets(stamp), int(stamp.size()));
  assert(made == 1 && size == int(kMacSize));
  return block;
}

void Nonces::load(BytesView saved) {
  if (saved.size() % kStampSize != kNumberSize) return;  // nothing was saved
  accepted_from_ = number_at(saved, 0);
  for (size_t at = kNumberSize; at < saved.size(); at += kStampSize) {
    used_.emplace_hint(used_.end(), number_at(saved, at), number_at(saved, at + kNumberSize));
  }
}

// What is not accepted any more need not be remembered. REQUIRES: mutex_ is held.
void Nonces::accept_from(uint64_t milliseconds) {
  if (milliseconds <= accepted_from_) return;
  accepted_from_ = milliseconds;
  used_.erase(used_.begin(), used_.lower_bound(Stamp(milliseconds, 0)));
}

namespace {

// AES-256, block by block.
base::CipherContextHandle aes_of(BytesView key) {
  assert(key.size() == kKeySize);
  base::CipherContextHandle context(EVP_CIPHER_CTX_new());
  const int taken =
      EVP_EncryptInit_ex2(context.get(), EVP_aes_256_ecb(), base::octets(key), nullptr, nullptr);
  EVP_CIPHER_CTX_set_padding(context.get(), 0);
  assert(taken == 1);
  return context;
}

// A list that stayed would be of no use to a start that comes after a crash: it forbids too little.
Task<Result<Bytes>> take_saved(storage::Store& store) {
  CO_TRY(auto stored, co_await store.get(kUsedKey));
  if (!stored) co_return Bytes();
  storage::Batch batch;
  batch.deletes.push_back(kUsedKey);
  CO_CHECK(co_await store.commit(std::move(batch)));
  co_return std::move(stored->value);
}

void append(uint64_t number, Bytes& octets) {
  for (int shift = 56; shift >= 0; shift -= 8)
    octets.push_back(char((number >> shift) & 0xff));
}

uint64_t number_at(BytesView octets, size_t position) {
  uint64_t number = 0;
  for (char c : octets.substr(position, kNumberSize))
    number = (number << 8) | uint8_t(c);
  return number;
}

tl::unexpected<base::Error> bad_nonce(std::string why) {
  return fail(ErrorKind::bad_nonce, "the nonce " + why + "; take the new one and try again");
}

}  // namespace

}  // namespace acmecore
