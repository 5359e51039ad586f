#include "base/config_reader.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "base/quantity.h"

namespace base {

namespace {

Result<void> not_allowed() { return fail(ErrorKind::malformed, ""); }

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

// The items in a TOML array.
template <class Items, class Spell>
std::string array_text(const Items& items, const Spell& spell) {
  std::string text;
  for (const auto& item : items)
    text += (text.empty() ? "" : ", ") + spell(item);
  return "[" + text + "]";
}

bool is_printable(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return uint8_t(c) < 0x20 || c == 0x7F; });
}

const std::string* printable_text(const ConfigNode& node) {
  const auto* text = std::get_if<std::string>(&node.value);
  return text && is_printable(*text) ? text : nullptr;
}

// The number of insertions, deletions and exchanges that make `b` of `a`.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t exchanged = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({exchanged, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

// The one of `known` that `key` was probably meant to be.
std::optional<std::string> suggestion(std::string_view key, const std::vector<std::string>& known) {
  constexpr size_t kKeySizeMax = 64;
  if (key.size() > kKeySizeMax) return std::nullopt;
  std::optional<std::string> best;
  size_t best_distance = std::max<size_t>(key.size() / 3, 1) + 1;
  for (const std::string& candidate : known) {
    const size_t distance = edit_distance(key, candidate);
    if (distance >= best_distance) continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

}  // namespace

const ConfigNode::Member* ConfigReader::find(std::string_view key) const {
  if (!table_) return nullptr;
  const auto found =
      std::find_if(table_->begin(), table_->end(), [&](const auto& m) { return m.key == key; });
  return found == table_->end() ? nullptr : &*found;
}

void ConfigReader::value(std::string_view key, std::string allowed, std::string preset, const Read& read) {
  asked_.emplace_back(key);
  if (!preset_path_.empty()) preset = preset_path_ + std::string(key);
  report_.keys.push_back({path_of(key), allowed, std::move(preset)});
  const ConfigNode::Member* member = find(key);
  if (!member) return;
  const auto outcome = read(member->node);
  if (outcome) return;
  std::string text = path_of(key) + " must be " + std::move(allowed);
  if (!outcome.error().detail.empty()) text += " (" + outcome.error().detail + ")";
  report_.mistakes.push_back({member->node.position, std::move(text)});
}

void ConfigReader::text(std::string_view key, std::string& into, std::string_view allowed,
                        const Check& check) {
  value(key, std::string(allowed), in_quotes(into), [&](const ConfigNode& node) -> Result<void> {
    const std::string* text = printable_text(node);
    if (!text) return not_allowed();
    CHECK(check(*text));
    into = *text;
    return {};
  });
}

void ConfigReader::texts(std::string_view key, std::vector<std::string>& into, std::string_view allowed,
                         const Check& check) {
  value(key, "an array, each item " + std::string(allowed), array_text(into, in_quotes),
        [&](const ConfigNode& node) -> Result<void> {
          const auto* items = std::get_if<ConfigNode::Array>(&node.value);
          if (!items) return not_allowed();
          std::vector<std::string> texts;
          for (const ConfigNode& item : *items) {
            const std::string* text = printable_text(item);
            if (!text) return not_allowed();
            CHECK(check(*text));
            texts.push_back(*text);
          }
          into = std::move(texts);
          return {};
        });
}

void ConfigReader::path(std::string_view key, std::filesystem::path& into) {
  value(key, "a path", in_quotes(into.string()), [&](const ConfigNode& node) -> Result<void> {
    const std::string* text = printable_text(node);
    if (!text) return not_allowed();
    into = *text;
    return {};
  });
}

void ConfigReader::boolean(std::string_view key, bool& into) {
  value(key, "true or false", into ? "true" : "false", [&](const ConfigNode& node) -> Result<void> {
    const bool* truth = std::get_if<bool>(&node.value);
    if (!truth) return not_allowed();
    into = *truth;
    return {};
  });
}

void ConfigReader::whole_number(std::string_view key, uint64_t& into, uint64_t min, uint64_t max) {
  value(key, "a whole number from " + std::to_string(min) + " to " + std::to_string(max),
        std::to_string(into), [&](const ConfigNode& node) -> Result<void> {
          const int64_t* number = std::get_if<int64_t>(&node.value);
          if (!number || *number < 0 || uint64_t(*number) < min || uint64_t(*number) > max)
            return not_allowed();
          into = uint64_t(*number);
          return {};
        });
}

void ConfigReader::milliseconds(std::string_view key, std::chrono::milliseconds& into,
                                std::chrono::milliseconds min, std::chrono::milliseconds max,
                                std::chrono::milliseconds step) {
  value(key, "a duration from " + in_quotes(duration_text(min)) + " to " + in_quotes(duration_text(max)),
        in_quotes(duration_text(into)), [&](const ConfigNode& node) -> Result<void> {
          const std::string* text = printable_text(node);
          if (!text) return not_allowed();
          TRY(const auto duration, parse_duration(*text));
          if (duration < min || duration > max) return not_allowed();
          if (duration % step != duration.zero()) return fail(ErrorKind::malformed, "whole seconds");
          into = duration;
          return {};
        });
}

void ConfigReader::octets(std::string_view key, uint64_t& into, uint64_t min, uint64_t max) {
  value(key, "a size from " + in_quotes(size_text(min)) + " to " + in_quotes(size_text(max)),
        in_quotes(size_text(into)), [&](const ConfigNode& node) -> Result<void> {
          const std::string* text = printable_text(node);
          if (!text) return not_allowed();
          TRY(const auto size, parse_size(*text));
          if (size < min || size > max) return not_allowed();
          into = size;
          return {};
        });
}

void ConfigReader::endpoints(std::string_view key, std::vector<Endpoint>& into, uint16_t port_min) {
  const auto spell = [](const Endpoint& endpoint) { return in_quotes(endpoint.text()); };
  value(key, "an array of addresses with ports, such as [\"127.0.0.1:5300\", \"[::1]:5300\"]",
        into.empty() ? "" : array_text(into, spell), [&](const ConfigNode& node) -> Result<void> {
          const auto* items = std::get_if<ConfigNode::Array>(&node.value);
          if (!items) return not_allowed();
          if (items->empty()) return fail(ErrorKind::malformed, "at least one");
          std::vector<Endpoint> endpoints;
          for (const ConfigNode& item : *items) {
            const std::string* text = printable_text(item);
            if (!text) return not_allowed();
            TRY(Endpoint endpoint, parse_endpoint(*text));
            if (endpoint.port < port_min) return fail(ErrorKind::malformed, "port 0 is no port");
            const bool is_new = std::find(endpoints.begin(), endpoints.end(), endpoint) == endpoints.end();
            // Port 0 is another port each time.
            if (!is_new && endpoint.port != 0) return fail(ErrorKind::malformed, *text + " is there twice");
            endpoints.push_back(std::move(endpoint));
          }
          into = std::move(endpoints);
          return {};
        });
}

void ConfigReader::networks(std::string_view key, std::vector<IpNetwork>& into) {
  const auto spell = [](const IpNetwork& network) { return in_quotes(network.text()); };
  value(key, "an array of networks, such as [\"192.0.2.0/24\", \"2001:db8::/32\"]", array_text(into, spell),
        [&](const ConfigNode& node) -> Result<void> {
          const auto* items = std::get_if<ConfigNode::Array>(&node.value);
          if (!items) return not_allowed();
          std::vector<IpNetwork> networks;
          for (const ConfigNode& item : *items) {
            const std::string* text = printable_text(item);
            if (!text) return not_allowed();
            TRY(IpNetwork network, IpNetwork::parse(*text));
            const bool is_new = std::find(networks.begin(), networks.end(), network) == networks.end();
            if (!is_new) return fail(ErrorKind::malformed, *text + " is there twice");
            networks.push_back(std::move(network));
          }
          into = std::move(networks);
          return {};
        });
}

void ConfigReader::name(std::string_view key, Name& into) {
  value(key, "a domain name", "", [&](const ConfigNode& node) -> Result<void> {
    const std::string* text = printable_text(node);
    if (!text) return not_allowed();
    TRY(into, Name::parse(*text));
    return {};
  });
}

void ConfigReader::word_places(std::string_view key, std::set<size_t>& into,
                               const std::vector<std::string_view>& words, bool many) {
  std::string allowed;
  for (const std::string_view word : words)
    allowed += (allowed.empty() ? "" : ", ") + in_quotes(word);
  const auto spell = [&](size_t place) { return in_quotes(words[place]); };
  const auto place_of = [&](const ConfigNode& node) -> std::optional<size_t> {
    const auto* text = std::get_if<std::string>(&node.value);
    const auto found = text ? std::find(words.begin(), words.end(), *text) : words.end();
    if (found == words.end()) return std::nullopt;
    return size_t(found - words.begin());
  };
  const auto read = [&](const ConfigNode& node) -> Result<void> {
    const auto* items = std::get_if<ConfigNode::Array>(&node.value);
    if (many && (!items || items->empty())) return not_allowed();
    std::set<size_t> places;
    for (const ConfigNode& item : many ? std::span(*items) : std::span(&node, 1)) {
      const auto place = place_of(item);
      if (!place) return not_allowed();
      places.insert(*place);
    }
    into = std::move(places);
    return {};
  };
  const std::string quantifier = many ? "an array of at least one of " : "one of ";
  const std::string preset = many ? (into.empty() ? "" : array_text(into, spell)) : spell(*into.begin());
  value(key, quantifier + allowed, preset, read);
}

void ConfigReader::table(std::string_view key, const Section& section) {
  asked_.emplace_back(key);
  const ConfigNode::Member* member = find(key);
  const auto* table = member ? std::get_if<ConfigNode::Table>(&member->node.value) : nullptr;
  if (member && !table) mistake(key, path_of(key) + " must be a table");
  ConfigReader reader(table, member ? member->node.position : ConfigPosition(), path_of(key) + ".", report_);
  if (!preset_path_.empty()) reader.preset_path_ = preset_path_ + std::string(key) + ".";
  section(reader);
  reader.finish();
}

void ConfigReader::tables(std::string_view key, const Section& section) {
  asked_.emplace_back(key);
  const std::string path = path_of(key) + "[].";
  if (report_.lists_keys) {
    ConfigReader reader(nullptr, {}, path, report_);
    section(reader);
  }
  const ConfigNode::Member* member = find(key);
  if (!member) return;
  const auto* items = std::get_if<ConfigNode::Array>(&member->node.value);
  if (!items) return mistake(key, path_of(key) + " must be an array of tables");
  for (const ConfigNode& item : *items) {
    const auto* table = std::get_if<ConfigNode::Table>(&item.value);
    if (!table) {
      report_.mistakes.push_back({item.position, path_of(key) + " must be an array of tables"});
      continue;
    }
    ConfigReader reader(table, item.position, path, report_);
    section(reader);
    reader.finish();
  }
}

void ConfigReader::as_in(std::string path, const Section& section) {
  preset_path_ = std::move(path);
  section(*this);
  preset_path_.clear();
}

void ConfigReader::mistake(std::string_view key, std::string text) {
  const ConfigNode::Member* member = find(key);
  report_.mistakes.push_back({member ? member->node.position : position_, std::move(text)});
}

void ConfigReader::finish() {
  if (!table_) return;
  for (const ConfigNode::Member& member : *table_) {
    if (std::find(asked_.begin(), asked_.end(), member.key) != asked_.end()) continue;
    std::string text = "there is no key " + path_of(member.key);
    if (const auto meant = suggestion(member.key, asked_)) text += "; is " + path_of(*meant) + " meant?";
    report_.mistakes.push_back({member.key_position, std::move(text)});
  }
}

}  // namespace base
