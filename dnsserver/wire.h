#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace dnsserver {

// Numbers of the wire, in network order.

inline uint16_t u16_at(base::BytesView octets, size_t at) {
  return uint16_t(uint8_t(octets[at]) << 8 | uint8_t(octets[at + 1]));
}

inline uint32_t u32_at(base::BytesView octets, size_t at) {
  return uint32_t(u16_at(octets, at)) << 16 | u16_at(octets, at + 2);
}

inline void put_u16(char* at, uint16_t value) {
  at[0] = char(value >> 8);
  at[1] = char(value & 0xff);
}

inline void put_u32(char* at, uint32_t value) {
  put_u16(at, uint16_t(value >> 16));
  put_u16(at + 2, uint16_t(value & 0xffff));
}

inline void append_u16(base::Bytes& bytes, uint16_t value) {
  bytes += char(value >> 8);
  bytes += char(value & 0xff);
}

inline void append_u32(base::Bytes& bytes, uint32_t value) {
  append_u16(bytes, uint16_t(value >> 16));
  append_u16(bytes, uint16_t(value & 0xffff));
}

}  // namespace dnsserver
