#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// HTTP messages (RFC 9110) as values, without any library's.
namespace base::http {

struct Header {
  std::string name;  // compared without case
  std::string value;

  bool operator==(const Header&) const = default;
};

// A message with no more than so many takes memory for them once.
inline constexpr size_t kUsualHeaders = 10;

struct Request {
  std::string method;
  std::string target;  // in origin-form: "/acme/new-order?x=y"; "*" for OPTIONS
  std::vector<Header> headers;
  std::string body;
  std::string peer;  // the client's IP address

  // The value of the field, or nothing if it is absent or stands there more than once.
  std::optional<std::string_view> header(std::string_view name) const;
};

// Content-Length, Date and Connection are the listener's business. Values hold no CR, LF or NUL.
struct Response {
  unsigned status = 200;
  std::vector<Header> headers = {};
  std::string body = {};
  // In the place of a body: one that is too large to be copied for each response.
  std::shared_ptr<const std::string> shared_body = nullptr;

  bool operator==(const Response&) const = default;
};

// RFC 9110 §15: "Not Found"; "" for a status that has no name.
std::string_view reason_phrase(unsigned status);

// A problem document (RFC 9457) of type about:blank.
Response plain_problem(unsigned status, std::string_view detail);

}  // namespace base::http
