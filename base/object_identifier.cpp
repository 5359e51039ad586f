#include "base/object_identifier.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <vector>

namespace base {

namespace {

constexpr size_t kSizeMax = 64;
constexpr uint64_t kRoots = 3;         // 0, 1 and 2
constexpr uint64_t kArcsPerRoot = 40;  // of 0 and 1; the first two numbers share an arc
constexpr uint64_t kArcMax = (uint64_t{1} << 63) - 1;

std::optional<uint64_t> parse_arc(std::string_view digits) {
  uint64_t arc = 0;
  if (digits.empty() || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
  const auto [end, failure] = std::from_chars(digits.begin(), digits.end(), arc);
  if (failure != std::errc() || end != digits.end() || arc > kArcMax) return std::nullopt;
  return arc;
}

// Groups of seven bits, the most significant first; all but the last have the top bit.
void append_arc(Bytes& octets, uint64_t arc) {
  Bytes groups(1, char(arc & 0x7f));
  while ((arc >>= 7) > 0)
    groups.insert(groups.begin(), char(0x80 | (arc & 0x7f)));
  octets += groups;
}

}  // namespace

Result<Bytes> parse_object_identifier(std::string_view dotted) {
  const auto refused = fail(ErrorKind::malformed, "it is no object identifier");
  std::vector<uint64_t> arcs;
  for (std::string_view rest = dotted;;) {
    const size_t dot = rest.find('.');
    const auto arc = parse_arc(rest.substr(0, dot));
    if (!arc) return refused;
    arcs.push_back(*arc);
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  if (arcs.size() < 2 || arcs[0] >= kRoots || (arcs[0] < 2 && arcs[1] >= kArcsPerRoot)) return refused;
  Bytes octets;
  append_arc(octets, arcs[0] * kArcsPerRoot + arcs[1]);
  for (size_t i = 2; i < arcs.size(); ++i)
    append_arc(octets, arcs[i]);
  if (octets.size() > kSizeMax) return refused;
  return octets;
}

std::string text_of_object_identifier(BytesView content) {
  std::string text;
  uint64_t arc = 0;
  for (const char octet : content) {
    if (arc > kArcMax >> 7) return "?";
    arc = arc << 7 | (uint8_t(octet) & 0x7f);
    if ((uint8_t(octet) & 0x80) != 0) continue;
    if (text.empty()) {
      const uint64_t root = std::min(arc / kArcsPerRoot, kRoots - 1);
      text = std::to_string(root) + "." + std::to_string(arc - root * kArcsPerRoot);
    } else {
      text += "." + std::to_string(arc);
    }
    arc = 0;
  }
  return parse_object_identifier(text) == Bytes(content) ? text : "?";
}

}  // namespace base
