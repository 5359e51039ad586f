#include "dnsserver/http/json_scanner.h"

#include <charconv>

#include "base/utf8.h"
#include "dnsserver/http/lenient_json.h"

namespace dnsserver::http {

using base::Json;

namespace {

constexpr unsigned kReplacement = 0xfffd;

bool is_high_surrogate(unsigned unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool is_low_surrogate(unsigned unit) { return unit >= 0xdc00 && unit < 0xe000; }

void append_utf8(std::string& text, unsigned code_point) {
  const auto continuation = [&](int shift) { text += char(0x80 | ((code_point >> shift) & 0x3f)); };
  if (code_point < 0x80) {
    text += char(code_point);
  } else if (code_point < 0x800) {
    text += char(0xc0 | (code_point >> 6));
    continuation(0);
  } else if (code_point < 0x10000) {
    text += char(0xe0 | (code_point >> 12));
    continuation(6);
    continuation(0);
  } else {
    text += char(0xf0 | (code_point >> 18));
    continuation(12);
    continuation(6);
    continuation(0);
  }
}

}  // namespace

std::optional<Json> JsonScanner::value(size_t depth) {
  if (depth > kLenientDepthMax) return std::nullopt;
  skip_space();
  std::optional<Json> read;
  if (take('{')) {
    read = object(depth);
  } else if (take('[')) {
    read = array(depth);
  } else if (rest_.starts_with('"')) {
    if (auto text = string()) read = Json(*std::move(text));
  } else if (take_word("null")) {
    read = Json();
  } else if (take_word("true")) {
    read = Json(true);
  } else if (take_word("false")) {
    read = Json(false);
  } else {
    read = number();
  }
  skip_space();
  return read;
}

// Behind its brace.
std::optional<Json> JsonScanner::object(size_t depth) {
  Json::Object members;
  skip_space();
  if (take('}')) return Json(std::move(members));
  do {
    skip_space();
    auto name = string();
    if (!name) return std::nullopt;
    skip_space();
    if (!take(':')) return std::nullopt;
    auto member = value(depth + 1);
    if (!member) return std::nullopt;
    members.emplace_back(*std::move(name), *std::move(member));
  } while (take(','));
  if (!take('}')) return std::nullopt;
  return Json(std::move(members));
}

// Behind its bracket.
std::optional<Json> JsonScanner::array(size_t depth) {
  Json::Array items;
  skip_space();
  if (take(']')) return Json(std::move(items));
  do {
    auto item = value(depth + 1);
    if (!item) return std::nullopt;
    items.push_back(*std::move(item));
  } while (take(','));
  if (!take(']')) return std::nullopt;
  return Json(std::move(items));
}

// Nobody asks which number it is.
std::optional<Json> JsonScanner::number() {
  take('-');
  const bool leads_with_zero = rest_.starts_with('0');
  const size_t count = digits();
  if (count == 0 || (leads_with_zero && count > 1)) return std::nullopt;
  if (take('.') && digits() == 0) return std::nullopt;
  if (take('e') || take('E')) {
    if (!take('+')) take('-');
    if (digits() == 0) return std::nullopt;
  }
  return Json(0);
}

size_t JsonScanner::digits() {
  size_t count = 0;
  while (count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9')
    ++count;
  rest_.remove_prefix(count);
  return count;
}

std::optional<std::string> JsonScanner::string() {
  if (!take('"')) return std::nullopt;
  std::string text;
  while (!rest_.empty()) {
    const char c = rest_.front();
    if (take('"')) return text;
    if (uint8_t(c) < 0x20) return std::nullopt;
    if (take('\\')) {
      if (!escape(text)) return std::nullopt;
      continue;
    }
    const size_t size = base::utf8_character_size(rest_);
    if (size == 0) {
      append_utf8(text, kReplacement);
    } else {
      text += rest_.substr(0, size);
    }
    rest_.remove_prefix(size == 0 ? 1 : size);
  }
  return std::nullopt;
}

// Behind the backslash.
bool JsonScanner::escape(std::string& into) {
  constexpr std::string_view kEscapes = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  if (rest_.empty()) return false;
  if (const size_t at = kEscapes.find(rest_.front()); at != std::string_view::npos) {
    into += kMeanings[at];
    rest_.remove_prefix(1);
    return true;
  }
  if (!take('u')) return false;
  const auto unit = hex4();
  if (!unit) return false;
  unsigned code_point = *unit;
  if (is_high_surrogate(*unit) && rest_.starts_with("\\u")) {
    JsonScanner ahead(rest_.substr(2));
    const auto low = ahead.hex4();
    if (low && is_low_surrogate(*low)) {
      code_point = 0x10000 + ((*unit - 0xd800) << 10) + (*low - 0xdc00);
      rest_ = ahead.rest_;
    }
  }
  const bool is_lone = is_high_surrogate(code_point) || is_low_surrogate(code_point);
  append_utf8(into, is_lone ? kReplacement : code_point);
  return true;
}

std::optional<unsigned> JsonScanner::hex4() {
  constexpr size_t kDigits = 4;
  if (rest_.size() < kDigits) return std::nullopt;
  unsigned unit = 0;
  const char* end = rest_.data() + kDigits;
  const auto [stopped, error] = std::from_chars(rest_.data(), end, unit, 16);
  if (error != std::errc() || stopped != end) return std::nullopt;
  rest_.remove_prefix(kDigits);
  return unit;
}

void JsonScanner::skip_space() {
  const size_t start = rest_.find_first_not_of(" \t\r\n");
  rest_.remove_prefix(start == std::string_view::npos ? rest_.size() : start);
}

bool JsonScanner::take(char c) {
  if (!rest_.starts_with(c)) return false;
  rest_.remove_prefix(1);
  return true;
}

bool JsonScanner::take_word(std::string_view word) {
  if (!rest_.starts_with(word)) return false;
  rest_.remove_prefix(word.size());
  return true;
}

}  // namespace dnsserver::http
