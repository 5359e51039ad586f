#include "acmecore/text_line.h"

#include <cstdint>
#include <string>

#include "base/utf8.h"

namespace acmecore {

base::Result<void> check_line(std::string_view what, std::string_view text, size_t size_max) {
  const auto refuse = [what](const std::string& why) {
    return base::fail(base::ErrorKind::malformed, "the " + std::string(what) + " " + why);
  };
  if (text.size() > size_max) return refuse("is longer than " + std::to_string(size_max) + " octets");
  while (!text.empty()) {
    const size_t size = base::utf8_character_size(text);
    const auto first = uint8_t(text.front());
    if (size == 0 || first < 0x20 || first == 0x7F) return refuse("has a character that no line of text has");
    text.remove_prefix(size);
  }
  return {};
}

}  // namespace acmecore
