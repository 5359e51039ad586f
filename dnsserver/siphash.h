#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"

namespace dnsserver {

using SipKey = std::array<uint8_t, 16>;

// SipHash-2-4 with an output of 64 bits: a keyed hash that is cheap for short inputs. As octets it is written the
// least significant one first.
uint64_t siphash(const SipKey& key, base::BytesView input);

}  // namespace dnsserver
