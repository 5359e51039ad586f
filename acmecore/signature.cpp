#include "acmecore/signature.h"

#include <array>

#include "acmecore/der.h"
#include "acmecore/ecdsa_numbers.h"
#include "acmecore/p256_key.h"

namespace acmecore {

using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;
using namespace std::string_view_literals;

namespace {

struct KnownAlgorithm {
  BytesView oid;
  SignatureAlgorithm algorithm;
};

constexpr std::array<KnownAlgorithm, 7> kAccepted{{
    {"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"sv, SignatureAlgorithm::rsa_sha256},
    {"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c"sv, SignatureAlgorithm::rsa_sha384},
    {"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d"sv, SignatureAlgorithm::rsa_sha512},
    {"\x2a\x86\x48\xce\x3d\x04\x03\x02"sv, SignatureAlgorithm::ecdsa_sha256},
    {"\x2a\x86\x48\xce\x3d\x04\x03\x03"sv, SignatureAlgorithm::ecdsa_sha384},
    {"\x2a\x86\x48\xce\x3d\x04\x03\x04"sv, SignatureAlgorithm::ecdsa_sha512},
    {"\x2b\x65\x70"sv, SignatureAlgorithm::ed25519},
}};

constexpr BytesView kRsaWithMd5 = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04"sv;
constexpr BytesView kRsaWithSha1 = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05"sv;
constexpr BytesView kEcdsaWithSha1 = "\x2a\x86\x48\xce\x3d\x04\x01"sv;
constexpr BytesView kNull = "\x05\x00"sv;

constexpr bool is_rsa(SignatureAlgorithm algorithm) { return algorithm <= SignatureAlgorithm::rsa_sha512; }

bool is_for(SignatureAlgorithm algorithm, KeyType type);
const EVP_MD* digest_of(SignatureAlgorithm algorithm);

}  // namespace

Result<SignatureAlgorithm> parse_signature_algorithm(BytesView der) {
  TRY(const BytesView content, der::only(der::kSequence, der));
  der::Reader reader(content);
  TRY(const BytesView oid, reader.oid());
  BytesView parameters;
  if (!reader.at_end()) {
    TRY(const der::Element element, reader.next());
    parameters = element.whole;
  }
  CHECK(reader.end());
  if (oid == kRsaWithMd5)
    return fail(ErrorKind::bad_signature_algorithm, "a signature with MD5 is not accepted");
  if (oid == kRsaWithSha1 || oid == kEcdsaWithSha1) {
    return fail(ErrorKind::bad_signature_algorithm, "a signature with SHA-1 is not accepted");
  }
  for (const KnownAlgorithm& known : kAccepted) {
    if (known.oid != oid) continue;
    if (parameters.empty() || (is_rsa(known.algorithm) && parameters == kNull)) return known.algorithm;
    return fail(ErrorKind::malformed, "the signature algorithm has parameters that do not belong there");
  }
  return fail(
      ErrorKind::bad_signature_algorithm,
      "the signature must be RSA (PKCS #1 v1.5) or ECDSA, with SHA-256, SHA-384 or SHA-512, or Ed25519");
}

bool verify_signature(SignatureAlgorithm algorithm, const PublicKey& key, BytesView message,
                      BytesView signature) {
  if (!is_for(algorithm, key.type)) return false;
  const base::MdContextHandle context(EVP_MD_CTX_new());
  const bool good =
      EVP_DigestVerifyInit(context.get(), nullptr, digest_of(algorithm), nullptr, key.key.get()) == 1 &&
      EVP_DigestVerify(context.get(), base::octets(signature), signature.size(), base::octets(message),
                       message.size()) == 1;
  if (!good) base::openssl_error();  // nothing of this may be left for whoever asks next
  return good;
}

Result<void> check_self_signature(SignatureAlgorithm algorithm, BytesView spki_der, BytesView message,
                                  BytesView signature) {
  TRY(const KeyType type, key_type_of(spki_der));
  bool good = false;
  if (type == KeyType::p256 && algorithm == SignatureAlgorithm::ecdsa_sha256) {
    CHECK(check_public_key(spki_der));  // so that it ends in a point
    const auto key = P256Key::read(spki_der.substr(spki_der.size() - kP256PointSize));
    const auto numbers = read_ecdsa_numbers(signature);
    good = key && numbers && key->verify(base::sha256(message), *numbers);
  } else {
    TRY(const PublicKey key, parse_public_key(spki_der));
    good = verify_signature(algorithm, key, message, signature);
  }
  if (good) return {};
  return fail(ErrorKind::malformed, "its signature was not made by the key it carries");
}

namespace {

bool is_for(SignatureAlgorithm algorithm, KeyType type) {
  if (type == KeyType::rsa) return is_rsa(algorithm);
  return !is_rsa(algorithm) && (algorithm == SignatureAlgorithm::ed25519) == (type == KeyType::ed25519);
}

// Null: the algorithm has its own.
const EVP_MD* digest_of(SignatureAlgorithm algorithm) {
  switch (algorithm) {
    case SignatureAlgorithm::rsa_sha256:
    case SignatureAlgorithm::ecdsa_sha256: return EVP_sha256();
    case SignatureAlgorithm::rsa_sha384:
    case SignatureAlgorithm::ecdsa_sha384: return EVP_sha384();
    case SignatureAlgorithm::rsa_sha512:
    case SignatureAlgorithm::ecdsa_sha512: return EVP_sha512();
    case SignatureAlgorithm::ed25519: break;
  }
  return nullptr;
}

}  // namespace

}  // namespace acmecore
