#include "dnsserver/uuid.h"

#include "base/random.h"

namespace dnsserver {

std::string random_uuid() {
  base::Bytes octets = base::random_bytes(16);
  octets[6] = char((uint8_t(octets[6]) & 0x0f) | 0x40);  // version 4
  octets[8] = char((uint8_t(octets[8]) & 0x3f) | 0x80);  // variant of RFC 9562 §4.1
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (size_t i = 0; i < octets.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += kDigits[uint8_t(octets[i]) >> 4];
    text += kDigits[uint8_t(octets[i]) & 15];
  }
  return text;
}

}  // namespace dnsserver
