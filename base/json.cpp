#include "base/json.h"

#include <algorithm>
#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <cassert>
#include <charconv>
#include <cmath>
#include <limits>

namespace base {

namespace {

using boost::json::error_code;

// Objects that have no more take memory once for their members, and none to compare their names.
constexpr size_t kUsualMembers = 4;
// Text that is no deeper takes memory once for the objects and arrays that are open.
constexpr size_t kUsualDepth = 4;

bool has_duplicates(const Json::Object& object) {
  if (object.size() <= kUsualMembers) {
    for (auto one = object.begin(); one != object.end(); ++one) {
      const auto is_same = [&](const Json::Member& other) { return other.first == one->first; };
      if (std::any_of(object.begin(), one, is_same)) return true;
    }
    return false;
  }
  std::vector<std::string_view> names;
  names.reserve(object.size());
  for (const auto& member : object)
    names.push_back(member.first);
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) != names.end();
}

// Takes the parser's events and builds the value. The interface is Boost.JSON's.
class Builder {
 public:
  using Text = boost::json::string_view;
  static constexpr size_t max_array_size = std::numeric_limits<size_t>::max();
  static constexpr size_t max_object_size = std::numeric_limits<size_t>::max();
  static constexpr size_t max_string_size = std::numeric_limits<size_t>::max();
  static constexpr size_t max_key_size = std::numeric_limits<size_t>::max();

  Json take() { return std::move(root_); }

  // What we refused that the parser would accept; empty: nothing.
  std::string_view refusal() const { return refusal_; }

  bool on_document_begin(error_code&) {
    open_.reserve(kUsualDepth);
    return true;
  }
  bool on_document_end(error_code&) { return true; }

  bool on_object_begin(error_code&) { return open(Json::Object()); }
  bool on_object_end(size_t, error_code& error) {
    auto& object = std::get<Json::Object>(open_.back().value);
    if (has_duplicates(object)) return refuse("a name twice in one object", error);
    return close(Json(std::move(object)));
  }
  bool on_array_begin(error_code&) { return open(Json::Array()); }
  bool on_array_end(size_t, error_code&) {
    return close(Json(std::move(std::get<Json::Array>(open_.back().value))));
  }

  bool on_key_part(Text part, size_t, error_code&) { return gather(part); }
  bool on_key(Text rest, size_t, error_code&) {
    gather(rest);
    open_.back().name = std::exchange(text_, {});
    return true;
  }
  bool on_string_part(Text part, size_t, error_code&) { return gather(part); }
  bool on_string(Text rest, size_t, error_code&) {
    gather(rest);
    return add(Json(std::exchange(text_, {})));
  }
  bool on_number_part(Text, error_code&) { return true; }
  bool on_int64(int64_t value, Text, error_code&) { return add(Json(value)); }
  bool on_uint64(uint64_t value, Text, error_code&) {
    const bool fits = value <= uint64_t(std::numeric_limits<int64_t>::max());
    return add(fits ? Json(int64_t(value)) : Json(double(value)));
  }
  bool on_double(double value, Text, error_code& error) {
    if (!std::isfinite(value)) return refuse("a number out of range", error);
    return add(Json(value));
  }
  bool on_bool(bool value, error_code&) { return add(Json(value)); }
  bool on_null(error_code&) { return add(Json()); }
  bool on_comment_part(Text, error_code&) { return true; }
  bool on_comment(Text, error_code&) { return true; }

 private:
  // An array or object whose end has not come yet, and the name of the member that comes next.
  struct Open {
    std::variant<Json::Array, Json::Object> value;
    std::string name;
  };

  template <class Container>
  bool open(Container container) {
    open_.push_back({std::move(container), {}});
    return true;
  }

  bool close(Json value) {
    open_.pop_back();
    return add(std::move(value));
  }

  bool add(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (auto* array = std::get_if<Json::Array>(&open_.back().value)) {
      array->push_back(std::move(value));
    } else {
      auto& object = std::get<Json::Object>(open_.back().value);
      if (object.empty()) object.reserve(kUsualMembers);
      object.emplace_back(std::move(open_.back().name), std::move(value));
    }
    return true;
  }

