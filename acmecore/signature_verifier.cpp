#include "acmecore/signature_verifier.h"

#include <utility>

#include "acmecore/ecdsa_numbers.h"
#include "base/openssl.h"

namespace acmecore {

SignatureVerifier::SignatureVerifier(PublicKey key) : key_(std::move(key)) {
  if (key_.type != KeyType::p256) return;
  p256_ = std::make_unique<const KeyContexts>(key_.key.get(), KeyContexts::Use::verify);
}

bool SignatureVerifier::verify(SignatureAlgorithm algorithm, base::BytesView message,
                               base::BytesView signature) const {
  if (p256_ && algorithm == SignatureAlgorithm::ecdsa_sha256) {
    const auto numbers = read_ecdsa_numbers(signature);
    return numbers && p256_->verify(base::sha256(message), *numbers);
  }
  return verify_signature(algorithm, key_, message, signature);
}

}  // namespace acmecore
