#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/http/chunked_body.h"
#include "base/http/message.h"
#include "base/http/refused.h"
#include "base/http_limits.h"

namespace base::http {

// Reads the requests of one connection out of its octets (RFC 9112), without a socket. One request is read
// after the other; what a client sent ahead (§9.3.2) waits here.
//
// Stricter than the RFC asks where senders and receivers have disagreed before: exactly one Host, no
// Transfer-Encoding but "chunked", none together with Content-Length, HTTP/1.1 only. Trailer fields are
// dropped.
class RequestReader {
 public:
  explicit RequestReader(const HttpLimits& limits) : limits_(limits) {}

  void append(BytesView octets) { input_ += octets; }

  enum class Progress {
    idle,              // no octet of a further request is there
    in_header,         // the header section has begun; append more
    expects_continue,  // the client waits for a 100 before it sends the body (RFC 9110 §10.1.1); told once
    in_body,           // append more
    complete,          // take() it
    refused,           // refusal() says why, and nothing further can be read
  };
  Progress advance();

  // The request, once it is complete. `peer` is left empty.
  Request take();
  // REQUIRES: advance() returned refused.
  const Refused& refusal() const { return refused_; }
  // Of the request that is being read; empty: not so far.
  const std::string& target() const { return request_.target; }
  // The client asked for the connection to end behind the request that is complete or was taken last.
  bool wants_close() const { return wants_close_; }

 private:
  enum class Part { header, body, complete, refused };

  Progress read_header();
  Progress read_body();
  Progress refuse(unsigned status, std::string detail);
  Progress refuse_unfinished_header();
  bool parse_header(BytesView section);
  bool check_header();
  bool check_target();
  bool begin_body(std::optional<uint64_t> content_length);

  const HttpLimits limits_;
  Bytes input_;
  Part part_ = Part::header;
  Request request_;
  std::optional<ChunkedBody> chunks_;  // the body, if it comes in chunks
  size_t content_length_ = 0;          // of the body, if it does not
  Refused refused_ = {};
  bool expects_continue_ = false;
  bool wants_close_ = false;
};

}  // namespace base::http
