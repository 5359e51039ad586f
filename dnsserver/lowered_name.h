#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/name.h"

namespace dnsserver {

using base::Bytes;
using base::BytesView;
using base::Name;

// "*" with its length octet, in front of the name that a wildcard is right below.
inline constexpr char kWildcardLabel[] = {1, '*'};

// A name as a look-up wants it: lower-case, with its labels found, and with a hash of each of its suffixes; in a
// buffer of its own, so that reading one out of a query allocates nothing.
class LoweredName {
 public:
  LoweredName() = default;
  explicit LoweredName(const Name& name) { read(name.wire(), 0); }

  // Reads the name at `at` of `octets` and returns where it ends; 0 where there is none without compression
  // within the limits of RFC 1035 §2.3.4, and then the value is unspecified.
  size_t read(BytesView octets, size_t at);

  BytesView wire() const { return {octets_.data(), size_}; }
  size_t label_count() const { return labels_; }

  // Where the label number `index` from the left starts in wire(); for label_count(), the root.
  size_t label_at(size_t index) const { return index < labels_ ? starts_[index] : size_ - 1u; }

  // The name's last `labels` labels, and the root. REQUIRES: labels <= label_count().
  BytesView suffix(size_t labels) const { return wire().substr(label_at(labels_ - labels)); }

  // Of suffix(labels), and of the wildcard right below it. Equal names have equal hashes, in this process and in
  // no other: nobody outside can choose names that collide.
  uint64_t hash(size_t labels) const { return hashes_[labels]; }
  uint64_t wildcard_hash(size_t labels) const;

 private:
  // A name is read and hashed in steps of this many octets, the last of which may go beyond its end.
  static constexpr size_t kStep = sizeof(uint64_t);

  void lower(BytesView octets);
  void hash_suffixes();

  std::array<char, base::kNameSizeMax + kStep> octets_;
  std::array<uint8_t, base::kLabelsMax> starts_;
  std::array<uint64_t, base::kLabelsMax + 1> hashes_;
  uint8_t size_ = 0;
  uint8_t labels_ = 0;
};

}  // namespace dnsserver
