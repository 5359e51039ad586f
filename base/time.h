#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/error.h"

namespace base {

// A point in UTC. Milliseconds are what the store keeps and the evidence of a validation shows.
using Time = std::chrono::sys_time<std::chrono::milliseconds>;

// Appends `number` with at least `width` decimal digits, of which the first may be 0.
void append_digits(std::string& text, unsigned number, unsigned width);

// "2026-11-23T04:30:00Z" (RFC 3339). A fraction is written only where there is one.
std::string rfc3339(Time time);

// Parses RFC 3339 §5.6 with any offset and up to nanosecond fractions, which are cut to milliseconds.
// malformed: anything else, a leap second, a day that the month does not have, a year that is not 0 to 9999 in UTC.
Result<Time> parse_rfc3339(std::string_view text);

// What the time is. An interface so that tests hold the hands of the clock.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Time now() const override;
};

// Stands still until it is told. Not for use from several threads at once.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Time start) : now_(start) {}
  Time now() const override { return now_; }
  void advance(std::chrono::milliseconds by) { now_ += by; }

 private:
  Time now_;
};

}  // namespace base
