#pragma once

#include <cstddef>
#include <optional>

#include "base/bytes.h"

namespace acmecore {

// The two numbers of an ECDSA signature (FIPS 186-5 §6.4.1), not negative, most significant octet first. Leading zeros
// may be there. Aliases what they were read from.
struct EcdsaNumbers {
  base::BytesView r;
  base::BytesView s;
};

// From an ECDSA-Sig-Value (RFC 3279 §2.2.3). Nothing: it is none in DER, or a number is negative.
std::optional<EcdsaNumbers> read_ecdsa_numbers(base::BytesView der);

// From both behind each other, in as many octets each as the curve's order takes (RFC 7518 §3.4). Nothing: of another
// size.
std::optional<EcdsaNumbers> split_ecdsa_numbers(base::BytesView octets, size_t number_size);

// As an ECDSA-Sig-Value.
base::Bytes der_of(const EcdsaNumbers& numbers);

}  // namespace acmecore
