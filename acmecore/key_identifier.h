#pragma once

#include "base/bytes.h"
#include "base/error.h"

namespace acmecore {

// What a subjectKeyIdentifier says of a key: the leftmost 160 bits of the SHA-256 of the subjectPublicKey's bits (RFC
// 7093 §2, method 1). malformed: `spki_der` is no SubjectPublicKeyInfo.
base::Result<base::Bytes> key_identifier(base::BytesView spki_der);

}  // namespace acmecore
