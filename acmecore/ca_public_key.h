#pragma once

#include <string>

#include "acmecore/public_key.h"
#include "acmecore/signature.h"
#include "base/bytes.h"
#include "base/error.h"

namespace acmecore {

// A CA signs with none larger, for whoever connects to a server checks each signature of the chain.
inline constexpr int kCaRsaBitsMax = 4096;

// Reads the key that a CA's certificate has: one that parse_public_key accepts, or an Ed25519 key (RFC 8410 §4), which
// no leaf may have. The errors of parse_public_key.
base::Result<PublicKey> parse_ca_public_key(base::BytesView spki_der);

// Its type alone, by the AlgorithmIdentifier: as key_type_of, but for Ed25519.
base::Result<KeyType> ca_key_type_of(base::BytesView spki_der);

// Its type for people: "P-384", "RSA 2048". What cannot be read is "?".
std::string text_of_ca_key(base::BytesView spki_der);

// With what a CA signs that has this key: ECDSA with the hash that belongs to the curve (BR 7.1.3.2.2), PKCS #1 v1.5
// with SHA-256, or with SHA-384 where the key has 4096 bits, Ed25519. bad_public_key: no CA of ours signs with
// it, for it is on P-521, or RSA of more than kCaRsaBitsMax.
base::Result<SignatureAlgorithm> ca_signature_algorithm(const PublicKey& key);

// Its AlgorithmIdentifier, octet for octet as BR 7.1.3.2 has it; Ed25519's as RFC 8410 §3. REQUIRES: it is one that
// ca_signature_algorithm returns.
base::BytesView ca_algorithm_identifier(SignatureAlgorithm algorithm);

}  // namespace acmecore
