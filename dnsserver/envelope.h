#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/error.h"
#include "dnsserver/query.h"
#include "dnsserver/response.h"
#include "dnsserver/tsig.h"

namespace dnsserver {

// What stands around the data of a message that needs more than the path of ordinary queries: an UPDATE, or a
// query that is signed.
struct Envelope {
  size_t question_end = 0;  // where the one question, or the Zone Section's record, ends; 0: there is not one
  std::optional<Edns> edns = {};
  std::optional<Tsig> tsig = {};
};

// malformed, and FORMERR is the answer: base::check_message() does not let it through, or its TSIG record is none.
Result<Envelope> read_envelope(BytesView message);

// The text of an extended error is cut after so many octets (RFC 8914 §4 leaves its size to us).
inline constexpr size_t kExtraTextSizeMax = 200;

// Why something is not done, on the wire and in words: the words go to clients with EDNS (RFC 8914) and to the
// log.
struct Refusal {
  Rcode rcode = Rcode::refused;
  std::optional<ExtendedError> code = {};
  std::string text = {};

  bool operator==(const Refusal&) const = default;
};

template <class T = void>
using OrRefusal = tl::expected<T, Refusal>;

// A response of header, question and, if the request had EDNS, OPT (RFC 2136 §3.8). Unsigned.
Bytes reply_to(BytesView request, const Envelope& envelope, const Refusal& outcome);

}  // namespace dnsserver
