#include "base/name.h"

#include <algorithm>
#include <cassert>
#include <optional>

namespace base {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The octet behind a backslash, which is taken off the front of `text` with it.
std::optional<char> take_escaped(std::string_view& text) {
  text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  if (!is_digit(text[0])) {
    const char c = text[0];
    text.remove_prefix(1);
    return c;
  }
  if (text.size() < 3 || !is_digit(text[1]) || !is_digit(text[2])) return std::nullopt;
  const int value = (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
  if (value > 255) return std::nullopt;
  text.remove_prefix(3);
  return char(value);
}

tl::unexpected<Error> bad_name(std::string_view text, std::string_view why) {
  constexpr size_t kShownMax = 300;
  return fail(ErrorKind::malformed,
              "\"" + std::string(text.substr(0, kShownMax)) + "\" is not a domain name: " + std::string(why));
}

void append_escaped(std::string& text, BytesView label) {
  for (char c : label) {
    const auto octet = uint8_t(c);
    if (octet <= 0x20 || octet >= 0x7f) {
      text += '\\';
      text += char('0' + octet / 100);
      text += char('0' + octet / 10 % 10);
      text += char('0' + octet % 10);
    } else {
      if (std::string_view(".\\\"();@$").find(c) != std::string_view::npos) text += '\\';
      text += c;
    }
  }
}

}  // namespace

std::vector<BytesView> labels_of(BytesView wire) {
  std::vector<BytesView> labels;
  for (size_t at = 0; wire[at] != 0; at += size_t(uint8_t(wire[at])) + 1) {
    labels.push_back(wire.substr(at + 1, uint8_t(wire[at])));
  }
  return labels;
}

Result<Name> Name::parse(std::string_view text) {
  if (text == ".") return Name();
  if (text.empty()) return bad_name(text, "it is empty");
  Bytes wire;
  Bytes label;
  std::string_view rest = text;
  while (!rest.empty()) {
    if (rest[0] == '.') {
      if (label.empty()) return bad_name(text, "it has an empty label");
      wire += char(label.size());
      wire += label;
      label.clear();
      rest.remove_prefix(1);
      continue;
    }
    if (rest[0] == '\\') {
      const auto octet = take_escaped(rest);
      if (!octet) return bad_name(text, "it has a wrong \\ escape");
      label += *octet;
    } else {
      label += rest[0];
      rest.remove_prefix(1);
    }
    if (label.size() > kLabelSizeMax) return bad_name(text, "a label is longer than 63 octets");
  }
  if (!label.empty()) {
    wire += char(label.size());
    wire += label;
  }
  wire += '\0';
  if (wire.size() > kNameSizeMax) return bad_name(text, "it is longer than 255 octets");
  return Name(std::move(wire));
}

Result<Name> Name::from_wire(BytesView wire) {
  size_t at = 0;
  while (at < wire.size() && wire[at] != 0) {
    if (uint8_t(wire[at]) > kLabelSizeMax)
      return fail(ErrorKind::malformed, "a label is longer than 63 octets");
    at += size_t(uint8_t(wire[at])) + 1;
  }
  if (at + 1 != wire.size() || wire.size() > kNameSizeMax) {
    return fail(ErrorKind::malformed, "not one whole domain name in wire form");
  }
  return Name(Bytes(wire));
}

// Length octets are below 'A', so lower-casing the whole wire form touches labels only.
Bytes Name::lowered() const { return lower(wire_); }

Bytes Name::sort_key() const {
  const auto labels = labels_of(wire_);
  Bytes key;
  key.reserve(wire_.size());
  for (auto label = labels.rbegin(); label != labels.rend(); ++label) {
    key += char(label->size());
    for (char c : *label)
      key += lower(c);
  }
  return key;
}

std::string Name::text() const {
  if (is_root()) return ".";
  std::string text;
  text.reserve(wire_.size());
  for (BytesView label : labels_of(wire_)) {
    append_escaped(text, label);
    text += '.';
  }
  return text;
}

size_t Name::label_count() const {
  size_t count = 0;
  for (size_t at = 0; wire_[at] != 0; at += size_t(uint8_t(wire_[at])) + 1)
    ++count;
  return count;
}

bool Name::is_under(const Name& apex) const {
  if (wire_.size() < apex.wire_.size()) return false;
  const size_t start = wire_.size() - apex.wire_.size();
  size_t at = 0;
  while (at < start)
    at += size_t(uint8_t(wire_[at])) + 1;
  return at == start && equal_without_case(wire().substr(start), apex.wire());
}

Name Name::parent() const {
  assert(!is_root());
  return Name(wire_.substr(size_t(uint8_t(wire_[0])) + 1));
}

Result<Name> Name::prepend(BytesView label) const {
  if (label.empty()) return fail(ErrorKind::malformed, "an empty label");
  if (label.size() > kLabelSizeMax) return fail(ErrorKind::malformed, "a label longer than 63 octets");
  if (label.size() + 1 + wire_.size() > kNameSizeMax) {
    return fail(ErrorKind::malformed, "\"" + text() + "\" with one more label is longer than 255 octets");
  }
  return Name(char(label.size()) + Bytes(label) + wire_);
}

std::weak_ordering Name::operator<=>(const Name& other) const {
  const auto mine = labels_of(wire_);
  const auto theirs = labels_of(other.wire_);
  for (size_t i = 1; i <= std::min(mine.size(), theirs.size()); ++i) {
    const int order = lower(mine[mine.size() - i]).compare(lower(theirs[theirs.size() - i]));
    if (order != 0) return order < 0 ? std::weak_ordering::less : std::weak_ordering::greater;
  }
  return mine.size() <=> theirs.size();
}

bool Name::operator==(const Name& other) const { return equal_without_case(wire_, other.wire_); }

}  // namespace base
