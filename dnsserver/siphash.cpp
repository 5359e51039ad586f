#include "dnsserver/siphash.h"

#include <bit>

namespace dnsserver {

namespace {

struct State {
  uint64_t v0;
  uint64_t v1;
  uint64_t v2;
  uint64_t v3;

  void round() {
    v0 += v1;
    v1 = std::rotl(v1, 13) ^ v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v2 = std::rotl(v2, 32);
  }

  void compress(uint64_t word) {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }
};

// Up to eight octets, the least significant one first.
uint64_t word_of(base::BytesView octets) {
  uint64_t word = 0;
  for (size_t i = 0; i < octets.size(); ++i)
    word |= uint64_t(uint8_t(octets[i])) << (8 * i);
  return word;
}

}  // namespace

uint64_t siphash(const SipKey& key, base::BytesView input) {
  const base::BytesView octets(reinterpret_cast<const char*>(key.data()), key.size());
  const uint64_t k0 = word_of(octets.substr(0, 8));
  const uint64_t k1 = word_of(octets.substr(8));
  State state{k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261,
              k1 ^ 0x7465646279746573};
  const uint64_t size = input.size();
  for (; input.size() >= 8; input.remove_prefix(8))
    state.compress(word_of(input.substr(0, 8)));
  state.compress(word_of(input) | size << 56);
  state.v2 ^= 0xff;
  for (int i = 0; i < 4; ++i)
    state.round();
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace dnsserver
