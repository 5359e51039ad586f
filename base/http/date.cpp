#include "base/http/date.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace base::http {

namespace {

constexpr std::array<std::string_view, 7> kDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                   "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::string_view kImfFixdate = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr std::string_view kAsctime = "Sun Nov  6 08:49:37 1994";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Whatever is no number is 0, which http_date() writes in another way.
int number_at(std::string_view text, size_t at, size_t size) {
  int number = 0;
  std::from_chars(text.data() + at, text.data() + at + size, number);
  return number;
}

// What http_date() made.
std::optional<Time> parse_imf_fixdate(std::string_view text) {
  if (text.size() != kImfFixdate.size()) return std::nullopt;
  const auto month = std::ranges::find(kMonths, text.substr(8, 3));
  if (month == kMonths.end()) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(number_at(text, 12, 4)),
                                         std::chrono::month(unsigned(month - kMonths.begin()) + 1),
                                         std::chrono::day(unsigned(number_at(text, 5, 2))));
  if (!date.ok()) return std::nullopt;
  const Time time = std::chrono::sys_days(date) + std::chrono::hours(number_at(text, 17, 2)) +
                    std::chrono::minutes(number_at(text, 20, 2)) +
                    std::chrono::seconds(number_at(text, 23, 2));
  if (http_date(time) != text) return std::nullopt;
  return time;
}

// "Sunday, 06-Nov-94 08:49:37 GMT" as the first form has it, and the same text where it is none. A year that seems to
// be more than 50 years ahead is one of the century before.
std::string from_rfc850(std::string_view text, Time now) {
  constexpr size_t kBehindDay = 24;
  const size_t comma = text.find(',');
  const bool has_the_form = comma != std::string_view::npos && text.size() - comma == kBehindDay &&
                            std::ranges::find(kDays, text.substr(0, comma)) != kDays.end() &&
                            text[comma + 4] == '-' && text[comma + 8] == '-' && is_digit(text[comma + 9]) &&
                            is_digit(text[comma + 10]);
  if (!has_the_form) return std::string(text);
  const int this_year = int(std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(now)).year());
  int year = this_year - this_year % 100 + number_at(text, comma + 9, 2);
  if (year > this_year + 50) year -= 100;
  std::string imf(text.substr(0, 3));
  imf.append(text.substr(comma, 4)).append(" ").append(text.substr(comma + 5, 3)).append(" ");
  append_digits(imf, unsigned(year), 4);
  return imf.append(text.substr(comma + 11));
}

// "Sun Nov  6 08:49:37 1994", likewise.
std::string from_asctime(std::string_view text) {
  if (text.size() != kAsctime.size() || text[3] != ' ' || text[7] != ' ') return std::string(text);
  std::string day(text.substr(8, 2));
  if (day.front() == ' ') day.front() = '0';
  std::string imf(text.substr(0, 3));
  imf.append(", ").append(day).append(" ").append(text.substr(4, 3)).append(text.substr(19));
  return imf.append(text.substr(10, 9)).append(" GMT");
}

}  // namespace

std::string http_date(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  std::string text(kDays[std::chrono::weekday(day).c_encoding()].substr(0, 3));
  append_digits(text += ", ", unsigned(date.day()), 2);
  text.append(" ").append(kMonths[unsigned(date.month()) - 1]).append(" ");
  append_digits(text, unsigned(int(date.year())), 4);
  append_digits(text += ' ', unsigned(clock.hours().count()), 2);
  append_digits(text += ':', unsigned(clock.minutes().count()), 2);
  append_digits(text += ':', unsigned(clock.seconds().count()), 2);
  return text += " GMT";
}

std::optional<Time> parse_http_date(std::string_view text, Time now) {
  for (const std::string& form : {std::string(text), from_rfc850(text, now), from_asctime(text)}) {
    if (const auto time = parse_imf_fixdate(form)) return time;
  }
  return std::nullopt;
}

}  // namespace base::http
