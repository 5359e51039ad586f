#pragma once

#include <string>

namespace app {

// Octets in hexadecimal as other programs write them, "01:A3", in the form that the server reads.
inline std::string without_colons(std::string hexadecimal) {
  std::erase(hexadecimal, ':');
  return hexadecimal;
}

}  // namespace app
