#include "acmecore/ocsp_issuer.h"

#include <openssl/evp.h>

#include <cassert>

#include "acmecore/der.h"
#include "base/openssl.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;

namespace {

Bytes sha1(BytesView octets) {
  constexpr size_t kSize = 20;
  Bytes digest(kSize, '\0');
  auto* out = reinterpret_cast<unsigned char*>(digest.data());
  const int done = EVP_Digest(octets.data(), octets.size(), out, nullptr, EVP_sha1(), nullptr);
  assert(done == 1);
  return digest;
}

// What stands in the BIT STRING, behind the count of unused bits.
BytesView key_of(const Certificate& issuing) {
  const auto content = der::only(der::kSequence, issuing.spki_der);
  assert(content.has_value());
  der::Reader reader(*content);
  const auto algorithm = reader.next(der::kSequence);
  const auto key = reader.bit_string();
  assert(algorithm.has_value() && key.has_value());
  return *key;
}

}  // namespace

OcspIssuer::OcspIssuer(const Certificate& issuing)
    : sha1_{sha1(issuing.subject_der), sha1(key_of(issuing))},
      sha256_{base::sha256(issuing.subject_der), base::sha256(key_of(issuing))} {}

bool OcspIssuer::is_named_by(const OcspCertId& id) const {
  if (id.hash == OcspHash::other) return false;
  const Hashes& hashes = id.hash == OcspHash::sha1 ? sha1_ : sha256_;
  return id.issuer_name_hash == hashes.name && id.issuer_key_hash == hashes.key;
}

}  // namespace acmecore
