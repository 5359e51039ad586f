#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "dnsserver/node.h"
#include "dnsserver/query.h"
#include "dnsserver/query_context.h"

namespace dnsserver {

struct ServedZone;

// RFC 6895 §2.3. The values are those on the wire; above 15 the OPT record holds the upper bits.
enum class Rcode : uint8_t {
  noerror = 0,
  formerr = 1,
  servfail = 2,
  nxdomain = 3,
  notimp = 4,
  refused = 5,
  yxdomain = 6,  // this and what follows: RFC 2136 §2.2
  yxrrset = 7,
  nxrrset = 8,
  notauth = 9,
  notzone = 10,
  badvers = 16,
  badcookie = 23,
};
inline constexpr size_t kRcodeCount = 24;

// INFO-CODEs of RFC 8914 §4, for people and tools that look into why.
enum class ExtendedError : uint16_t {
  other = 0,
  not_ready = 14,
  prohibited = 18,
  not_authoritative = 20,
  not_supported = 21,
  invalid_data = 24,
  invalid_query_type = 30,
};

// The largest response over UDP, whatever the peer says that it takes: with its headers it passes every path
// whole (RFC 9715 §3). It is also what we say that we take.
inline constexpr uint16_t kUdpSizeMax = 1232;
inline constexpr size_t kTcpSizeMax = 65535;

// A response over an encrypted transport to a client that pads is a multiple of this (RFC 8467 §4.1).
inline constexpr size_t kPaddingBlockSize = 468;

// What rate limiting tells apart. A denial is NXDOMAIN or NODATA.
enum class ResponseKind : uint8_t { answer, denial, error };

// What became of a response that is over the rate limit: a short one went out in its place, or none.
enum class Limited : uint8_t { no, slipped, dropped };

// `size` octets of the buffer are the response; 0: there is none.
struct Response {
  size_t size = 0;
  Rcode rcode = Rcode::noerror;
  ResponseKind kind = ResponseKind::error;
  CookieState cookie = CookieState::absent;
  Limited limited = Limited::no;
  // Where the question ends, and how many octets at the end are the OPT record.
  size_t question_end = kHeaderSize;
  size_t opt_size = 0;
  const ServedZone* zone = nullptr;  // that was asked; in the table of the query
  bool for_door = false;             // none here: the message is an UPDATE, or signed (dnsserver/door.h)
};

// Makes of a response one that says to ask again over TCP: TC, and nothing but question and OPT record. It is no
// larger than its query was, but for options.
Response truncated(const Response& response, std::span<char> buffer);

// Makes of a response with a cookie one that says to ask again with that cookie (RFC 7873 §5.2.3).
Response badcookie(const Response& response, std::span<char> buffer);

enum class Section { answer, authority, additional };

// Writes the response to one query, which may stand in the same buffer: what is needed of it is kept.
class ResponseWriter {
 public:
  // REQUIRES: query.size() >= kHeaderSize; buffer.size() >= kUdpSizeMax; both start at one place or overlap
  // nowhere.
  ResponseWriter(BytesView query, std::span<char> buffer);

  // A response of nothing but a header: ID, QR, OPCODE and RCODE (RFC 8906 §3.1.4).
  Response header_only(Rcode rcode);

  // Copies the question, octet by octet, and opens the sections. `query` outlives the writer.
  void start(const Query& query, Transport transport);

  // Adds an option to the OPT record that answers the query's. REQUIRES: it has one; each option once, and before any
  // record.
  void add_option(uint16_t code, BytesView data);
  void add_cookie(const CookieReply& cookie);
  // Pads with RFC 7830's option to a multiple of kPaddingBlockSize.
  void set_padded() { padded_ = true; }

  // Adds an RRset to a section: the one of the call before, or a later one. Its owner's name stands at
  // `owner` of this response. Returns where the RRset stands; 0 if it has no room, or its records are not
  // what their node says: then nothing more is added, and finish() says so.
  size_t add(Section section, const RRsetView& rrset, size_t owner);

  // Adds the SOA record of a denial, with the TTL that RFC 2308 §5 asks for.
  size_t add_denial(const RRsetView& soa, size_t owner);

  // Adds the CNAME record that a DNAME record at `dname` makes of the name at `owner`, whose labels before
  // `prefix_size` octets the DNAME does not name (RFC 6672 §2.2, §3.1). Returns where it stands; 0 as add().
  // nullopt: the name would be longer than a name may be.
  std::optional<size_t> add_synthesized(size_t dname, size_t owner, size_t prefix_size);

  // Reads the name that is the whole RDATA of the record at `record`, and returns where it stands. 0 if there
  // is none: the store is broken, and finish() says so.
  size_t read_target(size_t record, LoweredName& target);

  // Where the record behind the one at `record` stands. REQUIRES: read_target(record) found a name.
  size_t next_record(size_t record) const;

  void set_authoritative(bool authoritative) { authoritative_ = authoritative; }
  // What the response needs cannot be read: finish() makes it SERVFAIL, and says why.
  void set_broken(ExtendedError why = ExtendedError::invalid_data) { broken_ = why; }

  // The whole response, with OPT if the query had one. SERVFAIL if a node was broken; with TC and without
  // records if some had no room (RFC 2181 §9).
  Response finish(Rcode rcode, std::optional<ExtendedError> error = std::nullopt);

 private:
  BytesView written() const { return {buffer_, size_}; }
  bool rename(size_t at, size_t count, size_t owner);
  void write_opt(Rcode rcode);
  void write_padding(size_t opt);

  // Of all options but padding.
  static constexpr size_t kOptionsSizeMax = 4 + kNsidSizeMax + 64;

  const BytesView query_;
  char* const buffer_;
  const size_t buffer_size_;
  const uint16_t query_flags_;
  size_t limit_ = 0;  // of everything but OPT
  size_t size_ = 0;
  size_t question_end_ = 0;
  uint16_t counts_[3] = {};
  const Edns* edns_ = nullptr;
  char options_[kOptionsSizeMax];
  size_t options_size_ = 0;
  ResponseKind kind_ = ResponseKind::answer;
  CookieState cookie_ = CookieState::absent;
  bool padded_ = false;
  bool authoritative_ = false;
  bool truncated_ = false;
  std::optional<ExtendedError> broken_;
};

}  // namespace dnsserver
