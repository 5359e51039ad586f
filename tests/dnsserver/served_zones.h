#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "dnsserver/node_index.h"
#include "dnsserver/respond.h"
#include "tests/dnsserver/map_reader.h"

namespace dnsserver {

// What RFC 9018 Appendix A has its examples from.
inline constexpr SipKey kRfc9018Secret = {0xe5, 0xe9, 0x73, 0xe5, 0xa6, 0xb2, 0xa4, 0x3f,
                                          0x48, 0xe7, 0xdc, 0x84, 0x9e, 0x37, 0xbf, 0xcf};
inline constexpr Time kRfc9018Time{std::chrono::seconds(1559731985)};

// Zones in memory and what is asked of them, for tests.
class ServedZones {
 public:
  // Serves the records of a master file (tests/dnsserver/zone_text.h), SOA and NS of the apex among them.
  void add(std::string_view apex, std::string_view text);

  // What the server is set to: the secret of RFC 9018 Appendix A.1, no NSID.
  EdnsPolicy& policy() { return policy_; }
  // Who asks, and when: 198.51.100.100, at the time of Appendix A.1.
  void ask_from(Bytes client) { client_ = std::move(client); }
  void ask_at(Time now) { now_ = now; }

  // The response; empty if there is none. Asked four times, with a buffer of its own and in place, from the store
  // and from an index: all must be equal to the octet. A broken store is asked alone.
  Bytes ask(BytesView query, Transport transport = Transport::udp);

  // Puts all of them into an index.
  void fill(NodeIndex& index) const;

  MapReader& store() { return reader_; }
  const ZoneTable& table() const { return table_; }

 private:
  Bytes ask(BytesView query, Transport transport, NodeSource& nodes) const;

  std::vector<Zone> zones_;
  ZoneTable table_;
  MapReader reader_;
  EdnsPolicy policy_ = {.cookies = {kRfc9018Secret, std::nullopt}};
  Bytes client_ = "\xc6\x33\x64\x64";
  Time now_ = kRfc9018Time;
};

// A query as a stub sends it: no flag, no EDNS. ID 0x1234.
Bytes make_query(std::string_view name, uint16_t type, uint16_t qclass = kClassIn);

// The query with an OPT record behind it. `options` are whole options in wire form.
struct Opt {
  uint8_t version = 0;
  uint16_t flags = 0;
  uint16_t payload_size = 1232;
  Bytes options = {};
};
Bytes with_edns(Bytes query, const Opt& opt = {});

// The RCODE in the header.
uint8_t rcode_of(BytesView response);

}  // namespace dnsserver
