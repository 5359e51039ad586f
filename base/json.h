#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"

namespace base {

// A JSON text that is longer or deeper is too_large.
inline constexpr size_t kJsonDepthMax = 16;
inline constexpr size_t kJsonSizeMax = 256 * 1024;

// A JSON value (RFC 8259). Members stay in the order they were written in, and no object has a name twice.
//
//   const Json document = Json::Object{{"status", "valid"}, {"contact", Json::Array{"mailto:a@b.test"}}};
class Json {
 public:
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;

  Json() = default;  // null
  Json(std::same_as<bool> auto value) : value_(value) {}
  Json(int64_t value) : value_(value) {}
  Json(int value) : value_(int64_t{value}) {}
  Json(double value) : value_(value) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(Array value) : value_(std::move(value)) {}
  Json(Object value) : value_(std::move(value)) {}

  // Null where the value has another type. An integer that int64_t cannot hold is a number(),
  // as is whatever has a fraction or an exponent.
  const bool* boolean() const { return std::get_if<bool>(&value_); }
  const int64_t* integer() const { return std::get_if<int64_t>(&value_); }
  const double* number() const { return std::get_if<double>(&value_); }
  const std::string* string() const { return std::get_if<std::string>(&value_); }
  const Array* array() const { return std::get_if<Array>(&value_); }
  const Object* object() const { return std::get_if<Object>(&value_); }
  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }

  // The member of an object; null where there is none, or where this is no object.
  const Json* find(std::string_view name) const;

  // The shortest text, in UTF-8. REQUIRES: strings are UTF-8, doubles are finite.
  std::string text() const;

  bool operator==(const Json&) const = default;

 private:
  std::variant<std::monostate, bool, int64_t, double, std::string, Array, Object> value_;
};

// Exactly one value with nothing but whitespace around it, strict: valid UTF-8, no lone surrogates, no name
// twice in one object (RFC 8259 §4 leaves open what that would mean), no comments, no trailing commas.
//
// malformed: anything else; the detail says what and where. too_large: longer than kJsonSizeMax or deeper
// than kJsonDepthMax.
Result<Json> parse_json(std::string_view text);

}  // namespace base
