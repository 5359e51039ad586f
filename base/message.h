#pragma once

#include "base/bytes.h"
#include "base/error.h"

namespace base {

// RFC 1035 §4.1.1.
inline constexpr size_t kMessageHeaderSize = 12;
// The length in front of a message over TCP has 16 bits (RFC 1035 §4.2.2).
inline constexpr size_t kMessageSizeMax = 65535;
// Questions and records of all sections together. 64 KiB have room for five thousand of them, which nobody
// who means well sends us.
inline constexpr size_t kMessageRecordsMax = 1024;
// Compression pointers in one name. An honest name has at most a few.
inline constexpr size_t kNamePointersMax = 16;

// The guard in front of a DNS library: walks a whole message from outside and lets through what such a
// library can take without reading out of bounds or in circles (RFC 9267). malformed says what is wrong:
//
// - the counts do not match what is there, to the last octet, or exceed kMessageRecordsMax;
// - a name, in an owner or inside the RDATA of a type whose names may be compressed or are decompressed by
//   libraries, exceeds the limits of RFC 1035 §2.3.4, or has a pointer that does not point backwards, behind
//   the header, or has more than kNamePointersMax;
// - RDATA ends before what its type says must be there;
// - OPT stands twice, outside the additional section, or not at the root (RFC 6891 §6.1.1);
// - TSIG is not the last record of the additional section (RFC 8945 §5.1).
//
// Other contents of RDATA are not looked at.
Result<void> check_message(BytesView message);

}  // namespace base
