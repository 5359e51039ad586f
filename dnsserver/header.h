#pragma once

#include <cstddef>
#include <cstdint>

namespace dnsserver {

// The header of a message (RFC 1035 §4.1.1): ID, flags, and how many questions, answers, authority and
// additional records follow. The question is right behind it.
inline constexpr size_t kHeaderSize = 12;

// Flags, at offset 2.
inline constexpr uint16_t kQr = 0x8000;
inline constexpr uint16_t kOpcode = 0x7800;
inline constexpr uint16_t kAa = 0x0400;
inline constexpr uint16_t kTc = 0x0200;
inline constexpr uint16_t kRd = 0x0100;
inline constexpr uint16_t kCd = 0x0010;  // RFC 4035 §3.1.6
inline constexpr uint16_t kRcode = 0x000f;

// Of kOpcode (RFC 2136 §2.2).
inline constexpr uint16_t kOpcodeUpdate = 5 << 11;

}  // namespace dnsserver
