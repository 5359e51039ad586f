#include "acmecore/ecdsa_numbers.h"

#include "acmecore/der.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;

std::optional<EcdsaNumbers> read_ecdsa_numbers(BytesView der) {
  const auto content = der::only(der::kSequence, der);
  if (!content) return std::nullopt;
  der::Reader reader(*content);
  const auto r = reader.integer();
  if (!r) return std::nullopt;
  const auto s = reader.integer();
  if (!s || !reader.at_end()) return std::nullopt;
  const auto is_negative = [](BytesView integer) { return (uint8_t(integer[0]) & 0x80) != 0; };
  if (is_negative(*r) || is_negative(*s)) return std::nullopt;
  return EcdsaNumbers{*r, *s};
}

std::optional<EcdsaNumbers> split_ecdsa_numbers(BytesView octets, size_t number_size) {
  if (octets.size() != 2 * number_size) return std::nullopt;
  return EcdsaNumbers{octets.substr(0, number_size), octets.substr(number_size)};
}

Bytes der_of(const EcdsaNumbers& numbers) {
  return der::sequence({der::unsigned_integer(numbers.r), der::unsigned_integer(numbers.s)});
}

}  // namespace acmecore
