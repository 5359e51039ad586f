#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <span>
#include <vector>

#include "base/bytes.h"

namespace dnsserver {

using base::Bytes;
using base::BytesView;

// Records on their way from one thread to another, in so many octets. Whoever writes never waits: a record that has
// no room is not taken.
class TapRing {
 public:
  // REQUIRES: `size` is a power of two.
  explicit TapRing(size_t size);

  // For one thread. Takes the parts as one record. False: there is no room.
  bool push(std::span<const BytesView> parts);
  // For one thread. The oldest record; false: there is none.
  bool pop(Bytes& record);

 private:
  void write(size_t at, BytesView octets);
  void read(size_t at, char* into, size_t size) const;

  std::vector<char> octets_;
  // How many octets ever went in and out. On cache lines of their own: each is another thread's to change.
  alignas(64) std::atomic<size_t> pushed_ = 0;
  alignas(64) std::atomic<size_t> popped_ = 0;
};

}  // namespace dnsserver
