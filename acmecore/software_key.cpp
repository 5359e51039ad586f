#include "acmecore/software_key.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include <algorithm>
#include <cassert>

#include "acmecore/ca_public_key.h"

namespace acmecore {

using base::BioHandle;
using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::PkeyHandle;
using base::Result;

namespace {

// A quarter of a second for whoever tries a passphrase. The salt is NIST SP 800-132's least.
constexpr int kPbkdf2Iterations = 600'000;
constexpr int kPbkdf2SaltSize = 16;

using AlgorithmHandle = base::OpensslHandle<X509_ALGOR, X509_ALGOR_free>;
using KeyInfoHandle = base::OpensslHandle<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;
using EncryptedKeyHandle = base::OpensslHandle<X509_SIG, X509_SIG_free>;

Bytes spki_of(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  assert(size > 0);
  Bytes spki(reinterpret_cast<const char*>(der), size_t(size));
  OPENSSL_free(der);
  return spki;
}

PkeyHandle generate_key(KeyKind kind) {
  switch (kind) {
    case KeyKind::p256: return PkeyHandle(EVP_EC_gen("P-256"));
    case KeyKind::p384: return PkeyHandle(EVP_EC_gen("P-384"));
    case KeyKind::rsa2048: return PkeyHandle(EVP_RSA_gen(2048));
    case KeyKind::rsa3072: return PkeyHandle(EVP_RSA_gen(3072));
    case KeyKind::rsa4096: return PkeyHandle(EVP_RSA_gen(4096));
    case KeyKind::ed25519: return PkeyHandle(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  }
  return nullptr;
}

// In place of OpenSSL's own, which would ask at the terminal.
int give_passphrase(char* into, int size_max, int, void* from) {
  const auto& passphrase = *static_cast<const std::string_view*>(from);
  if (passphrase.empty() || passphrase.size() > size_t(size_max)) return -1;
  std::ranges::copy(passphrase, into);
  return int(passphrase.size());
}

std::string text_of(BIO* bio) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  return {text, size_t(size)};
}

}  // namespace

SoftwareKey::SoftwareKey(PkeyHandle key, Bytes spki_der, SignatureAlgorithm algorithm)
    : SigningKey(std::move(spki_der), algorithm), key_(std::move(key)) {
  if (signs_with_ecdsa()) contexts_ = std::make_unique<const KeyContexts>(key_.get(), KeyContexts::Use::sign);
}

SoftwareKey SoftwareKey::generate(KeyKind kind) {
  PkeyHandle key = generate_key(kind);
  assert(key);
  Bytes spki = spki_of(key.get());
  const auto algorithm = ca_signature_algorithm(*parse_ca_public_key(spki));
  return {std::move(key), std::move(spki), *algorithm};
}

Result<SoftwareKey> SoftwareKey::parse(std::string_view pem, std::string_view passphrase) {
  const BioHandle bio(BIO_new_mem_buf(pem.data(), int(pem.size())));
  PkeyHandle key(PEM_read_bio_PrivateKey(bio.get(), nullptr, give_passphrase, &passphrase));
  ERR_clear_error();
  if (!key && is_encrypted_key(pem)) {
    return fail(ErrorKind::malformed, passphrase.empty()
                                          ? "the private key is encrypted, and there is no passphrase for it"
                                          : "the private key is encrypted, and not with this passphrase");
  }
  if (!key) return fail(ErrorKind::malformed, "there is no private key in PEM");
  Bytes spki = spki_of(key.get());
  const auto public_key = parse_ca_public_key(spki);
  if (!public_key) return fail(ErrorKind::malformed, "the private key: " + public_key.error().detail);
  const auto algorithm = ca_signature_algorithm(*public_key);
  if (!algorithm) return fail(ErrorKind::malformed, "the private key: " + algorithm.error().detail);
  return SoftwareKey(std::move(key), std::move(spki), *algorithm);
}

std::string SoftwareKey::pem() const {
  const BioHandle bio(BIO_new(BIO_s_secmem()));
  const int written =
      PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
  assert(written == 1);
  return text_of(bio.get());
}

std::string SoftwareKey::encrypted_pem(std::string_view passphrase) const {
  assert(passphrase.size() <= kPassphraseSizeMax);  // longer ones nobody could open again
  const KeyInfoHandle info(EVP_PKEY2PKCS8(key_.get()));
  AlgorithmHandle algorithm(PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), kPbkdf2Iterations, nullptr, kPbkdf2SaltSize,
                                              nullptr, NID_hmacWithSHA256));
  assert(info && algorithm);
  const EncryptedKeyHandle encrypted(
      PKCS8_set0_pbe(passphrase.data(), int(passphrase.size()), info.get(), algorithm.get()));
  assert(encrypted);
  static_cast<void>(algorithm.release());  // is a part of the other now
  const BioHandle bio(BIO_new(BIO_s_mem()));
  const int written = PEM_write_bio_PKCS8(bio.get(), encrypted.get());
  assert(written == 1);
  return text_of(bio.get());
}

bool SoftwareKey::signs_with_ecdsa() const {
  return signature_algorithm() == SignatureAlgorithm::ecdsa_sha256 ||
         signature_algorithm() == SignatureAlgorithm::ecdsa_sha384;
}

Result<Bytes> SoftwareKey::sign(BytesView message) const {
  if (signs_with_ecdsa()) {
    const bool is_p256 = signature_algorithm() == SignatureAlgorithm::ecdsa_sha256;
    return contexts_->sign(is_p256 ? base::sha256(message) : base::sha384(message));
  }
  const EVP_MD* digest = signature_algorithm() == SignatureAlgorithm::rsa_sha256   ? EVP_sha256()
                         : signature_algorithm() == SignatureAlgorithm::rsa_sha384 ? EVP_sha384()
                                                                                   : nullptr;
  const base::MdContextHandle context(EVP_MD_CTX_new());
  Bytes signature(size_t(EVP_PKEY_get_size(key_.get())), '\0');
  size_t size = signature.size();
  const bool made = EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key_.get()) == 1 &&
                    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                                   base::octets(message), message.size()) == 1;
  if (!made) return fail(ErrorKind::internal, "signing failed: " + base::openssl_error());
  signature.resize(size);
  return signature;
}

bool is_encrypted_key(std::string_view pem) {
  return pem.find("-----BEGIN ENCRYPTED PRIVATE KEY-----") != pem.npos ||
         pem.find("Proc-Type: 4,ENCRYPTED") != pem.npos;
}

}  // namespace acmecore
