#pragma once

#include <chrono>
#include <cstdint>

#include "base/error.h"
#include "base/time.h"
#include "dnsserver/message_reader.h"
#include "dnsserver/tsig_key.h"

namespace dnsserver {

using base::Result;
using base::Time;

// RFC 8945 §3. The values are those on the wire.
enum class TsigError : uint16_t { none = 0, badsig = 16, badkey = 17, badtime = 18, badtrunc = 22 };

// How far clocks may differ, whatever fudge a client signs: a MAC has to be remembered for as long
// (dnsserver/replays.h). RFC 8945 §10 recommends this fudge.
inline constexpr std::chrono::seconds kTsigFudgeMax{300};

// The TSIG record of a message (RFC 8945 §4.2).
struct Tsig {
  Name key_name;
  Name algorithm_name;
  uint64_t time_signed = 0;  // seconds of Unix time, 48 bits
  uint16_t fudge = 0;
  Bytes mac;
  uint16_t original_id = 0;
  uint16_t error = 0;
  Bytes other;
  size_t start = 0;  // where it stands in the message

  bool operator==(const Tsig&) const = default;
};

// What a record of type TSIG says. malformed, and FORMERR is the answer: its class is not ANY, its TTL not 0, or
// its RDATA not what RFC 8945 §4.2 asks for.
Result<Tsig> read_tsig(const MessageRecord& record);

// What RFC 8945 §5.2 makes of a request that is signed with a known key.
enum class TsigVerdict {
  valid,
  malformed,  // FORMERR: the MAC is longer than the algorithm's, or shorter than any may be (§5.2.2.1)
  badsig,     // not this key's, and the answer must not be signed; a MAC of no octets too
  badtime,    // this key's, and further from our time than its fudge, or than kTsigFudgeMax
  badtrunc,   // this key's and cut: only whole MACs are taken
};

// Compares in constant time.
// REQUIRES: `tsig` is the last record of `request`; key.name and key.algorithm are its names.
TsigVerdict verify(BytesView request, const Tsig& tsig, const TsigKey& key, Time now);

// The request without its TSIG record and with the ID that was signed: what the client wrote.
Bytes without_tsig(BytesView request, const Tsig& tsig);

// Octets that sign() would add.
size_t tsig_size(const Tsig& request, const TsigKey& key, TsigError error);

// Signs the response to `request` (RFC 8945 §5.3), whose MAC is part of what is signed. With badtime, the
// record shows the client's time and, in Other Data, ours (§5.2.3).
void sign(Bytes& response, const Tsig& request, const TsigKey& key, TsigError error, Time now);

// Adds a record without a MAC, for badkey and badsig (RFC 8945 §5.3.2).
void add_unsigned_tsig(Bytes& response, const Tsig& request, TsigError error, Time now);

}  // namespace dnsserver
