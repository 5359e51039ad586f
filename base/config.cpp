#include "base/config.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>

namespace {

// toml++ 3.3 asserts of some mistakes in a file that they are not there: of "1979-05-27Tx" and others. They are thrown
// from within its parser to parse_config() instead, and no further.
struct BrokenToml {};

}  // namespace

#define TOML_ASSERT(condition) ((condition) ? void() : throw BrokenToml())
#define TOML_EXCEPTIONS 0
#ifndef __clang__  // which says nothing of what headers of others do
#pragma GCC diagnostic ignored "-Wterminate"
#endif
#include <toml++/toml.h>

#include "base/config_node.h"
#include "base/config_reader.h"
#include "base/config_schema.h"
#include "base/openssl.h"
#include "base/utf8.h"

namespace base {

namespace {

ConfigPosition position_of(const toml::source_region& source) {
  return {source.begin.line, source.begin.column};
}

// Recurses no deeper than toml++'s parser did (TOML_MAX_NESTED_VALUES).
ConfigNode node_of(const toml::node& from) {
  ConfigNode node{ConfigNode::Other(), position_of(from.source())};
  if (const auto* truth = from.as_boolean()) node.value = truth->get();
  if (const auto* number = from.as_integer()) node.value = number->get();
  if (const auto* text = from.as_string()) node.value = text->get();
  if (const auto* array = from.as_array()) {
    ConfigNode::Array items;
    for (const toml::node& item : *array)
      items.push_back(node_of(item));
    node.value = std::move(items);
  }
  if (const auto* table = from.as_table()) {
    ConfigNode::Table members;
    for (const auto& [key, value] : *table) {
      members.push_back({std::string(key.str()), position_of(key.source()), node_of(value)});
    }
    node.value = std::move(members);
  }
  return node;
}

// Whether what comes next on a line is within a comment or a string.
class LinePart {
 public:
  void pass(char c) {
    if (c == '\n') {
      within_ = 0;
    } else if (within_ == 0) {
      if (c == '#' || c == '"' || c == '\'') within_ = c;
    } else if (within_ != '#' && c == within_ && !escaped_) {
      within_ = 0;
    }
    escaped_ = within_ == '"' && c == '\\' && !escaped_;
  }
  bool is_bare() const { return within_ == 0; }

 private:
  char within_ = 0;  // '#', or the quote that ends it
  bool escaped_ = false;
};

// The first octet that is no UTF-8, a control character that TOML forbids (TOML 1.0, "Comment"), or a character that
// stands only in comments and strings of one line. toml++ is not right about some of them.
std::optional<ConfigPosition> forbidden_character(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // a byte order mark
  ConfigPosition position{1, 1};
  LinePart part;
  while (!text.empty()) {
    const size_t size = utf8_character_size(text);
    const char c = text.front();
    const bool is_control = (uint8_t(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F;
    if (size == 0 || is_control || (size > 1 && part.is_bare())) return position;
    part.pass(c);
    position =
        c == '\n' ? ConfigPosition{position.line + 1, 1} : ConfigPosition{position.line, position.column + 1};
    text.remove_prefix(size);
  }
  return std::nullopt;
}

bool may_begin_key(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '"' || c == '\'' || c == ']';  // of no key at all, toml++ speaks itself
}

// The first line that begins like a table's header and goes on with what cannot be its name, such as "[[[a]]]".
// toml++ asserts that there is none. No setting is an array of arrays, in which such lines would be right.
std::optional<ConfigPosition> broken_header(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  for (uint32_t line = 1; !text.empty(); ++line) {
    const std::string_view whole = text.substr(0, text.find('\n'));
    const auto is_blank = [&](char c) { return kBlank.find(c) != kBlank.npos || uint8_t(c) >= 0x80; };
    size_t at = size_t(std::ranges::find_if_not(whole, is_blank) - whole.begin());
    if (at < whole.size() && whole[at] == '[') {
      ++at;
      if (at < whole.size() && whole[at] == '[') ++at;
      at = std::min(whole.find_first_not_of(kBlank, at), whole.size());
      if (at == whole.size() || !may_begin_key(whole[at])) return ConfigPosition{line, uint32_t(at + 1)};
    }
    text.remove_prefix(std::min(whole.size() + 1, text.size()));
  }
  return std::nullopt;
}

std::string sentence(std::string_view source, ConfigPosition position, std::string_view text) {
  std::string place(source);
  if (position.line > 0) place += ":" + std::to_string(position.line) + ":" + std::to_string(position.column);
  return place + ": " + std::string(text);
}

std::string sentences(std::string_view source, std::vector<ConfigReport::Mistake> mistakes) {
  const auto is_before = [](const auto& a, const auto& b) { return a.position < b.position; };
  std::stable_sort(mistakes.begin(), mistakes.end(), is_before);
  std::string text;
  for (const auto& mistake : mistakes) {
    text += (text.empty() ? "" : "\n") + sentence(source, mistake.position, mistake.text);
  }
  return text;
}

std::string hexadecimal(std::string_view octets) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char octet : octets)
    text += {kDigits[uint8_t(octet) >> 4], kDigits[uint8_t(octet) & 15]};
  return text;
}

Result<ConfigNode> parse_toml(std::string_view text, std::string_view source) {
  try {
    const toml::parse_result parsed = toml::parse(text);
    if (parsed) return node_of(parsed.table());
    const toml::parse_error& error = parsed.error();
    return fail(ErrorKind::malformed, sentence(source, position_of(error.source()), error.description()));
  } catch (const BrokenToml&) {
    return fail(ErrorKind::malformed,
                sentence(source, {}, "this is no TOML; a date, a time or a number is cut"));
  }
}

}  // namespace

Result<Config> parse_config(std::string_view text, std::string_view source) {
  if (text.size() > kConfigSizeMax) {
    return fail(ErrorKind::malformed, sentence(source, {}, "a configuration has at most 1 MiB"));
  }
  if (const auto position = forbidden_character(text)) {
    return fail(ErrorKind::malformed, sentence(source, *position, "a character that no text has"));
  }
  if (const auto position = broken_header(text)) {
    return fail(ErrorKind::malformed, sentence(source, *position, "a table's name is missing here"));
  }
  TRY(const ConfigNode root, parse_toml(text, source));
  ConfigReport report;
  ConfigReader top(&std::get<ConfigNode::Table>(root.value), {}, "", report);
  Config config;
  config.sha256 = hexadecimal(sha256(text));
  read_config(top, config);
  if (!report.mistakes.empty()) {
    return fail(ErrorKind::malformed, sentences(source, std::move(report.mistakes)));
  }
  return config;
}

Result<Config> load_config(const std::filesystem::path& path) {
  std::error_code failure;
  if (std::filesystem::is_directory(path, failure)) {
    return fail(ErrorKind::not_found, path.string() + " is a directory");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    const int reason = errno;
    return fail(reason == ENOENT ? ErrorKind::not_found : ErrorKind::unavailable,
                "cannot open " + path.string() + ": " + std::strerror(reason));
  }
  std::string text(kConfigSizeMax + 1, '\0');
  file.read(text.data(), std::streamsize(text.size()));
  if (file.bad()) return fail(ErrorKind::unavailable, "cannot read " + path.string());
  text.resize(size_t(file.gcount()));
  return parse_config(text, path.string());
}

std::vector<ConfigKey> config_keys() {
  ConfigReport report;
  report.lists_keys = true;
  ConfigReader top(nullptr, {}, "", report);
  Config config;
  read_config(top, config);
  return std::move(report.keys);
}

}  // namespace base
