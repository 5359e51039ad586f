#include "base/random.h"

#include <openssl/rand.h>

#include <cassert>

#include "base/base64url.h"

namespace base {

Bytes random_bytes(size_t count) {
  Bytes bytes(count, '\0');
  const int made = RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), int(count));
  assert(made == 1);
  return bytes;
}

std::string random_token() { return base64url(random_bytes(16)); }

std::string time_ordered_id(Time now) {
  constexpr std::string_view kAlphabet = "0123456789abcdefghijklmnopqrstuv";
  const auto milliseconds = uint64_t(now.time_since_epoch().count());
  Bytes octets;
  for (int shift = 40; shift >= 0; shift -= 8)
    octets.push_back(char((milliseconds >> shift) & 0xff));
  octets += random_bytes(10);
  std::string id;
  uint32_t bits = 0;
  int held = 0;
  for (char c : octets) {
    bits = (bits << 8) | uint8_t(c);
    held += 8;
    while (held >= 5) {
      held -= 5;
      id.push_back(kAlphabet[(bits >> held) & 31]);
    }
  }
  if (held > 0) id.push_back(kAlphabet[(bits << (5 - held)) & 31]);
  return id;
}

}  // namespace base
