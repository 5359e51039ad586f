#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "base/bytes.h"
#include "base/error.h"

namespace base {

// Limits of RFC 1035 §2.3.4. A name counts its length octets and the root's.
inline constexpr size_t kLabelSizeMax = 63;
inline constexpr size_t kNameSizeMax = 255;
inline constexpr size_t kLabelsMax = 127;

// The labels of `wire`, leftmost first, without the root's. Aliases `wire`.
// REQUIRES: `wire` is a whole name in wire form without compression.
std::vector<BytesView> labels_of(BytesView wire);

// An absolute domain name (RFC 1034 §3.1). The case it was written in is kept; comparing ignores it
// (RFC 4343). A value: copying copies at most 255 octets.
class Name {
 public:
  // The root.
  Name() : wire_(1, '\0') {}

  // Presentation form (RFC 1035 §5.1, RFC 4343 §2.1): "www.corp.example" or "www.corp.example.", \DDD and \X
  // escapes. The final dot may be left out; "" is an error, "." is the root. malformed says what is wrong.
  static Result<Name> parse(std::string_view text);

  // One whole name without compression, and nothing behind it. malformed otherwise.
  static Result<Name> from_wire(BytesView wire);

  // Wire form, in the case it was written in.
  BytesView wire() const { return wire_; }

  // Lower-case wire form: equal for equal names.
  Bytes lowered() const;

  // Lower-case labels from the root down, each behind its length octet, without the root's. Names under one
  // apex share its sort key as a prefix, and no other name has that prefix. Not the canonical order.
  Bytes sort_key() const;

  // Presentation form with the final dot, special characters escaped.
  std::string text() const;

  size_t label_count() const;
  bool is_root() const { return wire_.size() == 1; }
  bool is_wildcard() const { return wire_.size() > 2 && wire_[0] == 1 && wire_[1] == '*'; }

  // True for the apex itself and for everything below it.
  bool is_under(const Name& apex) const;

  // Without its leftmost label. REQUIRES: not the root.
  Name parent() const;

  // With `label` in front. malformed if the label or the name gets too long, or the label is empty.
  Result<Name> prepend(BytesView label) const;

  // The canonical order of RFC 4034 §6.1.
  std::weak_ordering operator<=>(const Name& other) const;
  bool operator==(const Name& other) const;

 private:
  explicit Name(Bytes wire) : wire_(std::move(wire)) {}

  Bytes wire_;
};

}  // namespace base

template <>
struct std::hash<base::Name> {
  size_t operator()(const base::Name& name) const { return std::hash<std::string>()(name.lowered()); }
};
