#pragma once

#include <cstdint>

namespace dnsserver {

// RR TYPE values (IANA "Resource Record (RR) TYPEs"): those whose meaning the answer path or publishing
// knows. Any other type is opaque to both (RFC 3597).
inline constexpr uint16_t kTypeA = 1;
inline constexpr uint16_t kTypeNs = 2;
inline constexpr uint16_t kTypeCname = 5;
inline constexpr uint16_t kTypeSoa = 6;
inline constexpr uint16_t kTypeTxt = 16;
inline constexpr uint16_t kTypeAaaa = 28;
inline constexpr uint16_t kTypeDname = 39;
inline constexpr uint16_t kTypeOpt = 41;
inline constexpr uint16_t kTypeDs = 43;
inline constexpr uint16_t kTypeNxname = 128;  // RFC 9824 §3.4
inline constexpr uint16_t kTypeTkey = 249;
inline constexpr uint16_t kTypeTsig = 250;
inline constexpr uint16_t kTypeIxfr = 251;
inline constexpr uint16_t kTypeAxfr = 252;
inline constexpr uint16_t kTypeMailb = 253;
inline constexpr uint16_t kTypeMaila = 254;
inline constexpr uint16_t kTypeAny = 255;

inline constexpr uint16_t kClassIn = 1;
inline constexpr uint16_t kClassNone = 254;  // RFC 2136 §2.4, §2.5
inline constexpr uint16_t kClassAny = 255;

}  // namespace dnsserver
