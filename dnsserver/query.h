#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "dnsserver/cookie.h"
#include "dnsserver/header.h"
#include "dnsserver/lowered_name.h"

namespace dnsserver {

inline constexpr uint16_t kUdpSizeMin = 512;

// EDNS options (IANA "DNS EDNS0 Option Codes") that are known here.
inline constexpr uint16_t kOptionNsid = 3;
inline constexpr uint16_t kOptionExpire = 9;
inline constexpr uint16_t kOptionCookie = 10;
inline constexpr uint16_t kOptionKeepalive = 11;
inline constexpr uint16_t kOptionPadding = 12;
inline constexpr uint16_t kOptionExtendedError = 15;

// What the OPT record of a query says (RFC 6891 §6.1). Of another version than 0, no option is read.
struct Edns {
  uint8_t version = 0;
  bool dnssec_ok = false;               // DO
  uint16_t payload_size = kUdpSizeMin;  // as sent, which may be below the least that it counts as

  bool has_options = false;          // one of those that follow; all others are ignored
  bool nsid = false;                 // RFC 5001
  bool expire = false;               // RFC 7314
  bool padding = false;              // RFC 7830
  bool keepalive = false;            // RFC 7828
  bool malformed_keepalive = false;  // with a timeout, which a client does not send
  bool malformed_cookie = false;
  std::optional<QueryCookie> cookie;  // the first one (RFC 7873 §5.2)
};

// A message of opcode QUERY with its question.
struct Query {
  LoweredName name;
  uint16_t type = 0;
  uint16_t qclass = 0;
  size_t question_end = 0;  // where the question ends in the message
  std::optional<Edns> edns;
  bool has_tsig = false;  // a record of type TSIG in the additional section

  // A query without one asks for a cookie (RFC 7873 §5.4).
  bool has_question() const { return question_end > kHeaderSize; }
};

// Reads a message from outside in one pass, without allocating. False, and FORMERR is the answer, if
//
// - there is not one question (RFC 9619 §4), but for none and a COOKIE option (RFC 7873 §5.4);
// - its name is compressed, too long or not whole, or the message ends before its records do, or goes on
//   behind them;
// - there are records in the answer section, or in the authority section of anything but IXFR (RFC 1995 §3);
// - OPT stands twice, or not in the additional section, or not at the root, or its options do not end where
//   it does (RFC 6891 §6.1.1).
//
// REQUIRES: message.size() >= kHeaderSize.
bool read_query(BytesView message, Query& query);

}  // namespace dnsserver
