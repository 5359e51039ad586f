#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace base {

// Where something stands in a configuration, counted from 1. Line 0: nowhere, it is not written there.
struct ConfigPosition {
  uint32_t line = 0;
  uint32_t column = 0;

  auto operator<=>(const ConfigPosition&) const = default;
};

// What a configuration language says, without the language: a tree of values that know where they stand.
struct ConfigNode {
  struct Other {};  // a kind of value that no key takes: a fraction, a date
  struct Member;
  using Array = std::vector<ConfigNode>;
  using Table = std::vector<Member>;  // each key once

  std::variant<Other, bool, int64_t, std::string, Array, Table> value;
  ConfigPosition position;
};

struct ConfigNode::Member {
  std::string key;
  ConfigPosition key_position;
  ConfigNode node;
};

}  // namespace base
