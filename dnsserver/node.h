#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/bytes.h"
#include "base/error.h"
#include "dnsserver/rrset.h"

namespace dnsserver {

// A node is what the answer path reads: every RRset of one owner, rendered when it was written so that
// answering is an append. Layout, numbers in network order:
//
//   version      1 octet, 1
//   count        1 octet: RRsets
//   directory    count × { type, records, size: 2 octets each }, ascending by type
//   records      as in a message: owner C0 0C (a pointer to the question), TYPE, CLASS, TTL, RDLENGTH, RDATA
//
// A node without RRsets is never stored.

// Limits. Any RRset fits in one message over TCP, behind its question and the longest chain of CNAMEs.
inline constexpr size_t kRRsetsPerNodeMax = 255;
inline constexpr size_t kRRsetSizeMax = 48 * 1024;

// too_large: more RRsets, or a larger one, than the limits.
// REQUIRES: one owner, each type at most once, no RRset empty.
base::Result<Bytes> render_node(std::span<const RRset> rrsets);

// Octets of a record before its RDATA, its owner being a pointer: TYPE, CLASS, TTL and RDLENGTH at 2, 4,
// 6, 10.
inline constexpr size_t kRecordHeaderSize = 12;

// One RRset of a node. `records` are whole records, `count` of them.
struct RRsetView {
  uint16_t type = 0;
  uint16_t count = 0;
  BytesView records;
};

// Reads a rendered node in place, without allocating. Aliases the blob.
class NodeView {
 public:
  // nullopt: not a node, or one that contradicts itself. Then the store is broken, which is not NODATA.
  static std::optional<NodeView> parse(BytesView blob);

  std::optional<RRsetView> find(uint16_t type) const;
  size_t size() const { return count_; }
  // In ascending order of types. REQUIRES: index < size().
  RRsetView at(size_t index) const;

 private:
  NodeView(BytesView directory, BytesView records, size_t count)
      : directory_(directory), records_(records), count_(count) {}

  BytesView directory_;
  BytesView records_;
  size_t count_;
};

}  // namespace dnsserver
