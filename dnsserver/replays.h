#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "dnsserver/response.h"
#include "dnsserver/tsig.h"

namespace dnsserver {

// MACs of one key that are remembered. A key that signs more within the time that clocks may differ makes the
// oldest be forgotten, and then whatever is as old is not taken.
inline constexpr size_t kMacsPerKeyMax = 65'536;

// Remembers which signed UPDATEs were carried out, so that each is once: a datagram that comes twice is answered
// twice, and who recorded one cannot bring back a value that was deleted since (RFC 8945 §5.2.3, §11). In memory:
// what was signed before the server started is not taken at all.
//
// Thread-safe, as every DNS worker asks: a lock for a moment, only for messages with a valid MAC.
class Replays {
 public:
  explicit Replays(Time start);

  enum class Seen {
    never,        // it is remembered from now on as under way; settle() is to be called
    under_way,    // its response is still to come
    carried_out,  // `rcode` was the response
    too_old,      // it may have been carried out
  };
  struct Finding {
    Seen seen = Seen::never;
    Rcode rcode = Rcode::noerror;
  };
  // REQUIRES: the MAC is valid, and fresh at `now`.
  Finding find(const Tsig& tsig, Time now);

  // What became of it. Nothing: it was not carried out and may come again.
  void settle(const Tsig& tsig, std::optional<Rcode> rcode);

  // MACs that are remembered, of all keys.
  size_t size() const;

 private:
  using Macs = std::unordered_map<Bytes, std::optional<Rcode>>;  // nothing: under way
  struct Key {
    std::map<uint64_t, Macs> by_time;  // of signing, in seconds
    size_t count = 0;
    uint64_t forgotten = 0;  // what was signed up to then is not taken
  };

  void forget_oldest(Key& key);
  void forget_expired(uint64_t now);

  const uint64_t start_;
  mutable std::mutex mutex_;
  std::map<Bytes, Key> keys_;  // by lower-case name
  uint64_t swept_ = 0;
};

}  // namespace dnsserver
