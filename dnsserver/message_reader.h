#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/name.h"
#include "dnsserver/header.h"

namespace dnsserver {

using base::Bytes;
using base::BytesView;
using base::Name;

// One record where it stands. `rdata` aliases the message.
struct MessageRecord {
  Name owner;
  uint16_t type = 0;
  uint16_t rclass = 0;
  uint32_t ttl = 0;
  BytesView rdata;
  size_t start = 0;  // of its owner, in the message
};

// Reads a message part by part, for what is not on the path of ordinary queries: it allocates.
//
// REQUIRES: base::check_message() let the message through, and no more is read than its counts say. Aliases it.
class MessageReader {
 public:
  explicit MessageReader(BytesView message) : message_(message) {}

  uint16_t question_count() const { return count(0); }
  uint16_t answer_count() const { return count(1); }
  uint16_t authority_count() const { return count(2); }
  uint16_t additional_count() const { return count(3); }

  // The name at the place, decompressed, in the case that it is written in there.
  Name name();
  uint16_t u16();
  MessageRecord record();

  // Where the next part starts.
  size_t at() const { return at_; }

 private:
  uint16_t count(size_t section) const;

  BytesView message_;
  size_t at_ = kHeaderSize;
};

}  // namespace dnsserver
