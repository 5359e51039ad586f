#include "base/http/response_text.h"

#include <cassert>

namespace base::http {

namespace {

// More than the heads of our responses have.
constexpr size_t kHeadSize = 1024;

bool has_content(unsigned status) { return status >= 200 && status != 204 && status != 304; }

void append_header(std::string& text, std::string_view name, std::string_view value) {
  constexpr std::string_view kBreaksOut("\r\n\0", 3);
  assert(!name.empty() && name.find_first_of(": \t\r\n") == std::string_view::npos);
  assert(value.find_first_of(kBreaksOut) == std::string_view::npos);
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

std::string http_date(Time time) {
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  std::string text = kDays[std::chrono::weekday(day).c_encoding()];
  append_digits(text += ", ", unsigned(date.day()), 2);
  text.append(" ").append(kMonths[unsigned(date.month()) - 1]).append(" ");
  append_digits(text, unsigned(int(date.year())), 4);
  append_digits(text += ' ', unsigned(clock.hours().count()), 2);
  append_digits(text += ':', unsigned(clock.minutes().count()), 2);
  append_digits(text += ':', unsigned(clock.seconds().count()), 2);
  return text += " GMT";
}

}  // namespace base::http
