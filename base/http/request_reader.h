#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/http/message.h"
#include "base/http_limits.h"

namespace base::http {

// Why a request gets no further than the listener.
struct Refused {
  unsigned status;
  std::string detail;

  bool operator==(const Refused&) const = default;
};

// Reads the requests of one connection out of its octets (RFC 9112), without a socket. One request is read
// after the other; what a client sent ahead (§9.3.2) waits here.
//
// Stricter than the RFC asks where senders and receivers have disagreed before: exactly one Host, no
// Transfer-Encoding but "chunked", none together with Content-Length, HTTP/1.1 only. Trailer fields are
// dropped.
class RequestReader {
 public:
  explicit RequestReader(const HttpLimits& limits);
  ~RequestReader();

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
  // The client asked for the connection to end behind the request that is complete or was taken last.
  bool wants_close() const { return wants_close_; }

 private:
  struct Parser;

  Progress begin();
  Progress read_header();
  Progress read_body();
  Progress refuse(unsigned status, std::string detail);
  Progress refuse_unfinished_header();
  bool check_header();

  const HttpLimits limits_;
  Bytes input_;
  std::unique_ptr<Parser> parser_;  // of the request whose header section has been read
  Request request_;
  Refused refused_ = {};
  size_t body_octets_ = 0;  // of the body as it is transferred, so far
  bool expects_continue_ = false;
  bool wants_close_ = false;
};

}  // namespace base::http
