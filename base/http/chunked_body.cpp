#include "base/http/chunked_body.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace base::http {

namespace {

constexpr BytesView kLineEnd = "\r\n";

Refused malformed(std::string what) { return {400, "the chunked body is malformed: " + std::move(what)}; }

Refused too_large(size_t size_max) {
  return {413, "the body is larger than " + std::to_string(size_max) + " octets"};
}

// A line that others might see the end of elsewhere has such an octet.
bool has_controls(BytesView text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return (uint8_t(c) < 0x20 && c != '\t') || c == 0x7F; });
}

// chunk-ext (RFC 9112 §7.1.1), of which only the start is looked at.
bool is_extension(BytesView text) {
  const size_t start = text.find_first_not_of(" \t");
  return start != BytesView::npos && text[start] == ';';
}

}  // namespace

std::optional<Refused> ChunkedBody::read(Bytes& input) {
  while (state_ != State::done) {
    take_data(input);
    if (state_ == State::data) return std::nullopt;
    const size_t end = input.find(kLineEnd);
    const size_t size_so_far = input.size() - (input.ends_with('\r') ? 1 : 0);
    if (std::min(end, size_so_far) > kChunkLineSizeMax) {
      return Refused{413, "a line of the chunked body is longer than " + std::to_string(kChunkLineSizeMax)};
    }
    if (end == Bytes::npos) return std::nullopt;
    const Bytes line = input.substr(0, end);
    input.erase(0, end + kLineEnd.size());
    overhead_ += end + kLineEnd.size();
    if (overhead_ > overhead_max_) return Refused{413, "the chunks are too many for the body in them"};
    if (auto refused = read_line(line)) return refused;
  }
  return std::nullopt;
}

void ChunkedBody::take_data(Bytes& input) {
  if (state_ != State::data) return;
  const size_t size = std::min(remaining_, input.size());
  body_.append(input, 0, size);
  input.erase(0, size);
  remaining_ -= size;
  if (remaining_ == 0) state_ = State::data_end;
}

std::optional<Refused> ChunkedBody::read_line(BytesView line) {
  if (has_controls(line)) return malformed("a control character");
  if (state_ == State::size_line) return read_size(line);
  if (state_ == State::data_end) {
    if (!line.empty()) return malformed("a chunk is longer than its size");
    state_ = State::size_line;
  } else if (line.empty()) {
    state_ = State::done;
  } else if (line.find_first_of(": \t") == 0 || line.find(':') == BytesView::npos) {
    return malformed("a trailer field without a name");
  }
  return std::nullopt;
}

std::optional<Refused> ChunkedBody::read_size(BytesView line) {
  uint64_t size = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), size, 16);
  if (error == std::errc::result_out_of_range) return too_large(size_max_);
  const BytesView rest = line.substr(size_t(end - line.data()));
  if (error != std::errc() || (!rest.empty() && !is_extension(rest))) return malformed("no size of a chunk");
  if (size > size_max_ - body_.size()) return too_large(size_max_);
  remaining_ = size_t(size);
  state_ = size == 0 ? State::trailer : State::data;
  return std::nullopt;
}

}  // namespace base::http
