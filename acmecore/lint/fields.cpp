#include <algorithm>
#include <array>

#include "acmecore/baseline_requirements.h"
#include "acmecore/ca_public_key.h"
#include "acmecore/lint/rule.h"
#include "acmecore/serial.h"

// Version, serial number, algorithm and issuer (RFC 5280 §4.1.2.1 to §4.1.2.4).
namespace acmecore::lint {

using base::BytesView;
using namespace std::string_view_literals;

namespace {

constexpr size_t kSerialSizeMin = 9;  // 64 random bits and something in front

Fault structure(const Input&) { return std::nullopt; }

Fault version(const Input& input) {
  constexpr BytesView kVersion3 = "\x02\x01\x02"sv;
  if (input.tbs.version == kVersion3) return std::nullopt;
  return "the version is not 3";
}

Fault serial_is_positive(const Input& input) {
  const BytesView serial = input.tbs.serial;
  if (serial.empty() || serial.find_first_not_of('\0') == BytesView::npos) return "the serial number is 0";
  if ((serial[0] & 0x80) != 0) return "the serial number is negative";
  return std::nullopt;
}

Fault serial_size(const Input& input) {
  const BytesView serial = input.tbs.serial;
  if (serial.size() > kSerialSizeMax) {
    return "the serial number has " + std::to_string(serial.size()) + " octets, 20 are the most";
  }
  const bool has_padding = serial.size() > 1 && serial[0] == '\0' && (serial[1] & 0x80) == 0;
  if (has_padding) return "the serial number has more octets than it needs";
  return std::nullopt;
}

Fault serial_entropy(const Input& input) {
  const size_t size = input.tbs.serial.size();
  if (size >= kSerialSizeMin) return std::nullopt;
  return "the serial number has " + std::to_string(size) + " octets, too few for 64 random bits";
}

constexpr std::array kKeyTypes{KeyType::rsa, KeyType::p256, KeyType::p384, KeyType::p521, KeyType::ed25519};

Fault signature_algorithm(const Input& input) {
  const BytesView algorithm = input.tbs.signature_algorithm;
  const auto type = ca_key_type_of(input.issuer.spki_der);
  const auto is_for = [&](KeyType one) {
    // RFC 8410 §3, which the BR do not have.
    const bool is_private_ed25519 = one == KeyType::ed25519 && input.rules == ProfileRules::private_trust &&
                                    algorithm == ca_algorithm_identifier(SignatureAlgorithm::ed25519);
    return is_private_ed25519 || is_br_signature_algorithm(one, algorithm);
  };
  const bool is_any_key = input.issuer.spki_der.empty();
  if (is_any_key ? std::ranges::any_of(kKeyTypes, is_for) : type && is_for(*type)) return std::nullopt;
  return "the signature algorithm is not, octet for octet, one for the issuer's key";
}

Fault issuer(const Input& input) {
  if (input.tbs.issuer == input.issuer.subject_der) return std::nullopt;
  return "the issuer is not, octet for octet, the subject of the issuing CA";
}

Fault unique_identifiers(const Input& input) {
  if (!input.tbs.has_unique_ids) return std::nullopt;
  return "there is an issuerUniqueID or a subjectUniqueID";
}

constexpr auto kWarning = Severity::warning;
constexpr auto kError = Severity::error;
constexpr Rule kRules[] = {
    // What is none never becomes an Input: whoever looks at a certificate says so first (lint.cpp).
    {"tbs_structure", "RFC 5280 §4.1", kError, kError, structure},
    {"version_is_3", "RFC 5280 §4.1.2.1", kError, kError, version, Certified::both},
    {"serial_is_positive", "RFC 5280 §4.1.2.2", kError, kError, serial_is_positive, Certified::both},
    {"serial_size", "RFC 5280 §4.1.2.2", kError, kError, serial_size, Certified::both},
    {"serial_entropy", "BR 7.1", kError, kError, serial_entropy},
    {"signature_algorithm", "BR 7.1.3.2", kError, kError, signature_algorithm},
    // Many a company's root on P-384 signs with SHA-256, which is no weakness.
    {"ca_signature_algorithm", "BR 7.1.3.2", kWarning, kWarning, signature_algorithm, Certified::ca},
    {"issuer_is_the_ca", "BR 7.1.4.1", kError, kError, issuer, Certified::both},
    {"no_unique_identifiers", "RFC 5280 §4.1.2.8", kError, kError, unique_identifiers, Certified::both},
};

}  // namespace

std::span<const Rule> field_rules() { return kRules; }

}  // namespace acmecore::lint
