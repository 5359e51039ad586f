#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dnsserver/rrset.h"

namespace dnsserver {

// Records in the notation of master files (RFC 1035 §5), for tests. What cannot be read stops the test
// program.

// One record a line; relative names are under `origin`; ";" begins a comment.
std::vector<RRset> parse_rrsets(std::string_view text, const Name& origin);

// A record as it is written everywhere: absolute owner in its own case, TTL, class, type, RDATA.
std::string canonical_line(std::string_view line, const Name& origin);

// "TXT", "TYPE65280"; "CH", "CLASS3".
uint16_t type_number(const std::string& text);
uint16_t class_number(const std::string& text);

// Hexadecimal digits, between which blanks mean nothing.
Bytes from_hex(std::string_view digits);

// What an independent reader of DNS messages (ldns) sees in one.
struct ReadMessage {
  std::string rcode;                // "NOERROR", "BADVERS"
  std::string flags;                // those that are set: "qr aa rd"
  std::string question;             // "www.corp.test. IN TXT", empty if there is none
  std::vector<std::string> answer;  // lines as canonical_line() writes them, in the order of the message
  std::vector<std::string> authority;
  std::vector<std::string> additional;  // without OPT
  std::string edns;                     // "version=0 size=1232 flags=do ede=20"; empty: no OPT
};

ReadMessage read_message(BytesView message);

}  // namespace dnsserver
