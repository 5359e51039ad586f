#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "dnsserver/node.h"
#include "dnsserver/query.h"

namespace dnsserver {

enum class Transport { udp, tcp, tls };

// RFC 6895 §2.3. The values are those on the wire; above 15 the OPT record holds the upper bits.
enum class Rcode : uint8_t {
  noerror = 0,
  formerr = 1,
  servfail = 2,
  nxdomain = 3,
  notimp = 4,
  refused = 5,
  notauth = 9,
  badvers = 16,
};
inline constexpr size_t kRcodeCount = 17;

// INFO-CODEs of RFC 8914 §4, for people and tools that look into why.
enum class ExtendedError : uint16_t {
  prohibited = 18,
  not_authoritative = 20,
  invalid_data = 24,
  invalid_query_type = 30,
};

// The largest response over UDP, whatever the peer says that it takes: with its headers it passes every path
// whole (RFC 9715 §3). It is also what we say that we take.
inline constexpr uint16_t kUdpSizeMax = 1232;
inline constexpr size_t kTcpSizeMax = 65535;

// `size` octets of the buffer are the response; 0: there is none.
struct Response {
  size_t size = 0;
  Rcode rcode = Rcode::noerror;
};

enum class Section { answer, authority, additional };

// Writes the response to one query, which may stand in the same buffer: what is needed of it is kept.
class ResponseWriter {
 public:
  // REQUIRES: query.size() >= kHeaderSize; buffer.size() >= kUdpSizeMax; both start at one place or overlap
  // nowhere.
  ResponseWriter(BytesView query, std::span<char> buffer);

  // A response of nothing but a header: ID, QR, OPCODE and RCODE (RFC 8906 §3.1.4).
  Response header_only(Rcode rcode);

  // Copies the question, octet by octet, and opens the sections.
  void start(const Query& query, Transport transport);

  // Adds an RRset to a section: the one of the call before, or a later one. Its owner's name stands at
  // `owner` of this response. Returns where the RRset stands; 0 if it has no room, or its records are not
  // what their node says: then nothing more is added, and finish() says so.
  size_t add(Section section, const RRsetView& rrset, size_t owner);

  // Adds the SOA record of a denial, with the TTL that RFC 2308 §5 asks for.
  size_t add_denial(const RRsetView& soa, size_t owner);

  // Reads the name that is the whole RDATA of the record at `record`, and returns where it stands. 0 if there
  // is none: the store is broken, and finish() says so.
  size_t read_target(size_t record, LoweredName& target);

  // Where the record behind the one at `record` stands. REQUIRES: read_target(record) found a name.
  size_t next_record(size_t record) const;

  void set_authoritative(bool authoritative) { authoritative_ = authoritative; }
  // What the response needs cannot be read: finish() makes it SERVFAIL.
  void set_broken() { broken_ = true; }

  // The whole response, with OPT if the query had one. SERVFAIL if a node was broken; with TC and without
  // records if some had no room (RFC 2181 §9).
  Response finish(Rcode rcode, std::optional<ExtendedError> error = std::nullopt);

 private:
  BytesView written() const { return {buffer_, size_}; }
  bool rename(size_t at, size_t count, size_t owner);
  void write_opt(Rcode rcode, std::optional<ExtendedError> error);

  const BytesView query_;
  char* const buffer_;
  const size_t buffer_size_;
  const uint16_t query_flags_;
  size_t limit_ = 0;  // of everything but OPT
  size_t size_ = 0;
  size_t question_end_ = 0;
  uint16_t counts_[3] = {};
  std::optional<Edns> edns_;
  bool authoritative_ = false;
  bool truncated_ = false;
  bool broken_ = false;
};

}  // namespace dnsserver
