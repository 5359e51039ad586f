#include "acmecore/public_key.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include <array>
#include <cassert>

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
  size_t point_size;  // uncompressed; 0 for RSA
  const char* curve;  // NIST's name
};

constexpr std::array<KeyAlgorithm, 4> kKeyAlgorithms{{
    {"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"sv, KeyType::rsa, 0, nullptr},
    {"\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"sv, KeyType::p256,
     65, "P-256"},
    {"\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22"sv, KeyType::p384, 97,
     "P-384"},
    {"\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x23"sv, KeyType::p521, 133,
     "P-521"},
}};

struct ReadKey {
  const KeyAlgorithm* algorithm;
  BytesView octets;
};

struct RsaNumbers {
  BignumHandle modulus;
  BignumHandle exponent;
};

Result<ReadKey> read_spki(BytesView spki_der);
Result<RsaNumbers> read_rsa_numbers(BytesView key_octets);
Result<void> check_point(BytesView point, const KeyAlgorithm& algorithm);
Result<PkeyHandle> rsa_key(const RsaNumbers& numbers);
Result<PkeyHandle> elliptic_key(BytesView point, const KeyAlgorithm& algorithm);

}  // namespace

std::string_view name_of(KeyType type) {
  switch (type) {
    case KeyType::rsa: return "RSA";
    case KeyType::p256: return "P-256";
    case KeyType::p384: return "P-384";
    case KeyType::p521: return "P-521";
    case KeyType::ed25519: return "Ed25519";
  }
  return "";
}

Result<PublicKey> parse_public_key(BytesView spki_der) {
  TRY(const ReadKey read, read_spki(spki_der));
  const KeyType type = read.algorithm->type;
  if (type == KeyType::rsa) {
    TRY(const RsaNumbers numbers, read_rsa_numbers(read.octets));
    TRY(PkeyHandle key, rsa_key(numbers));
    return PublicKey{type, std::move(key)};
  }
  CHECK(check_point(read.octets, *read.algorithm));
  TRY(PkeyHandle key, elliptic_key(read.octets, *read.algorithm));
  return PublicKey{type, std::move(key)};
}

Result<KeyType> check_public_key(BytesView spki_der) {
  TRY(const ReadKey read, read_spki(spki_der));
  if (read.algorithm->type == KeyType::rsa) {
    CHECK(read_rsa_numbers(read.octets));
  } else {
    CHECK(check_point(read.octets, *read.algorithm));
  }
  return read.algorithm->type;
}

Result<KeyType> key_type_of(BytesView spki_der) {
  TRY(const ReadKey read, read_spki(spki_der));
  return read.algorithm->type;
}