  bool refuse(std::string_view what, error_code& error) {
    refusal_ = what;
    error = boost::system::errc::make_error_code(boost::system::errc::invalid_argument);
    return false;
  }

  bool gather(Text part) {
    text_.append(part.data(), part.size());
    return true;
  }

  Json root_;
  std::vector<Open> open_;
  std::string text_;
  std::string_view refusal_;
};

constexpr size_t kUsualTextSize = 512;

void write(const Json& value, std::string& text);

void write_string(std::string_view value, std::string& text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto is_escaped = [](char c) { return c == '"' || c == '\\' || uint8_t(c) < 0x20; };
  text += '"';
  for (auto at = value.begin(); at != value.end();) {
    const auto escaped = std::find_if(at, value.end(), is_escaped);
    text.append(at, escaped);
    if (escaped == value.end()) break;
    if (uint8_t(*escaped) < 0x20) {
      text += "\\u00";
      text += kDigits[uint8_t(*escaped) >> 4];
      text += kDigits[uint8_t(*escaped) & 15];
    } else {
      text += '\\';
      text += *escaped;
    }
    at = escaped + 1;
  }
  text += '"';
}

template <class Number>
void write_number(Number value, std::string& text) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  text.append(digits.data(), end.ptr);
}

void write_array(const Json::Array& array, std::string& text) {
  text += '[';
  for (const Json& value : array) {
    if (&value != &array.front()) text += ',';
    write(value, text);
  }
  text += ']';
}

void write_object(const Json::Object& object, std::string& text) {
  text += '{';
  for (const auto& member : object) {
    if (&member != &object.front()) text += ',';
    write_string(member.first, text);
    text += ':';
    write(member.second, text);
  }
  text += '}';
}

void write(const Json& value, std::string& text) {
  if (const auto* boolean = value.boolean()) {
    text += *boolean ? "true" : "false";
  } else if (const auto* integer = value.integer()) {
    write_number(*integer, text);
  } else if (const auto* number = value.number()) {
    assert(std::isfinite(*number));
    const size_t start = text.size();
    write_number(*number, text);
    if (text.find_first_of(".e", start) == std::string::npos)
      text += ".0";  // so that it reads back as no integer
  } else if (const auto* string = value.string()) {
    write_string(*string, text);
  } else if (const auto* array = value.array()) {
    write_array(*array, text);
  } else if (const auto* object = value.object()) {
    write_object(*object, text);
  } else {
    text += "null";
  }
}

Error too_deep() {
  return {ErrorKind::too_large, "the JSON is nested more than " + std::to_string(kJsonDepthMax) + " deep"};
}

}  // namespace

const Json* Json::find(std::string_view name) const {
  const Object* members = object();
  if (members == nullptr) return nullptr;
  for (const Member& member : *members) {
    if (member.first == name) return &member.second;
  }
  return nullptr;
}

std::string Json::text() const {
  std::string text;
  text.reserve(kUsualTextSize);
  write(*this, text);
  return text;
}

Result<Json> parse_json(std::string_view text) {
  if (text.size() > kJsonSizeMax) {
    return fail(ErrorKind::too_large, "the JSON is longer than " + std::to_string(kJsonSizeMax) + " octets");
  }
  boost::json::parse_options options;
  options.max_depth = kJsonDepthMax;
  boost::json::basic_parser<Builder> parser(options);
  error_code error;
  const size_t read = parser.write_some(/*more=*/false, text.data(), text.size(), error);
  if (!error && read < text.size()) error = boost::json::error::extra_data;
  if (error == boost::json::error::too_deep) return tl::unexpected(too_deep());
  if (error) {
    const std::string_view refusal = parser.handler().refusal();
    const std::string what = refusal.empty() ? error.message() : std::string(refusal);
    return fail(ErrorKind::malformed,
                "this is not the JSON we accept: " + what + " near octet " + std::to_string(read));
  }
  return parser.handler().take();
}

}  // namespace base
