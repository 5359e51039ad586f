#include "validator/query.h"

#include "validator/response.h"

namespace validator {

namespace {

using base::Bytes;

constexpr uint16_t kIn = 1;
// RFC 6891 §9: 65001 to 65534 are for local and experimental use.
constexpr uint16_t kUnknownOption = 65'432;

void append(Bytes& message, uint16_t value) { message += {char(value >> 8), char(value)}; }

void append_opt(Bytes& message, const Edns& edns) {
  message += '\0';
  append(message, kOpt);
  append(message, edns.size);
  message += {'\0', char(edns.version), char(edns.dnssec_ok ? 0x80 : 0), '\0'};
  append(message, edns.unknown_option ? 4 : 0);
  if (!edns.unknown_option) return;
  append(message, kUnknownOption);
  append(message, 0);
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

Bytes query_message(const Query& query, uint16_t id) {
  Bytes message;
  append(message, id);
  append(message, query.recursion_desired ? 0x0100 : 0);
  for (const int count : {1, 0, 0, query.edns ? 1 : 0})
    append(message, uint16_t(count));
  message += query.name.wire();
  append(message, query.type);
  append(message, kIn);
  if (query.edns) append_opt(message, *query.edns);
  return message;
}

base::Name with_mixed_case(const base::Name& name, base::BytesView coin) {
  Bytes wire(name.wire());
  size_t bit = 0;
  for (size_t at = 0; wire[at] != 0;) {
    const size_t end = at + 1 + uint8_t(wire[at]);
    for (++at; at < end; ++at) {
      if (!is_letter(wire[at])) continue;
      if (uint8_t(coin[bit / 8 % coin.size()]) >> (bit % 8) & 1) wire[at] ^= 0x20;
      ++bit;
    }
  }
  return *base::Name::from_wire(wire);
}

}  // namespace validator
