#include "acmecore/signing_key.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <cassert>

namespace acmecore {

using base::BioHandle;
using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::PkeyHandle;
using base::Result;
using namespace std::string_view_literals;

namespace {

Bytes spki_of(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  assert(size > 0);
  Bytes spki(reinterpret_cast<const char*>(der), size_t(size));
  OPENSSL_free(der);
  return spki;
}

// In place of OpenSSL's own, which would ask at the terminal.
int no_password(char*, int, int, void*) { return -1; }

}  // namespace

SigningKey::SigningKey(PkeyHandle key, Bytes spki_der, KeyType type)
    : key_(std::move(key)),
      contexts_(std::make_unique<const KeyContexts>(key_.get(), KeyContexts::Use::sign)),
      spki_der_(std::move(spki_der)),
      type_(type) {}

SigningKey SigningKey::generate() {
  PkeyHandle key(EVP_EC_gen("P-256"));
  assert(key);
  Bytes spki = spki_of(key.get());
  return {std::move(key), std::move(spki), KeyType::p256};
}

Result<SigningKey> SigningKey::parse(std::string_view pem) {
  const BioHandle bio(BIO_new_mem_buf(pem.data(), int(pem.size())));
  PkeyHandle key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  ERR_clear_error();
  if (!key) return fail(ErrorKind::malformed, "there is no private key in PEM without a password");
  if (!EVP_PKEY_is_a(key.get(), "EC"))
    return fail(ErrorKind::malformed, "the private key is not on P-256 or P-384");
  Bytes spki = spki_of(key.get());
  const auto parsed = parse_public_key(spki);
  if (!parsed || (parsed->type != KeyType::p256 && parsed->type != KeyType::p384)) {
    return fail(ErrorKind::malformed, "the private key is not on P-256 or P-384");
  }
  return SigningKey(std::move(key), std::move(spki), parsed->type);
}

std::string SigningKey::pem() const {
  const BioHandle bio(BIO_new(BIO_s_secmem()));
  const int written =
      PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
  assert(written == 1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, size_t(size)};
}

BytesView SigningKey::signature_algorithm_der() const {
  constexpr BytesView kEcdsaWithSha256 = "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"sv;
  constexpr BytesView kEcdsaWithSha384 = "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03"sv;
  return type_ == KeyType::p256 ? kEcdsaWithSha256 : kEcdsaWithSha384;
}

Result<Bytes> SigningKey::sign(BytesView message) const {
  const std::string digest = type_ == KeyType::p256 ? base::sha256(message) : base::sha384(message);
  return contexts_->sign(digest);
}

}  // namespace acmecore
