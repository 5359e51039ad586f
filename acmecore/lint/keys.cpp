#include "acmecore/der.h"
#include "acmecore/lint/rule.h"
#include "base/openssl.h"

// The certified key (BR 6.1.1.3, 6.1.5, 6.1.6 and 7.1.3.1).
namespace acmecore::lint {

using base::BignumHandle;
using base::BytesView;

namespace {

struct RsaNumbers {
  BytesView modulus;  // content octets, each
  BytesView exponent;
};

// Nothing: it is no RSA key that can be read.
std::optional<RsaNumbers> rsa_numbers(const Input& input) {
  if (input.key_type != KeyType::rsa) return std::nullopt;
  const auto content = der::only(der::kSequence, input.tbs.spki);
  der::Reader spki(content ? *content : BytesView());
  if (!spki.next(der::kSequence)) return std::nullopt;
  const auto key = spki.bit_string();
  const auto numbers = der::only(der::kSequence, key ? *key : BytesView());
  der::Reader reader(numbers ? *numbers : BytesView());
  const auto modulus = reader.integer();
  const auto exponent = reader.integer();
  if (!modulus || !exponent) return std::nullopt;
  return RsaNumbers{*modulus, *exponent};
}

BignumHandle number(BytesView octets) {
  return BignumHandle(BN_bin2bn(base::octets(octets), int(octets.size()), nullptr));
}

Fault algorithm(const Input& input) {
  if (input.key_type) return std::nullopt;
  return "the key's AlgorithmIdentifier is not, octet for octet, one of the BR's";
}

Fault modulus_size(const Input& input) {
  const auto rsa = rsa_numbers(input);
  if (!rsa) return std::nullopt;
  const int bits = BN_num_bits(number(rsa->modulus).get());
  if (bits >= kRsaBitsMin && bits % 8 == 0) return std::nullopt;
  return "the RSA modulus has " + std::to_string(bits) +
         " bits, where 2048 are the least and multiples of 8 good";
}

Fault exponent(const Input& input) {
  constexpr BN_ULONG kExponentMin = 65537;
  const auto rsa = rsa_numbers(input);
  if (!rsa) return std::nullopt;
  const BignumHandle exponent = number(rsa->exponent);
  if (BN_is_odd(exponent.get()) && BN_get_word(exponent.get()) >= kExponentMin) return std::nullopt;
  return "the RSA exponent is even or below 65537";
}

// Ed25519 keys, which CAs alone have, are sound whatever they are (RFC 8032 §5.1.5).
Fault sound(const Input& input) {
  if (input.key_type == KeyType::ed25519) return std::nullopt;
  const auto checked = check_public_key(input.tbs.spki);
  return checked ? std::nullopt : Fault(checked.error().detail);
}

constexpr auto kError = Severity::error;
constexpr Rule kRules[] = {
    {"key_algorithm", "BR 7.1.3.1", kError, kError, algorithm, Certified::both},
    {"rsa_modulus_size", "BR 6.1.5", kError, kError, modulus_size, Certified::both},
    {"rsa_exponent", "BR 6.1.6", kError, kError, exponent, Certified::both},
    {"key_is_sound", "BR 6.1.1.3", kError, kError, sound, Certified::both},
};

}  // namespace

std::span<const Rule> key_rules() { return kRules; }

}  // namespace acmecore::lint
