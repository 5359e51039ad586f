#include <algorithm>
#include <array>

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

struct SignatureAlgorithmOf {
  KeyType issuer;
  BytesView der;
};

// BR 7.1.3.2.1 (without RSASSA-PSS) and 7.1.3.2.2, and RFC 8410 §3, which the BR do not have.
constexpr std::array<SignatureAlgorithmOf, 7> kSignatureAlgorithms{{
    {KeyType::p256, "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"sv},
    {KeyType::p384, "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03"sv},
    {KeyType::p521, "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x04"sv},
    {KeyType::rsa, "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00"sv},
    {KeyType::rsa, "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c\x05\x00"sv},
    {KeyType::rsa, "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d\x05\x00"sv},
    {KeyType::ed25519, "\x30\x05\x06\x03\x2b\x65\x70"sv},
}};

Fault signature_algorithm(const Input& input) {
  const auto type = ca_key_type_of(input.issuer.spki_der);
  const bool fits = type && std::ranges::any_of(kSignatureAlgorithms, [&](const SignatureAlgorithmOf& known) {
                      return known.issuer == *type && known.der == input.tbs.signature_algorithm;
                    });
  const bool is_known_to_all = type != KeyType::ed25519 || input.rules == ProfileRules::private_trust;
  if (fits && is_known_to_all) return std::nullopt;
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

constexpr auto kError = Severity::error;
constexpr Rule kRules[] = {
    // What is none never becomes an Input: whoever looks at a certificate says so first (lint.cpp).
    {"tbs_structure", "RFC 5280 §4.1", kError, kError, structure},
    {"version_is_3", "RFC 5280 §4.1.2.1", kError, kError, version, Certified::both},
    {"serial_is_positive", "RFC 5280 §4.1.2.2", kError, kError, serial_is_positive, Certified::both},
    {"serial_size", "RFC 5280 §4.1.2.2", kError, kError, serial_size, Certified::both},
    {"serial_entropy", "BR 7.1", kError, kError, serial_entropy},
    {"signature_algorithm", "BR 7.1.3.2", kError, kError, signature_algorithm},
    {"issuer_is_the_ca", "BR 7.1.4.1", kError, kError, issuer, Certified::both},
    {"no_unique_identifiers", "RFC 5280 §4.1.2.8", kError, kError, unique_identifiers, Certified::both},
};

}  // namespace

std::span<const Rule> field_rules() { return kRules; }

}  // namespace acmecore::lint
