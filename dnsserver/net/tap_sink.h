#pragma once

#include <cstdint>

#include "dnsserver/tap_record.h"

namespace dnsserver::net {

// Where records are written down. For one thread; nothing but that thread waits for it.
class TapSink {
 public:
  virtual ~TapSink() = default;

  // False: it cannot be written, and is lost.
  virtual bool take(const TapRecord& record) = 0;
  // Writes what take() gathered. How many records are lost by it.
  virtual uint64_t flush() = 0;
  // Begins a new file, where the operator has put the old one away.
  virtual void reopen() = 0;
};

}  // namespace dnsserver::net
