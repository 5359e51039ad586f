#include "base/http/response_text.h"

#include <algorithm>
#include <cassert>

#include "base/http/date.h"

namespace base::http {

namespace {

// More than the heads of our responses have.
constexpr size_t kHeadSize = 1024;

bool has_content(unsigned status) { return status >= 200 && status != 204 && status != 304; }

void append_header(std::string& text, std::string_view name, std::string_view value) {
  const auto ends_name = [](char c) { return c == ':' || c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  const auto breaks_out = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
  assert(!name.empty() && std::ranges::none_of(name, ends_name));
  assert(std::ranges::none_of(value, breaks_out));
  text.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::string response_text(const Response& response, Time now, ResponseText form) {
  const size_t size = response.shared_body ? response.shared_body->size() : response.body.size();
  assert(response.body.empty() || !response.shared_body);
  assert(has_content(response.status) || size == 0);
  std::string text;
  text.reserve(kHeadSize + response.body.size());
  text.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  text.append(reason_phrase(response.status)).append("\r\n");
  append_header(text, "Date", http_date(now));
  for (const Header& header : response.headers)
    append_header(text, header.name, header.value);
  if (has_content(response.status)) append_header(text, "Content-Length", std::to_string(size));
  if (form.closes) append_header(text, "Connection", "close");
  text += "\r\n";
  if (!form.omits_body) text += response.body;
  return text;
}

}  // namespace base::http
