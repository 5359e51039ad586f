#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <type_traits>

#include "dnsserver/tap_record.h"
#include "dnsserver/tap_ring.h"

namespace dnsserver {

// Of records that wait to be written, for each worker. About 16,000 of them.
inline constexpr size_t kTapRingSize = 4 * 1024 * 1024;

// Where one worker notes what it is asked and answers, for another thread to write down. What that thread does not
// keep up with is dropped and counted; the worker copies octets and nothing else.
class Tap {
 public:
  explicit Tap(size_t ring_size = kTapRingSize) : ring_(ring_size) {}

  // For the worker. Before a message is answered, as the response may take its place.
  void note_query(BytesView query) { query_.assign(query); }
  // Behind it. `response` is empty if there is none.
  void note_response(const Client& client, Transport transport, Rcode rcode, BytesView response) {
    const TapRecord::Head head{.time = now(),
                               .client = client,
                               .transport = transport,
                               .rcode = rcode,
                               .query_size = uint32_t(query_.size()),
                               .response_size = uint32_t(response.size())};
    const BytesView parts[] = {{reinterpret_cast<const char*>(&head), sizeof head}, query_, response};
    if (!ring_.push(parts)) dropped_.fetch_add(1, std::memory_order_relaxed);
  }

  // For the thread that writes. The oldest record, which lives in `octets`; false: there is none.
  bool next(Bytes& octets, TapRecord& record) {
    if (!ring_.pop(octets)) return false;
    std::copy_n(octets.data(), sizeof record.head, reinterpret_cast<char*>(&record.head));
    record.query = BytesView(octets).substr(sizeof record.head, record.head.query_size);
    record.response = BytesView(octets).substr(sizeof record.head + record.head.query_size);
    return true;
  }

  // For any thread: records that had no room.
  uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  static_assert(std::is_trivially_copyable_v<TapRecord::Head>);

  static int64_t now() {
    const auto time = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
  }

  TapRing ring_;
  Bytes query_;
  std::atomic<uint64_t> dropped_ = 0;
};

}  // namespace dnsserver
