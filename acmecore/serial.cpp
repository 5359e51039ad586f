#include "acmecore/serial.h"

#include <chrono>

#include "base/hexadecimal.h"
#include "base/random.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;

namespace {

constexpr char kLeadingOctet = 0x01;
constexpr size_t kRandomOctets = 10;

}  // namespace

Serial new_serial() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto milliseconds = uint64_t(std::chrono::floor<std::chrono::milliseconds>(now).count());
  Bytes octets(1, kLeadingOctet);
  for (int shift = 40; shift >= 0; shift -= 8)
    octets.push_back(char((milliseconds >> shift) & 0xff));
  return {octets + base::random_bytes(kRandomOctets)};
}

std::string text_of(const Serial& serial) { return base::hexadecimal(serial.octets); }

Result<Serial> parse_serial(std::string_view text) {
  if (text.size() % 2 != 0) return fail(ErrorKind::malformed, "a serial number has two digits an octet");
  const auto octets = base::parse_hexadecimal(text);
  if (!octets) return fail(ErrorKind::malformed, "a serial number is hexadecimal");
  return serial_from_octets(*octets);
}

Result<Serial> serial_from_octets(BytesView octets) {
  if (octets.empty() || octets.size() > kSerialSizeMax) {
    return fail(ErrorKind::malformed, "a serial number has 1 to 20 octets");
  }
  if ((octets[0] & 0x80) != 0) return fail(ErrorKind::malformed, "a serial number is not negative");
  if (octets[0] == '\0' && (octets.size() == 1 || (octets[1] & 0x80) == 0)) {
    return fail(ErrorKind::malformed, "a serial number is neither zero nor longer than it needs");
  }
  return Serial{Bytes(octets)};
}

}  // namespace acmecore
