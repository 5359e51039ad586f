#include "base/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>

#include "base/utf8.h"

namespace base::log {

namespace {

std::string_view name_of(Level level) {
  switch (level) {
    case Level::debug: return "debug";
    case Level::info: return "info";
    case Level::warning: return "warning";
    case Level::error: return "error";
  }
  return "error";
}

spdlog::level::level_enum spdlog_level(Level level) {
  switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warning: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
  }
  return spdlog::level::err;
}

bool is_secret(std::string_view field) {
  return std::find(std::begin(kSecretFields), std::end(kSecretFields), field) != std::end(kSecretFields);
}

// Everything but printable ASCII becomes \xNN: no terminal and no parser of lines sees anything else.
std::string escaped_text(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c == '"' || c == '\\') {
      text.append({'\\', c});
    } else if (c >= ' ' && c <= '~') {
      text += c;
    } else {
      std::array<char, 5> hex;
      std::snprintf(hex.data(), hex.size(), "\\x%02x", unsigned(uint8_t(c)));
      text += hex.data();
    }
  }
  return text;
}

// RFC 8259 §7. What is not UTF-8 becomes U+FFFD, so that the line stays JSON.
std::string escaped_json(std::string_view value) {
  std::string text;
  while (!value.empty()) {
    const size_t size = utf8_character_size(value);
    const char c = value.front();
    if (size == 0) {
      text += "\uFFFD";
    } else if (c == '"' || c == '\\') {
      text.append({'\\', c});
    } else if (size == 1 && (uint8_t(c) < 0x20 || c == 0x7F)) {
      std::array<char, 7> hex;
      std::snprintf(hex.data(), hex.size(), "\\u%04x", unsigned(c));
      text += hex.data();
    } else {
      text += value.substr(0, size);
    }
    value.remove_prefix(std::max<size_t>(size, 1));
  }
  return text;
}

std::string quoted(Format format, std::string_view value) {
  const bool cut = value.size() > kValueSizeMax;
  value = value.substr(0, kValueSizeMax);
  const std::string mark = cut ? "..." : "";
  if (format == Format::json) return "\"" + escaped_json(value) + mark + "\"";
  const std::string text = escaped_text(value) + mark;
  const bool is_word = !text.empty() && text.find_first_of(" =\\\"") == std::string::npos;
  return is_word ? text : "\"" + text + "\"";
}

std::string rendered(Format format, const Field& field) {
  if (is_secret(field.name)) return quoted(format, "(secret)");
  if (const auto* text = std::get_if<std::string_view>(&field.value)) return quoted(format, *text);
  if (const auto* number = std::get_if<int64_t>(&field.value)) return std::to_string(*number);
  if (const auto* count = std::get_if<uint64_t>(&field.value)) return std::to_string(*count);
  return std::get<bool>(field.value) ? "true" : "false";
}

Time now() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

// The one log of the process. It is never destroyed, because threads may log while the process exits.
struct Log {
  spdlog::logger logger{"assay", std::make_shared<spdlog::sinks::stderr_sink_mt>()};
  std::atomic<Format> format{Format::text};

  Log() { logger.set_pattern("%v"); }
};

Log& the_log() {
  static Log& log = *new Log();
  return log;
}

void write(Level level, std::string_view event, Fields fields) noexcept {
  try {
    Log& log = the_log();
    const auto level_of_spdlog = spdlog_level(level);
    if (!log.logger.should_log(level_of_spdlog)) return;
    log.logger.log(level_of_spdlog, spdlog::string_view_t(line(log.format, level, now(), event, fields)));
  } catch (...) {
    // No memory for a line, or no stderr: there is nobody left to tell.
  }
}

}  // namespace

void configure(Level level, Format format) noexcept {
  try {
    the_log().logger.set_level(spdlog_level(level));
    the_log().format = format;
  } catch (...) {
    // The log could not be made; every later line tries again.
  }
}

void debug(std::string_view event, Fields fields) noexcept { write(Level::debug, event, fields); }
void info(std::string_view event, Fields fields) noexcept { write(Level::info, event, fields); }
void warning(std::string_view event, Fields fields) noexcept { write(Level::warning, event, fields); }
void error(std::string_view event, Fields fields) noexcept { write(Level::error, event, fields); }

std::string line(Format format, Level level, Time time, std::string_view event, Fields fields) {
  if (format == Format::text) {
    std::string text = rfc3339(time) + " " + std::string(name_of(level)) + " " + std::string(event);
    for (const Field& field : fields)
      text += " " + std::string(field.name) + "=" + rendered(format, field);
    return text;
  }
  std::string json = R"({"time":")" + rfc3339(time) + R"(","level":")" + std::string(name_of(level)) +
                     R"(","event":)" + quoted(format, event);
  for (const Field& field : fields) {
    json += "," + quoted(format, field.name) + ":" + rendered(format, field);
  }
  return json + "}";
}

}  // namespace base::log
