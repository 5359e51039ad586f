#include "dnsserver/node.h"

#include <algorithm>
#include <cassert>
#include <string>
#include <vector>

#include "dnsserver/wire.h"

namespace dnsserver {

namespace {

constexpr char kVersion = 1;
constexpr size_t kPreambleSize = 2;
constexpr size_t kEntrySize = 6;
constexpr uint16_t kPointerToQuestion = 0xc00c;

Bytes records_of(const RRset& rrset) {
  Bytes records;
  for (const Bytes& rdata : rrset.rdata) {
    append_u16(records, kPointerToQuestion);
    append_u16(records, rrset.type);
    append_u16(records, kClassIn);
    append_u32(records, rrset.ttl);
    append_u16(records, uint16_t(rdata.size()));
    records += rdata;
  }
  return records;
}

base::Result<void> check_limits(std::span<const RRset> rrsets) {
  if (rrsets.size() > kRRsetsPerNodeMax) {
    return base::fail(base::ErrorKind::too_large, "a name has more than 255 RRsets");
  }
  for (const RRset& rrset : rrsets) {
    assert(!rrset.rdata.empty());
    size_t size = 0;
    for (const Bytes& rdata : rrset.rdata)
      size += kRecordHeaderSize + rdata.size();
    if (size > kRRsetSizeMax) {
      return base::fail(base::ErrorKind::too_large, "the RRset of type " + std::to_string(rrset.type) +
                                                        " at " + rrset.owner.text() +
                                                        " is larger than 48 KiB");
    }
  }
  return {};
}

}  // namespace

base::Result<Bytes> render_node(std::span<const RRset> rrsets) {
  CHECK(check_limits(rrsets));
  std::vector<const RRset*> sorted;
  for (const RRset& rrset : rrsets)
    sorted.push_back(&rrset);
  std::sort(sorted.begin(), sorted.end(), [](const RRset* a, const RRset* b) { return a->type < b->type; });

  Bytes blob{kVersion, char(rrsets.size())};
  Bytes records;
  for (const RRset* rrset : sorted) {
    const Bytes rendered = records_of(*rrset);
    append_u16(blob, rrset->type);
    append_u16(blob, uint16_t(rrset->rdata.size()));
    append_u16(blob, uint16_t(rendered.size()));
    records += rendered;
  }
  return blob + records;
}

std::optional<NodeView> NodeView::parse(BytesView blob) {
  if (blob.size() < kPreambleSize || blob[0] != kVersion) return std::nullopt;
  const size_t count = uint8_t(blob[1]);
  if (count == 0 || blob.size() < kPreambleSize + count * kEntrySize) return std::nullopt;
  const NodeView node(blob.substr(kPreambleSize, count * kEntrySize),
                      blob.substr(kPreambleSize + count * kEntrySize), count);
  size_t size = 0;
  for (size_t i = 0; i < count; ++i)
    size += u16_at(node.directory_, i * kEntrySize + 4);
  if (size != node.records_.size()) return std::nullopt;
  return node;
}

std::optional<RRsetView> NodeView::find(uint16_t type) const {
  size_t offset = 0;
  for (size_t i = 0; i < count_; ++i) {
    const size_t entry = i * kEntrySize;
    const uint16_t size = u16_at(directory_, entry + 4);
    if (u16_at(directory_, entry) == type) {
      return RRsetView{type, u16_at(directory_, entry + 2), records_.substr(offset, size)};
    }
    offset += size;
  }
  return std::nullopt;
}

RRsetView NodeView::at(size_t index) const {
  assert(index < count_);
  size_t offset = 0;
  for (size_t i = 0; i < index; ++i)
    offset += u16_at(directory_, i * kEntrySize + 4);
  const size_t entry = index * kEntrySize;
  return {u16_at(directory_, entry), u16_at(directory_, entry + 2),
          records_.substr(offset, u16_at(directory_, entry + 4))};
}

}  // namespace dnsserver
