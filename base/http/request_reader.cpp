#include "base/http/request_reader.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <limits>
#include <utility>

#include "base/ascii.h"

namespace base::http {

namespace {

namespace beast = boost::beast::http;

constexpr BytesView kHeaderEnd = "\r\n\r\n";

// "https://host/path" (absolute-form, RFC 9112 §3.2.2) to "/path". Others stay as they are.
std::string origin_form(std::string_view target) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!equal_without_case(target.substr(0, scheme.size()), scheme)) continue;
    const size_t path = target.find_first_of("/?", scheme.size());
    if (path == std::string_view::npos) return "/";
    return (target[path] == '?' ? "/" : "") + std::string(target.substr(path));
  }
  return std::string(target);
}

std::vector<Header> headers_of(const beast::fields& fields) {
  std::vector<Header> headers;
  headers.reserve(kUsualHeaders);
  for (const auto& field : fields) {
    headers.push_back({std::string(field.name_string()), std::string(field.value())});
  }
  return headers;
}

bool has(const Request& request, std::string_view name) {
  return std::ranges::any_of(request.headers,
                             [&](const Header& header) { return equal_without_case(header.name, name); });
}

bool has_only(const Request& request, std::string_view name, std::string_view value) {
  const auto field = request.header(name);
  return field && equal_without_case(*field, value);
}

}  // namespace

RequestReader::Progress RequestReader::advance() {
  if (part_ == Part::header) {
    const Progress progress = read_header();
    if (part_ == Part::header) return progress;
  }
  if (part_ == Part::body && expects_continue_) {
    expects_continue_ = false;
    return Progress::expects_continue;
  }
  if (part_ == Part::body) return read_body();
  return part_ == Part::complete ? Progress::complete : Progress::refused;
}

Request RequestReader::take() {
  part_ = Part::header;
  return std::exchange(request_, {});
}

RequestReader::Progress RequestReader::refuse(unsigned status, std::string detail) {
  part_ = Part::refused;
  refused_ = {status, std::move(detail), request_.target};
  return Progress::refused;
}

// Skips empty lines in front of the request line (RFC 9112 §2.2), and waits for the whole header section: the
// library's own limit counts only what one call of it sees.
RequestReader::Progress RequestReader::read_header() {
  while (input_.starts_with("\r\n"))
    input_.erase(0, 2);
  if (input_.empty()) return Progress::idle;
  const size_t end = input_.find(kHeaderEnd);
  const size_t size = end == Bytes::npos ? input_.size() : end + kHeaderEnd.size();
  if (size > limits_.header_size_max) return refuse_unfinished_header();
  if (end == Bytes::npos) return Progress::in_header;
  if (!parse_header(BytesView(input_).substr(0, size))) return Progress::refused;
  input_.erase(0, size);
  return Progress::in_body;
}

RequestReader::Progress RequestReader::refuse_unfinished_header() {
  if (input_.find("\r\n") >= limits_.header_size_max) {
    return refuse(414,
                  "the request line is longer than " + std::to_string(limits_.header_size_max) + " octets");
  }
  return refuse(431,
                "the header section is larger than " + std::to_string(limits_.header_size_max) + " octets");
}

// Sets part_. False: the request is refused.
bool RequestReader::parse_header(BytesView section) {
  beast::request_parser<beast::empty_body> parser;
  parser.header_limit(std::numeric_limits<uint32_t>::max());
  // Bodies are read here and not there: that parser asserts what a peer can break (Beast 1.81, last chunk in
  // pieces).
  parser.skip(true);
  boost::system::error_code error;
  const size_t used = parser.put(boost::asio::buffer(section), error);
  const bool is_known_version = error != beast::error::bad_version;
  if (is_known_version && (error || used != section.size() || !parser.is_header_done())) {
    refuse(400, "the request is malformed" + (error ? ": " + error.message() : ""));
    return false;
  }
  const auto& head = parser.get();
  const bool is_old = head.version() == 10;  // as OpenSSL asks for CRLs and OCSP answers
  if (!is_known_version || (head.version() != 11 && !is_old)) {
    refuse(505, "this server speaks HTTP/1.1 and 1.0");
    return false;
  }
  request_ = Request{std::string(head.method_string()), origin_form(head.target()), headers_of(head), {}, {}};
  wants_close_ = is_old || !head.keep_alive();
  if (is_old && has(request_, "Transfer-Encoding")) {
    refuse(400, "HTTP/1.0 has no Transfer-Encoding");  // RFC 9112 §6.1
    return false;
  }
  const auto length = parser.content_length();
  if (!check_header() || !begin_body(length ? std::optional<uint64_t>(*length) : std::nullopt)) return false;
  if (is_old) expects_continue_ = false;  // RFC 9110 §10.1.1
  return true;
}

// The two below set refused_ if they return false.
bool RequestReader::check_header() {
  if (!check_target()) return false;
  if (!request_.header("Host")) {
    refuse(400, "a request has exactly one Host");
  } else if (has(request_, "Transfer-Encoding") && !has_only(request_, "Transfer-Encoding", "chunked")) {
    refuse(501, "the only Transfer-Encoding here is chunked");
  } else if (has(request_, "Expect") && !has_only(request_, "Expect", "100-continue")) {
    refuse(417, "the only expectation is 100-continue");
  }
  return part_ != Part::refused;
}

bool RequestReader::check_target() {
  if (request_.target.size() > limits_.target_size_max) {
    refuse(414, "the target is longer than " + std::to_string(limits_.target_size_max) + " octets");
  } else if (!request_.target.starts_with('/') && !(request_.target == "*" && request_.method == "OPTIONS")) {
    refuse(400, "the target is not a path");
  }
  return part_ != Part::refused;
}

// The parser has refused whatever has Transfer-Encoding and Content-Length both.
bool RequestReader::begin_body(std::optional<uint64_t> content_length) {
  if (content_length.value_or(0) > limits_.body_size_max) {
    refuse(413, "the body is larger than " + std::to_string(limits_.body_size_max) + " octets");
    return false;
  }
  content_length_ = size_t(content_length.value_or(0));
  chunks_.reset();
  if (has(request_, "Transfer-Encoding")) {
    chunks_.emplace(limits_.body_size_max, limits_.body_size_max + limits_.header_size_max);
  }
  part_ = chunks_ || content_length_ > 0 ? Part::body : Part::complete;
  expects_continue_ = has(request_, "Expect");
  return true;
}

RequestReader::Progress RequestReader::read_body() {
  if (chunks_) {
    if (auto refused = chunks_->read(input_)) return refuse(refused->status, std::move(refused->detail));
    if (!chunks_->is_done()) return Progress::in_body;
    request_.body = chunks_->take();
  } else {
    if (input_.size() < content_length_) return Progress::in_body;
    request_.body = input_.substr(0, content_length_);
    input_.erase(0, content_length_);
  }
  part_ = Part::complete;
  return Progress::complete;
}

}  // namespace base::http
