#pragma once

#include <cstddef>
#include <optional>

#include "base/bytes.h"
#include "base/http/refused.h"

namespace base::http {

// The longest line that states a chunk's size, with its extensions, or that is a trailer field.
inline constexpr size_t kChunkLineSizeMax = 1024;

// Reads a body in the chunked transfer coding (RFC 9112 §7.1), however its octets are cut. Extensions and trailer
// fields are checked for their characters and dropped.
class ChunkedBody {
 public:
  // `overhead_max`: octets of the coding beside the body.
  ChunkedBody(size_t size_max, size_t overhead_max) : size_max_(size_max), overhead_max_(overhead_max) {}

  // Takes what it can off the front of `input`. 413: the body or what is beside it is too large. 400: no chunks.
  std::optional<Refused> read(Bytes& input);

  // The whole body has been read.
  bool is_done() const { return state_ == State::done; }
  Bytes take() { return std::move(body_); }

 private:
  enum class State { size_line, data, data_end, trailer, done };

  void take_data(Bytes& input);
  std::optional<Refused> read_line(BytesView line);
  std::optional<Refused> read_size(BytesView line);

  const size_t size_max_;
  const size_t overhead_max_;
  State state_ = State::size_line;
  Bytes body_;
  size_t remaining_ = 0;  // of the chunk
  size_t overhead_ = 0;
};

}  // namespace base::http
