#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "base/time.h"

// Structured logging to stderr: one line an event, the name of the event and fields.
//
//   log::info("acme.order.created", {{"order", order.id}, {"identifiers", count}});
//
// Thread-safe. Never throws and never fails: a line that cannot be written is lost. A value cannot break out
// of its field or line, whatever octets it holds.
//
// Secrets have no place in a log. A field whose name is in kSecretFields is written without its value, so
// that the mistake is seen in the log and not the secret.
namespace base::log {

enum class Level { debug, info, warning, error };
enum class Format { text, json };

inline constexpr std::string_view kSecretFields[] = {"token",         "key_authorization", "private_key",
                                                     "authorization", "password",          "secret"};

// A longer value is cut, and ends in "...".
inline constexpr size_t kValueSizeMax = 2048;

// One named value. It aliases its arguments and dies with the call it is made for.
struct Field {
  Field(std::string_view name, std::string_view value) : name(name), value(value) {}
  Field(std::string_view name, std::same_as<bool> auto value) : name(name), value(value) {}
  Field(std::string_view name, std::signed_integral auto value) : name(name), value(int64_t(value)) {}
  template <std::unsigned_integral Count>
  requires(!std::same_as<Count, bool>) Field(std::string_view name, Count value)
      : name(name), value(uint64_t(value)) {}

  std::string_view name;  // snake_case, a literal
  std::variant<std::string_view, int64_t, uint64_t, bool> value;
};
using Fields = std::initializer_list<Field>;

// From now on, events below `level` are dropped. Before the first call: Level::info, Format::text.
void configure(Level level, Format format) noexcept;

// The event is lower_case words, from the general to the particular, between dots: a literal.
void debug(std::string_view event, Fields fields = {}) noexcept;
void info(std::string_view event, Fields fields = {}) noexcept;
void warning(std::string_view event, Fields fields = {}) noexcept;
void error(std::string_view event, Fields fields = {}) noexcept;

// The line that the functions above write, without its line feed.
std::string line(Format format, Level level, Time time, std::string_view event, Fields fields);

}  // namespace base::log
