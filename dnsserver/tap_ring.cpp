#include "dnsserver/tap_ring.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstdint>
#include <cstring>

namespace dnsserver {

namespace {

// In front of each record.
using Size = uint32_t;

}  // namespace

TapRing::TapRing(size_t size) : octets_(size) { assert(std::has_single_bit(size)); }

bool TapRing::push(std::span<const BytesView> parts) {
  Size size = 0;
  for (const BytesView part : parts)
    size += Size(part.size());
  size_t at = pushed_.load(std::memory_order_relaxed);
  const size_t used = at - popped_.load(std::memory_order_acquire);
  if (sizeof size + size > octets_.size() - used) return false;
  write(at, {reinterpret_cast<const char*>(&size), sizeof size});
  at += sizeof size;
  for (const BytesView part : parts) {
    write(at, part);
    at += part.size();
  }
  pushed_.store(at, std::memory_order_release);
  return true;
}

bool TapRing::pop(Bytes& record) {
  size_t at = popped_.load(std::memory_order_relaxed);
  if (at == pushed_.load(std::memory_order_acquire)) return false;
  Size size = 0;
  read(at, reinterpret_cast<char*>(&size), sizeof size);
  at += sizeof size;
  record.resize(size);
  read(at, record.data(), size);
  popped_.store(at + size, std::memory_order_release);
  return true;
}

// What has no room at the end goes on at the beginning.
void TapRing::write(size_t at, BytesView octets) {
  const size_t start = at & (octets_.size() - 1);
  const size_t first = std::min(octets.size(), octets_.size() - start);
  octets.copy(octets_.data() + start, first);
  octets.substr(first).copy(octets_.data(), octets.size() - first);
}

void TapRing::read(size_t at, char* into, size_t size) const {
  const size_t start = at & (octets_.size() - 1);
  const size_t first = std::min(size, octets_.size() - start);
  std::copy_n(octets_.data() + start, first, into);
  std::copy_n(octets_.data(), size - first, into + first);
}

}  // namespace dnsserver
