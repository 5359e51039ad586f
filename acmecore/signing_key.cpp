#include "acmecore/signing_key.h"

#include "acmecore/ca_public_key.h"

namespace acmecore {

base::BytesView SigningKey::signature_algorithm_der() const { return ca_algorithm_identifier(algorithm_); }

}  // namespace acmecore
