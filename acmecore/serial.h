#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace acmecore {

// RFC 5280 §4.1.2.2.
inline constexpr size_t kSerialSizeMax = 20;

// A certificate's serial number: the content octets of its DER INTEGER, so it is positive and minimal.
struct Serial {
  base::Bytes octets;

  bool operator==(const Serial&) const = default;
};

// One octet that is constant, which makes the number positive, never zero, and always 17 octets long; the time in
// milliseconds; and 80 bits from the random generator, of which BR 7.1 asks for 64. The time makes serials rise, and
// with them the keys of certificates in the store: see docs/decisions/time-ordered-keys.md. Unique for all practical
// purposes; the caller records it before it is signed.
Serial new_serial();

// Lower-case hexadecimal, two digits an octet: "01f3…".
std::string text_of(const Serial& serial);

// The reverse. malformed: not hexadecimal of 1 to 20 octets, zero, negative, or not minimal.
base::Result<Serial> parse_serial(std::string_view text);

// Checks the content octets of a DER INTEGER. malformed as above.
base::Result<Serial> serial_from_octets(base::BytesView octets);

}  // namespace acmecore
