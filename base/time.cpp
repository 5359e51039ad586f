#include "base/time.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

namespace base {

namespace {

constexpr std::chrono::year kYearMax{9999};
constexpr size_t kRfc3339SizeMax = sizeof("2026-11-23T04:30:00.000Z") - 1;

// Takes exactly `digits` decimal digits off the front of `text`.
std::optional<int> take_number(std::string_view& text, size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, std::string_view either) {
  if (text.empty() || either.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::chrono::milliseconds> take_fraction(std::string_view& text) {
  constexpr size_t kDigitsMax = 9;
  size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9')
    ++digits;
  if (digits == 0 || digits > kDigitsMax) return std::nullopt;
  std::string_view thousandths = text.substr(0, std::min<size_t>(digits, 3));
  int value = 0;
  std::from_chars(thousandths.data(), thousandths.data() + thousandths.size(), value);
  for (size_t i = thousandths.size(); i < 3; ++i)
    value *= 10;
  text.remove_prefix(digits);
  return std::chrono::milliseconds(value);
}

std::optional<std::chrono::minutes> take_offset(std::string_view& text) {
  if (take(text, "Zz")) return std::chrono::minutes(0);
  const bool west = !text.empty() && text.front() == '-';
  if (!take(text, "+-")) return std::nullopt;
  const auto hours = take_number(text, 2);
  if (!hours || *hours > 23 || !take(text, ":")) return std::nullopt;
  const auto minutes = take_number(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  const std::chrono::minutes offset(*hours * 60 + *minutes);
  return west ? -offset : offset;
}

std::optional<Time> parse(std::string_view text) {
  const auto year = take_number(text, 4);
  if (!year || !take(text, "-")) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take(text, "-")) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day || !take(text, "Tt")) return std::nullopt;
  const auto hour = take_number(text, 2);
  if (!hour || *hour > 23 || !take(text, ":")) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || *minute > 59 || !take(text, ":")) return std::nullopt;
  const auto second = take_number(text, 2);
  if (!second || *second > 59) return std::nullopt;
  std::chrono::milliseconds fraction(0);
  if (take(text, ".")) {
    const auto taken = take_fraction(text);
    if (!taken) return std::nullopt;
    fraction = *taken;
  }
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(*month),
                                         std::chrono::day(*day)};
  if (!date.ok()) return std::nullopt;
  const Time time = std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
                    std::chrono::seconds(*second) + fraction - *offset;
  const std::chrono::year_month_day utc(std::chrono::floor<std::chrono::days>(time));
  if (utc.year() < std::chrono::year(0) || utc.year() > kYearMax)
    return std::nullopt;  // it cannot be written again
  return time;
}

}  // namespace

void append_digits(std::string& text, unsigned number, unsigned width) {
  std::array<char, std::numeric_limits<unsigned>::digits10 + 1> digits;
  const auto size = size_t(std::to_chars(digits.begin(), digits.end(), number).ptr - digits.begin());
  text.append(width - std::min<size_t>(width, size), '0').append(digits.data(), size);
}

std::string rfc3339(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::string text;
  text.reserve(kRfc3339SizeMax);
  append_digits(text, unsigned(int(date.year())), 4);
  append_digits(text += '-', unsigned(date.month()), 2);
  append_digits(text += '-', unsigned(date.day()), 2);
  append_digits(text += 'T', unsigned(clock.hours().count()), 2);
  append_digits(text += ':', unsigned(clock.minutes().count()), 2);
  append_digits(text += ':', unsigned(clock.seconds().count()), 2);
  if (clock.subseconds().count() != 0) append_digits(text += '.', unsigned(clock.subseconds().count()), 3);
  return text += 'Z';
}

Result<Time> parse_rfc3339(std::string_view text) {
  if (const auto time = parse(text)) return *time;
  return fail(ErrorKind::malformed, "\"" + std::string(text.substr(0, 40)) + "\" is not an RFC 3339 time");
}

Time SystemClock::now() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace base
