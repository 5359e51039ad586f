#include "base/quantity.h"

#include <charconv>
#include <limits>
#include <optional>
#include <span>

namespace base {

namespace {

struct Unit {
  std::string_view suffix;
  uint64_t factor;
};

// From the largest to the smallest.
constexpr Unit kDurationUnits[] = {
    {"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}};
constexpr Unit kSizeUnits[] = {
    {"TiB", uint64_t{1} << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}};

// A day more than milliseconds can count is not needed by anything.
constexpr uint64_t kQuantityMax = std::numeric_limits<int64_t>::max();

std::optional<uint64_t> parse(std::string_view text, std::span<const Unit> units) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  const std::string_view suffix(end, size_t(text.data() + text.size() - end));
  for (const Unit& unit : units) {
    if (unit.suffix != suffix) continue;
    if (number > kQuantityMax / unit.factor) return std::nullopt;
    return number * unit.factor;
  }
  return std::nullopt;
}

std::string spelled(uint64_t quantity, std::span<const Unit> units) {
  for (const Unit& unit : units) {
    const bool is_whole = quantity != 0 && quantity % unit.factor == 0;
    if (is_whole) return std::to_string(quantity / unit.factor) + std::string(unit.suffix);
  }
  return "0" + std::string(units.back().suffix);
}

}  // namespace

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  if (const auto count = parse(text, kDurationUnits)) return std::chrono::milliseconds(int64_t(*count));
  return fail(ErrorKind::malformed, "a duration is a whole number with d, h, m, s or ms, such as \"90d\"");
}

std::string duration_text(std::chrono::milliseconds duration) {
  return spelled(uint64_t(duration.count()), kDurationUnits);
}

Result<uint64_t> parse_size(std::string_view text) {
  if (const auto octets = parse(text, kSizeUnits)) return *octets;
  return fail(ErrorKind::malformed,
              "a size is a whole number with B, KiB, MiB, GiB or TiB, such as \"16GiB\"");
}

std::string size_text(uint64_t octets) { return spelled(octets, kSizeUnits); }

}  // namespace base
