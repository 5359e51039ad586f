#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace base {

// Octets, of which nothing is assumed. std::string because protobuf, LMDB keys and Beast bodies are it.
using Bytes = std::string;
using BytesView = std::string_view;

// The same octets as C libraries want them. Aliases `bytes`.
inline const uint8_t* octets(BytesView bytes) { return reinterpret_cast<const uint8_t*>(bytes.data()); }

inline BytesView view(std::span<const uint8_t> octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

}  // namespace base
