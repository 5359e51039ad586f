#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "dnsserver/header.h"
#include "dnsserver/lowered_name.h"

namespace dnsserver {

inline constexpr uint16_t kUdpSizeMin = 512;

// What the OPT record of a query says (RFC 6891 §6.1). Options are skipped: none is known here.
struct Edns {
  uint8_t version = 0;
  bool dnssec_ok = false;               // DO
  uint16_t payload_size = kUdpSizeMin;  // as sent, which may be below the least that it counts as
};

// A message of opcode QUERY with its one question.
struct Query {
  LoweredName name;
  uint16_t type = 0;
  uint16_t qclass = 0;
  size_t question_end = 0;  // where the question ends in the message
  std::optional<Edns> edns;
  bool has_tsig = false;  // a record of type TSIG in the additional section
};

// Reads a message from outside in one pass, without allocating. False, and FORMERR is the answer, if
//
// - there is not one question (RFC 9619 §4);
// - its name is compressed, too long or not whole, or the message ends before its records do, or goes on
//   behind them;
// - there are records in the answer section, or in the authority section of anything but IXFR (RFC 1995 §3);
// - OPT stands twice, or not in the additional section, or not at the root, or its options do not end where
//   it does (RFC 6891 §6.1.1).
//
// REQUIRES: message.size() >= kHeaderSize.
bool read_query(BytesView message, Query& query);

}  // namespace dnsserver
