#pragma once

#include "acmecore/public_key.h"
#include "base/bytes.h"
#include "base/error.h"

namespace acmecore {

// The signatures that certification requests and certificates may carry: PKCS #1 v1.5 and ECDSA, with SHA-2, and
// Ed25519.
enum class SignatureAlgorithm {
  rsa_sha256,
  rsa_sha384,
  rsa_sha512,
  ecdsa_sha256,
  ecdsa_sha384,
  ecdsa_sha512,
  ed25519
};

// Reads an AlgorithmIdentifier. For RSA, parameters may be NULL or absent (RFC 4055 §5); for the others they must
// be absent (RFC 5758 §3.2, RFC 8410 §3). malformed: no such structure. bad_signature_algorithm: another algorithm; the
// detail names SHA-1 and MD5.
base::Result<SignatureAlgorithm> parse_signature_algorithm(base::BytesView der);

// Did the owner of `key` sign `message`? False also when the algorithm is not for keys of this type.
bool verify_signature(SignatureAlgorithm algorithm, const PublicKey& key, base::BytesView message,
                      base::BytesView signature);

// The same of a key that comes with what it signed, as a SubjectPublicKeyInfo, and is met once: on P-256 this takes
// three quarters of the time. The errors of parse_public_key; malformed: it did not.
base::Result<void> check_self_signature(SignatureAlgorithm algorithm, base::BytesView spki_der,
                                        base::BytesView message, base::BytesView signature);

}  // namespace acmecore
