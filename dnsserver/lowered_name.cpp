#include "dnsserver/lowered_name.h"

namespace dnsserver {

size_t LoweredName::read(BytesView octets, size_t at) {
  size_t size = 0;
  labels_ = 0;
  while (at < octets.size()) {
    const auto length = uint8_t(octets[at]);
    if (length == 0) {
      octets_[size++] = '\0';
      size_ = uint8_t(size);
      return at + 1;
    }
    // One octet is kept for the root. A name of 255 octets has at most 127 labels, so these fit as well.
    if (length > base::kLabelSizeMax || size + 1 + length >= base::kNameSizeMax) return 0;
    if (octets.size() - at <= length) return 0;
    starts_[labels_++] = uint8_t(size);
    octets_[size++] = char(length);
    for (size_t i = 1; i <= length; ++i)
      octets_[size++] = base::lower(octets[at + i]);
    at += size_t(length) + 1;
  }
  return 0;
}

}  // namespace dnsserver
