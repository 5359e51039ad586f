#include "acmecore/crl_shard.h"

#include <cassert>

#include "base/openssl.h"

namespace acmecore {

std::string ca_id(const Certificate& issuing) {
  return text_of(Serial{base::sha256(issuing.subject_der + issuing.spki_der)}).substr(0, kCaIdSize);
}

uint32_t shard_of(const Serial& serial, uint32_t shards) {
  constexpr size_t kOctets = 8;
  assert(shards > 0);
  uint64_t number = 0;
  const base::Bytes& octets = serial.octets;
  for (size_t at = octets.size() < kOctets ? 0 : octets.size() - kOctets; at < octets.size(); ++at)
    number = number << 8 | uint8_t(octets[at]);
  return uint32_t(number % shards);
}

}  // namespace acmecore
