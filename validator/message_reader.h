#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/error.h"
#include "base/name.h"

namespace validator {

// A record of a message, which it does not alias.
struct Record {
  base::Name owner;
  uint16_t type = 0;
  uint16_t klass = 0;
  uint32_t ttl = 0;
  base::Bytes rdata;  // the names in NS, CNAME, SOA, PTR, MX and DNAME are whole; may be empty

  bool operator==(const Record&) const = default;
};

// Takes what stands in a DNS message off its front. Never reads out of bounds and does work in proportion to
// the message. Everything fails as malformed, and the detail says what is wrong: it ends too early, a name
// beyond the limits of RFC 1035 §2.3.4 or with a pointer that does not point backwards, RDATA that the names
// in it do not fit into.
class MessageReader {
 public:
  explicit MessageReader(base::BytesView message) : message_(message) {}

  base::Result<void> skip(size_t count);
  base::Result<uint16_t> uint16();
  base::Result<uint32_t> uint32();
  base::Result<base::Name> name();
  base::Result<Record> record();

 private:
  struct NameRead {
    base::Name name;
    size_t end;  // behind the name, or behind the first pointer in it
  };

  base::Result<base::BytesView> octets(size_t count);
  base::Result<NameRead> name_at(size_t at) const;
  base::Result<base::Bytes> whole_rdata(uint16_t type, size_t start, size_t end) const;

  base::BytesView message_;
  size_t at_ = 0;
};

}  // namespace validator
