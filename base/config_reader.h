#pragma once

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/config.h"
#include "base/config_node.h"
#include "base/endpoint.h"
#include "base/error.h"

namespace base {

// What reading one configuration found out.
struct ConfigReport {
  struct Mistake {
    ConfigPosition position;
    std::string text;
  };

  std::vector<Mistake> mistakes;
  std::vector<ConfigKey> keys;  // in the order in which they were asked for

  // Tables that may be repeated are asked for their keys even where there are none.
  bool lists_keys = false;
};

// The words that one key takes, and what they mean.
template <class Value>
using ConfigWords = std::span<const std::pair<std::string_view, Value>>;

// Reads the keys of one table into variables that hold their defaults.
//
// A key that is absent changes nothing. A value of the wrong type or out of range is reported with its place
// and what is allowed, and changes nothing. After the last key, finish() reports the keys that nobody asked
// for.
class ConfigReader {
 public:
  // `table` may be null: nothing is written. `path` is "" or ends in a dot. The arguments outlive the reader.
  ConfigReader(const ConfigNode::Table* table, ConfigPosition position, std::string path,
               ConfigReport& report)
      : table_(table), position_(position), path_(std::move(path)), report_(report) {}

  using Check = std::function<Result<void>(const std::string&)>;

  // Text without control characters that passes `check`, whose words for what is allowed are `allowed`.
  void text(std::string_view key, std::string& into, std::string_view allowed, const Check& check);
  void texts(std::string_view key, std::vector<std::string>& into, std::string_view allowed,
             const Check& check);
  void path(std::string_view key, std::filesystem::path& into);
  void boolean(std::string_view key, bool& into);
  template <std::unsigned_integral Count>
  void count(std::string_view key, Count& into, uint64_t min, uint64_t max);
  template <class Rep, class Period>
  void duration(std::string_view key, std::chrono::duration<Rep, Period>& into, std::chrono::milliseconds min,
                std::chrono::milliseconds max);
  template <std::unsigned_integral Count>
  void size(std::string_view key, Count& into, uint64_t min, uint64_t max);
  // At least one, each once, none with a port less than `port_min`.
  void endpoints(std::string_view key, std::vector<Endpoint>& into, uint16_t port_min);
  // Each once.
  void networks(std::string_view key, std::vector<IpNetwork>& into);
  void name(std::string_view key, Name& into);
  template <class Value>
  void word(std::string_view key, Value& into, ConfigWords<Value> words);
  // At least one.
  template <class Value>
  void words(std::string_view key, std::set<Value>& into, ConfigWords<Value> words);

  using Section = std::function<void(ConfigReader&)>;

  // The table at `key`, and finishes it. An absent one is read as an empty one.
  void table(std::string_view key, const Section& section);
  // Each table of the array at `key`, in order.
  void tables(std::string_view key, const Section& section);

  // Lets `section` read keys that the table `path` has, too ("policy."), into variables that hold their values there.
  // What is told of a default is the key there: "policy.wildcards".
  void as_in(std::string path, const Section& section);

  // Reports something that no single value is to blame for, at the value of `key` or else at the table.
  void mistake(std::string_view key, std::string text);
  void finish();

 private:
  using Read = std::function<Result<void>(const ConfigNode&)>;

  // Notes the key, and lets `read` take its value if it is there.
  void value(std::string_view key, std::string allowed, std::string preset, const Read& read);
  // `step`: what the duration must be a multiple of.
  void milliseconds(std::string_view key, std::chrono::milliseconds& into, std::chrono::milliseconds min,
                    std::chrono::milliseconds max, std::chrono::milliseconds step);
  void whole_number(std::string_view key, uint64_t& into, uint64_t min, uint64_t max);
  void octets(std::string_view key, uint64_t& into, uint64_t min, uint64_t max);
  // `words` without their meaning; `into` holds places in it.
  void word_places(std::string_view key, std::set<size_t>& into, const std::vector<std::string_view>& words,
                   bool many);
  const ConfigNode::Member* find(std::string_view key) const;
  std::string path_of(std::string_view key) const { return path_ + std::string(key); }

  const ConfigNode::Table* table_;
  ConfigPosition position_;
  std::string path_;
  std::string preset_path_;  // of the table that has the defaults; empty: there is none
  ConfigReport& report_;
  std::vector<std::string> asked_;
};

template <std::unsigned_integral Count>
void ConfigReader::count(std::string_view key, Count& into, uint64_t min, uint64_t max) {
  uint64_t wide = into;
  whole_number(key, wide, min, std::min<uint64_t>(max, std::numeric_limits<Count>::max()));
  into = Count(wide);
}

template <class Rep, class Period>
void ConfigReader::duration(std::string_view key, std::chrono::duration<Rep, Period>& into,
                            std::chrono::milliseconds min, std::chrono::milliseconds max) {
  using Duration = std::chrono::duration<Rep, Period>;
  std::chrono::milliseconds fine = into;
  milliseconds(key, fine, min, max, Duration(1));
  into = std::chrono::floor<Duration>(fine);
}

template <std::unsigned_integral Count>
void ConfigReader::size(std::string_view key, Count& into, uint64_t min, uint64_t max) {
  uint64_t wide = into;
  octets(key, wide, min, std::min<uint64_t>(max, std::numeric_limits<Count>::max()));
  into = Count(wide);
}

template <class Value>
void ConfigReader::words(std::string_view key, std::set<Value>& into, ConfigWords<Value> words) {
  std::vector<std::string_view> spellings;
  std::set<size_t> places;
  for (size_t i = 0; i < words.size(); ++i) {
    spellings.push_back(words[i].first);
    if (into.contains(words[i].second)) places.insert(i);
  }
  word_places(key, places, spellings, true);
  into.clear();
  for (const size_t place : places)
    into.insert(words[place].second);
}

template <class Value>
void ConfigReader::word(std::string_view key, Value& into, ConfigWords<Value> words) {
  std::vector<std::string_view> spellings;
  std::set<size_t> places;
  for (size_t i = 0; i < words.size(); ++i) {
    spellings.push_back(words[i].first);
    if (into == words[i].second) places.insert(i);
  }
  word_places(key, places, spellings, false);
  into = words[*places.begin()].second;
}

}  // namespace base
