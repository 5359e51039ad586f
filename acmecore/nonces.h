#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/openssl.h"
#include "base/task.h"
#include "base/time.h"
#include "storage/store.h"

namespace acmecore {

inline constexpr std::chrono::minutes kNonceLifetime{60};

// More used nonces are not remembered; instead, nonces as old as the oldest of them stop being valid early.
inline constexpr size_t kUsedNoncesMax = 500'000;

// Anti-replay nonces (RFC 8555 §6.5) that cost no write: a nonce is the time, a number that never repeats,
// and both encrypted with a key that is kept in the store. Only the used ones are remembered, in memory,
// until they expire. docs/decisions/nonces.md says what that means for restarts.
//
// Thread-safe: every connection takes and gives nonces. Short locks guard the cipher and the set of used ones.
class Nonces {
 public:
  // With the key of the store, made there first if there is none, and with what save() left, which is
  // deleted. `store` and `clock` outlive the nonces. At most `used_max` used ones are remembered.
  static base::Task<base::Result<std::unique_ptr<Nonces>>> open(storage::Store& store,
                                                                const base::Clock& clock,
                                                                size_t used_max = kUsedNoncesMax);

  // A nonce that nobody has seen: base64url, 128 bits of it unpredictable.
  std::string fresh();

  // Takes a nonce out of circulation. bad_nonce: we never gave it, or it is used or expired.
  base::Result<void> use(std::string_view nonce);

  // Writes down which nonces are used, so that a planned restart lets none be used again.
  base::Task<base::Result<void>> save();

 private:
  // When it was given, and its number.
  using Stamp = std::pair<uint64_t, uint64_t>;

  Nonces(storage::Store& store, const base::Clock& clock, size_t used_max, base::BytesView key);

  base::Bytes mac(base::BytesView stamp);
  void load(base::BytesView saved);
  void accept_from(uint64_t milliseconds);

  storage::Store& store_;
  const base::Clock& clock_;
  const size_t used_max_;
  std::mutex cipher_mutex_;                 // guards the one below, for the time of one block
  const base::CipherContextHandle cipher_;  // has taken the key in
  std::atomic<uint64_t> next_number_;       // begins anywhere, so that a restart repeats none
  std::mutex mutex_;  // guards the two below, for the time of one look-up and one insertion
  std::set<Stamp> used_;
  uint64_t accepted_from_ =
      0;  // milliseconds since 1970, never less than before; older ones are not accepted
};

}  // namespace acmecore