namespace {

Result<ReadKey> read_spki(BytesView spki_der) {
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
  return ReadKey{known, key_octets};
}

Result<RsaNumbers> read_rsa_numbers(BytesView key_octets) {
  TRY(const BytesView content, der::only(der::kSequence, key_octets));
  der::Reader reader(content);
  TRY(const BytesView modulus_octets, reader.integer());
  TRY(const BytesView exponent_octets, reader.integer());
  CHECK(reader.end());
  if ((modulus_octets[0] & 0x80) != 0 || (exponent_octets[0] & 0x80) != 0) {
    return fail(ErrorKind::bad_public_key, "the RSA key has a negative number");
  }
  BignumHandle modulus(BN_bin2bn(base::octets(modulus_octets), int(modulus_octets.size()), nullptr));
  BignumHandle exponent(BN_bin2bn(base::octets(exponent_octets), int(exponent_octets.size()), nullptr));
  const int bits = BN_num_bits(modulus.get());
  if (bits < kRsaBitsMin || bits > kRsaBitsMax) {
    return fail(ErrorKind::bad_public_key, "the RSA key has " + std::to_string(bits) +
                                               " bits; it must have " + std::to_string(kRsaBitsMin) + " to " +
                                               std::to_string(kRsaBitsMax));
  }
  if (const auto weakness = rsa_weakness(modulus.get(), exponent.get())) {
    return fail(ErrorKind::bad_public_key, "the RSA key " + *weakness);
  }
  return RsaNumbers{std::move(modulus), std::move(exponent)};
}

using GroupHandle = base::OpensslHandle<EC_GROUP, EC_GROUP_free>;
using PointHandle = base::OpensslHandle<EC_POINT, EC_POINT_free>;

// Made once: it holds numbers that are the same for all points.
const EC_GROUP* group_of(const KeyAlgorithm& algorithm) {
  static const std::array<GroupHandle, kKeyAlgorithms.size()> groups = [] {
    std::array<GroupHandle, kKeyAlgorithms.size()> made;
    for (size_t i = 0; i < made.size(); ++i) {
      const char* curve = kKeyAlgorithms[i].curve;
      if (curve != nullptr) made[i].reset(EC_GROUP_new_by_curve_name(EC_curve_nist2nid(curve)));
    }
    return made;
  }();
  return groups[size_t(&algorithm - kKeyAlgorithms.data())].get();
}

// RFC 5480 §2.2. Compressed points are allowed there, but hardly any client of the certificate reads them.
Result<void> check_point(BytesView point, const KeyAlgorithm& algorithm) {
  if (point.size() != algorithm.point_size || point[0] != '\x04') {
    return fail(ErrorKind::bad_public_key, "the key's point must be uncompressed and of its curve's size");
  }
  // OpenSSL takes a point only if both coordinates are below the field's prime and it is on the curve. That
  // is full validation (SP 800-56A §5.6.2.3.3) for these curves, whose cofactor is 1.
  const EC_GROUP* group = group_of(algorithm);
  const PointHandle read(EC_POINT_new(group));
  assert(read);
  if (EC_POINT_oct2point(group, read.get(), base::octets(point), point.size(), nullptr) == 1) return {};
  base::openssl_error();
  return fail(ErrorKind::bad_public_key, "the key's point is not on its curve");
}

using ParamBuilderHandle = base::OpensslHandle<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using ParamsHandle = base::OpensslHandle<OSSL_PARAM, OSSL_PARAM_free>;

// Null if OpenSSL refuses. d2i_PUBKEY does the same through its decoders, in many times the time.
PkeyHandle import_key(const char* type, OSSL_PARAM_BLD* builder) {
  const ParamsHandle params(OSSL_PARAM_BLD_to_param(builder));
  const base::PkeyContextHandle context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  assert(params && context);
  EVP_PKEY* key = nullptr;
  const bool imported = EVP_PKEY_fromdata_init(context.get()) == 1 &&
                        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) == 1;
  if (!imported) base::openssl_error();
  return PkeyHandle(key);
}

Result<PkeyHandle> rsa_key(const RsaNumbers& numbers) {
  const ParamBuilderHandle builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, numbers.modulus.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, numbers.exponent.get());
  PkeyHandle key = import_key("RSA", builder.get());
  if (!key) return fail(ErrorKind::bad_public_key, "the RSA key is refused by OpenSSL");
  return key;
}

// What its keys have in common. Made once, by OpenSSL: to name the curve for each key costs four times as much.
const EVP_PKEY* parameters_of(const KeyAlgorithm& algorithm) {
  static const std::array<PkeyHandle, kKeyAlgorithms.size()> parameters = [] {
    std::array<PkeyHandle, kKeyAlgorithms.size()> made;
    for (size_t i = 0; i < made.size(); ++i) {
      const char* curve = kKeyAlgorithms[i].curve;
      if (curve != nullptr) made[i].reset(EVP_EC_gen(curve));
    }
    return made;
  }();
  return parameters[size_t(&algorithm - kKeyAlgorithms.data())].get();
}

Result<PkeyHandle> elliptic_key(BytesView point, const KeyAlgorithm& algorithm) {
  PkeyHandle key(EVP_PKEY_new());
  const bool made = EVP_PKEY_copy_parameters(key.get(), parameters_of(algorithm)) == 1 &&
                    EVP_PKEY_set1_encoded_public_key(key.get(), base::octets(point), point.size()) == 1;
  if (made) return key;
  base::openssl_error();
  return fail(ErrorKind::bad_public_key, "the elliptic key is refused by OpenSSL");
}

}  // namespace

}  // namespace acmecore
