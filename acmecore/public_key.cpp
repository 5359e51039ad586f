#include "acmecore/public_key.h"

#include <array>

#include "acmecore/der.h"
#include "acmecore/rsa_weakness.h"

namespace acmecore {

using base::BignumHandle;
using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::PkeyHandle;
using base::Result;
using namespace std::string_view_literals;

namespace {

// BR 7.1.3.1.1 and 7.1.3.1.2: the whole AlgorithmIdentifier.
struct KeyAlgorithm {
  BytesView der;
  KeyType type;
  size_t coordinate_size;  // of a point; 0 for RSA
};

constexpr std::array<KeyAlgorithm, 4> kKeyAlgorithms{{
    {"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"sv, KeyType::rsa, 0},
    {"\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"sv, KeyType::p256,
     32},
    {"\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22"sv, KeyType::p384, 48},
    {"\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x23"sv, KeyType::p521, 66},
}};

Result<void> check_rsa(BytesView key_octets);
Result<void> check_point_form(BytesView point, size_t coordinate_size);

}  // namespace

Result<PublicKey> parse_public_key(BytesView spki_der) {
  TRY(const BytesView content, der::only(der::kSequence, spki_der));
  der::Reader reader(content);
  TRY(const der::Element algorithm, reader.next(der::kSequence));
  TRY(const BytesView key_octets, reader.bit_string());
  CHECK(reader.end());

  const KeyAlgorithm* known = nullptr;
  for (const KeyAlgorithm& candidate : kKeyAlgorithms) {
    if (candidate.der == algorithm.whole) known = &candidate;
  }
  if (known == nullptr) {
    return fail(ErrorKind::bad_public_key,
                "the key must be RSA (rsaEncryption), or on the named curve P-256, P-384 or P-521");
  }
  if (known->type == KeyType::rsa) {
    CHECK(check_rsa(key_octets));
  } else {
    CHECK(check_point_form(key_octets, known->coordinate_size));
  }

  // OpenSSL takes a point only if both coordinates are below the field's prime and it is on the curve. That
  // is full validation (SP 800-56A §5.6.2.3.3) for these curves, whose cofactor is 1.
  const uint8_t* at = base::octets(spki_der);
  PkeyHandle key(d2i_PUBKEY(nullptr, &at, long(spki_der.size())));
  if (!key) {
    base::openssl_error();
    return fail(ErrorKind::bad_public_key, "the key's point is not on its curve");
  }
  return PublicKey{known->type, std::move(key)};
}

namespace {

Result<void> check_rsa(BytesView key_octets) {
  TRY(const BytesView content, der::only(der::kSequence, key_octets));
  der::Reader reader(content);
  TRY(const BytesView modulus_octets, reader.integer());
  TRY(const BytesView exponent_octets, reader.integer());
  CHECK(reader.end());
  if ((modulus_octets[0] & 0x80) != 0 || (exponent_octets[0] & 0x80) != 0) {
    return fail(ErrorKind::bad_public_key, "the RSA key has a negative number");
  }
  const BignumHandle modulus(BN_bin2bn(base::octets(modulus_octets), int(modulus_octets.size()), nullptr));
  const BignumHandle exponent(BN_bin2bn(base::octets(exponent_octets), int(exponent_octets.size()), nullptr));
  const int bits = BN_num_bits(modulus.get());
  if (bits < kRsaBitsMin || bits > kRsaBitsMax) {
    return fail(ErrorKind::bad_public_key, "the RSA key has " + std::to_string(bits) +
                                               " bits; it must have " + std::to_string(kRsaBitsMin) + " to " +
                                               std::to_string(kRsaBitsMax));
  }
  if (const auto weakness = rsa_weakness(modulus.get(), exponent.get())) {
    return fail(ErrorKind::bad_public_key, "the RSA key " + *weakness);
  }
  return {};
}

// RFC 5480 §2.2. Compressed points are allowed there, but hardly any client of the certificate reads them.
Result<void> check_point_form(BytesView point, size_t coordinate_size) {
  if (point.size() != 1 + 2 * coordinate_size || point[0] != '\x04') {
    return fail(ErrorKind::bad_public_key, "the key's point must be uncompressed and of its curve's size");
  }
  return {};
}

}  // namespace

}  // namespace acmecore
