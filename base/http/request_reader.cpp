#include "base/http/request_reader.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "base/name.h"

namespace base::http {

namespace {

namespace beast = boost::beast::http;

constexpr std::string_view kHeaderEnd = "\r\n\r\n";

// Room for the sizes of chunks beside their contents, in proportion to the body and once more for trailers.
constexpr size_t kChunkOverheadFactor = 2;

size_t transferred_size_max(const HttpLimits& limits) {
  return kChunkOverheadFactor * limits.body_size_max + limits.header_size_max;
}

// "https://host/path" (absolute-form, RFC 9112 §3.2.2) to "/path". Others stay as they are.
std::string origin_form(std::string_view target) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (lower(target.substr(0, scheme.size())) != scheme) continue;
    const size_t path = target.find_first_of("/?", scheme.size());
    if (path == std::string_view::npos) return "/";
    return (target[path] == '?' ? "/" : "") + std::string(target.substr(path));
  }
  return std::string(target);
}

std::vector<Header> headers_of(const beast::fields& fields) {
  std::vector<Header> headers;
  for (const auto& field : fields) {
    headers.push_back({std::string(field.name_string()), std::string(field.value())});
  }
  return headers;
}

}  // namespace

struct RequestReader::Parser : beast::request_parser<beast::string_body> {};

RequestReader::RequestReader(const HttpLimits& limits) : limits_(limits) {}
RequestReader::~RequestReader() = default;

RequestReader::Progress RequestReader::advance() {
  if (refused_.status != 0) return Progress::refused;
  if (!parser_) {
    const Progress progress = begin();
    if (!parser_) return progress;
  }
  if (parser_->is_done()) return Progress::complete;
  if (expects_continue_) {
    expects_continue_ = false;
    return Progress::expects_continue;
  }
  return read_body();
}

Request RequestReader::take() {
  request_.body = std::move(parser_->get().body());
  parser_.reset();
  body_octets_ = 0;
  return std::move(request_);
}

RequestReader::Progress RequestReader::refuse(unsigned status, std::string detail) {
  refused_ = {status, std::move(detail)};
  return Progress::refused;
}

// Skips empty lines in front of the request line (RFC 9112 §2.2), and waits for the whole header section: the
// library's own limit counts only what one call of it sees.
RequestReader::Progress RequestReader::begin() {
  while (input_.starts_with("\r\n"))
    input_.erase(0, 2);
  if (input_.empty()) return Progress::idle;
  const size_t end = input_.find(kHeaderEnd);
  const size_t size = end == Bytes::npos ? input_.size() : end + kHeaderEnd.size();
  if (size > limits_.header_size_max) return refuse_unfinished_header();
  if (end == Bytes::npos) return Progress::in_header;
  return read_header();
}

RequestReader::Progress RequestReader::refuse_unfinished_header() {
  if (input_.find("\r\n") >= limits_.header_size_max) {
    return refuse(414,
                  "the request line is longer than " + std::to_string(limits_.header_size_max) + " octets");
  }
  return refuse(431,
                "the header section is larger than " + std::to_string(limits_.header_size_max) + " octets");
}

RequestReader::Progress RequestReader::read_header() {
  auto parser = std::make_unique<Parser>();
  parser->header_limit(std::numeric_limits<uint32_t>::max());
  parser->body_limit(limits_.body_size_max);
  boost::system::error_code error;
  const size_t used = parser->put(boost::asio::buffer(input_), error);
  if (error == beast::error::body_limit) {
    return refuse(413, "the body is larger than " + std::to_string(limits_.body_size_max) + " octets");
  }
  if (error == beast::error::bad_version) return refuse(505, "this server speaks HTTP/1.1");
  if (error || !parser->is_header_done()) return refuse(400, "the request is malformed: " + error.message());
  input_.erase(0, used);
  parser->eager(true);
  const auto& head = parser->get();
  request_ = Request{std::string(head.method_string()), origin_form(head.target()), headers_of(head), {}, {}};
  wants_close_ = !head.keep_alive();
  if (head.version() != 11) return refuse(505, "this server speaks HTTP/1.1");
  if (!check_header()) return Progress::refused;
  expects_continue_ = request_.header("Expect").has_value() && !parser->is_done();
  parser_ = std::move(parser);
  return Progress::in_body;
}

// Sets refused_ if it returns false.
bool RequestReader::check_header() {
  const auto is = [](std::string_view name) {
    return [name](const Header& header) { return lower(header.name) == name; };
  };
  const auto count = [&](std::string_view name) {
    return std::count_if(request_.headers.begin(), request_.headers.end(), is(name));
  };
  if (request_.target.size() > limits_.target_size_max) {
    refuse(414, "the target is longer than " + std::to_string(limits_.target_size_max) + " octets");
  } else if (!request_.target.starts_with('/') && !(request_.target == "*" && request_.method == "OPTIONS")) {
    refuse(400, "the target is not a path");
  } else if (count("host") != 1) {
    refuse(400, "a request has exactly one Host");
  } else if (const auto encodings = count("transfer-encoding"); encodings > 0) {
    const auto encoding = request_.header("Transfer-Encoding");
    if (!encoding || lower(*encoding) != "chunked") refuse(501, "the only Transfer-Encoding here is chunked");
  } else if (const auto expectations = count("expect"); expectations > 0) {
    const auto expectation = request_.header("Expect");
    if (!expectation || lower(*expectation) != "100-continue")
      refuse(417, "the only expectation is 100-continue");
  }
  return refused_.status == 0;
}

RequestReader::Progress RequestReader::read_body() {
  boost::system::error_code error;
  // An empty chunk header would be asked for octets that are not there.
  if (input_.empty()) return Progress::in_body;
  const size_t used = parser_->put(boost::asio::buffer(input_), error);
  input_.erase(0, used);
  body_octets_ += used;
  if (error == beast::error::body_limit || body_octets_ + input_.size() > transferred_size_max(limits_)) {
    if (!parser_->is_done()) {
      return refuse(413, "the body is larger than " + std::to_string(limits_.body_size_max) + " octets");
    }
  }
  if (error && error != beast::error::need_more) {
    return refuse(400, "the body is malformed: " + error.message());
  }
  return parser_->is_done() ? Progress::complete : Progress::in_body;
}

}  // namespace base::http
