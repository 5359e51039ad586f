#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "base/openssl.h"

namespace acmecore {

// BR 6.1.5 sets the least; the most keeps the cost of one signature check under a millisecond.
inline constexpr int kRsaBitsMin = 2048;
inline constexpr int kRsaBitsMax = 8192;

// ed25519 is for CAs alone (ca_public_key.h).
enum class KeyType { rsa, p256, p384, p521, ed25519 };

// "RSA", "P-256" …, for sentences.
std::string_view name_of(KeyType type);

// A subject public key that may be certified.
struct PublicKey {
  KeyType type;
  base::PkeyHandle key;
};

// Reads a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) and accepts the keys of BR 6.1.5 and 6.1.6: RSA of 2048 to
// 8192 bits, and uncompressed points on P-256, P-384 and P-521. Ed25519, Ed448 and RSASSA-PSS keys are
// refused: BR 7.1.3.1 has no place for them, and TLS clients that know them are rare. The AlgorithmIdentifier
// must be, octet for octet, the one of BR 7.1.3.1, because the SPKI goes into the certificate as it is.
//
// malformed: not such a structure, or not in DER. bad_public_key: too small, too large or weak.
base::Result<PublicKey> parse_public_key(base::BytesView spki_der);

// Whether it would, and its type: what makes a key of it takes most of the time.
base::Result<KeyType> check_public_key(base::BytesView spki_der);

// Its type alone, by the AlgorithmIdentifier: nothing is said about the key. The errors of parse_public_key.
base::Result<KeyType> key_type_of(base::BytesView spki_der);

}  // namespace acmecore
