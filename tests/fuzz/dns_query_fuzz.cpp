// Whatever comes in, over each transport: silence only for what is no query, and else a response that is
// whole, keeps to its limit, and repeats the ID, the OPCODE and, unless it is a header alone, the question.
#include <cstdint>
#include <cstdlib>

#include "base/message.h"
#include "dnsserver/wire.h"
#include "tests/dnsserver/served_zones.h"

using namespace dnsserver;

namespace {

ServedZones& served_zones() {
  static ServedZones& zones = *[] {
    auto* const zones = new ServedZones;
    zones->add("corp.test", R"(@       60 SOA ns1 hostmaster 1 3600 900 604800 5
                               @       60 NS  ns1
                               ns1     60 A   192.0.2.1
                               www     60 TXT "a"
                               a.b.c   60 TXT "deep"
                               one     60 CNAME two
                               two     60 CNAME www
                               loop    60 CNAME loop
                               *.wild  60 CNAME www
                               old     60 DNAME www
                               loop2   60 DNAME loop2
                               long    60 DNAME aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbb
                               sub     60 NS  ns.sub
                               ns.sub  60 A   192.0.2.53)");
    std::string large = "@ 60 SOA ns1 hostmaster 1 3600 900 604800 5\n@ 60 NS ns1\n";
    for (char c = 'a'; c <= 'z'; ++c)
      large += "@ 60 TXT \"" + std::string(100, c) + "\"\n";
    zones->add("large.test", large);
    zones->policy().nsid = "ns1.corp.test";
    return zones;
  }();
  return zones;
}

void require(bool holds) {
  if (!holds) std::abort();
}

// What rate limiting makes of a response is a message, too, and no larger.
void check_short(const Bytes& query) {
  ServedZones& zones = served_zones();
  const Bytes client(16, 'a');
  const QueryContext context{
      .transport = Transport::udp, .client = client, .now = kRfc9018Time, .policy = zones.policy()};
  StoredNodes nodes(zones.store());
  std::array<char, kUdpSizeMax> whole;
  const Response response = respond(query, whole, context, zones.table(), nodes);
  if (response.size == 0) return;
  auto buffer = whole;
  const Response cut = truncated(response, buffer);
  require(cut.size <= response.size && base::check_message({buffer.data(), cut.size}).has_value());
  if (response.cookie == CookieState::absent) return;
  buffer = whole;
  const Response refused = badcookie(response, buffer);
  require(refused.size <= response.size && base::check_message({buffer.data(), refused.size}).has_value());
}

bool is_for_door(const Bytes& query) {
  const uint16_t opcode = u16_at(query, 2) & kOpcode;
  Query read;
  return opcode == kOpcodeUpdate || (opcode == 0 && read_query(query, read) && read.has_tsig);
}

void check(const Bytes& query, Transport transport) {
  const Bytes response = served_zones().ask(query, transport);
  const bool is_query = query.size() >= kHeaderSize && (u16_at(query, 2) & kQr) == 0;
  if (is_query && is_for_door(query)) return require(response.empty());
  require(response.empty() == !is_query);
  if (!is_query) return;
  require(base::check_message(response).has_value());
  const size_t size_max = u16_at(query, 10) == 0 ? kUdpSizeMin : kUdpSizeMax;
  require(transport != Transport::udp || response.size() <= size_max);
  require(response.substr(0, 2) == query.substr(0, 2));
  require((u16_at(response, 2) & (kQr | kOpcode)) == (kQr | (u16_at(query, 2) & kOpcode)));
  if (response.size() == kHeaderSize) return;
  if (u16_at(query, 4) == 0) return require(u16_at(response, 4) == 0);  // a cookie and nothing else
  LoweredName name;
  const size_t end = name.read(query, kHeaderSize) + 4;
  require(end > kHeaderSize + 4 && u16_at(response, 4) == 1);
  require(response.substr(kHeaderSize, end - kHeaderSize) == query.substr(kHeaderSize, end - kHeaderSize));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes query(reinterpret_cast<const char*>(data), size);
  if (size > kTcpSizeMax) return 0;
  for (const bool cookie_required : {false, true}) {
    served_zones().policy().cookie_required = cookie_required;
    for (const Transport transport : {Transport::udp, Transport::tcp, Transport::tls})
      check(query, transport);
  }
  check_short(query);
  return 0;
}
