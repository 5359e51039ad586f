#include "dnsserver/lowered_name.h"

#include <algorithm>
#include <cstring>

#include "base/random.h"

namespace dnsserver {

namespace {

uint64_t load(const char* from) {
  uint64_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

// Of this process.
struct Secrets {
  uint64_t root_hash = load(base::random_bytes(sizeof root_hash).data());
  uint64_t factor = load(base::random_bytes(sizeof factor).data()) | 1;
};

const Secrets& secrets() {
  static const Secrets secrets;
  return secrets;
}

// One octet in all eight.
constexpr uint64_t all(uint8_t octet) { return uint64_t{0x0101010101010101} * octet; }

// base::lower() of eight octets at once. Adding to seven bits carries into the eighth where the octet is at least
// 'A', and at least what comes behind 'Z'.
uint64_t lower8(uint64_t octets) {
  const uint64_t low = octets & all(0x7f);
  const uint64_t from_a = low + all(0x80 - 'A');
  const uint64_t behind_z = low + all(0x80 - 'Z' - 1);
  const uint64_t upper = from_a & ~behind_z & ~octets & all(0x80);
  return octets | upper >> 2;
}

// The factor is a secret, too: by one that is known, a change of the highest bit of a word is a known change of the
// hash, and another word can take it back whatever the hash was.
uint64_t mix(uint64_t hash, uint64_t word, uint64_t factor) {
  const auto product = static_cast<unsigned __int128>(hash ^ word) * factor;
  return uint64_t(product) ^ uint64_t(product >> 64);
}

// A label's length is its first octet, so no two sequences of labels are the same words.
uint64_t hash_with(uint64_t hash, const char* label, size_t size, uint64_t factor) {
  for (; size > sizeof hash; size -= sizeof hash, label += sizeof hash)
    hash = mix(hash, load(label), factor);
  return mix(hash, load(label) & ~uint64_t{0} >> (8 * (sizeof hash - size)), factor);
}

}  // namespace

size_t LoweredName::read(BytesView octets, size_t at) {
  size_t size = 0;
  labels_ = 0;
  for (;;) {
    if (at + size >= octets.size()) return 0;
    const auto length = uint8_t(octets[at + size]);
    if (length == 0) break;
    // One octet is kept for the root. A name of 255 octets has at most 127 labels, so these fit as well.
    if (length > base::kLabelSizeMax || size + 1 + length >= base::kNameSizeMax) return 0;
    starts_[labels_++] = uint8_t(size);
    size += 1 + size_t(length);
  }
  size_ = uint8_t(size + 1);
  lower(octets.substr(at));
  hash_suffixes();
  return at + size_;
}

// Lengths are less than 'A', so they stay as they are.
void LoweredName::lower(BytesView octets) {
  const size_t whole = std::min<size_t>(size_, octets.size() / kStep * kStep);
  size_t at = 0;
  for (; at < whole; at += kStep) {
    const uint64_t word = lower8(load(octets.data() + at));
    std::memcpy(octets_.data() + at, &word, sizeof word);
  }
  for (; at < size_; ++at)
    octets_[at] = base::lower(octets[at]);
}

// From the root down, so that one pass gives the hash of every suffix.
void LoweredName::hash_suffixes() {
  const auto [root_hash, factor] = secrets();
  uint64_t hash = hashes_[0] = root_hash;
  for (size_t i = labels_; i-- > 0;) {
    const size_t start = starts_[i];
    hash = hash_with(hash, octets_.data() + start, label_at(i + 1) - start, factor);
    hashes_[labels_ - i] = hash;
  }
}

uint64_t LoweredName::wildcard_hash(size_t labels) const {
  std::array<char, kStep> label{};
  std::memcpy(label.data(), kWildcardLabel, sizeof kWildcardLabel);
  return hash_with(hashes_[labels], label.data(), sizeof kWildcardLabel, secrets().factor);
}

}  // namespace dnsserver
