#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "acmecore/revocation.h"
#include "acmecore/signing_key.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

// What OCSP clients are answered (RFC 6960 §4.2).
namespace acmecore {

// BR 4.9.10, from thisUpdate to nextUpdate, both included.
inline constexpr std::chrono::hours kOcspLifetimeMin{8};
inline constexpr std::chrono::hours kOcspLifetimeMax{10 * 24};

// OCSPResponseStatus, where there is no answer (§2.3). Nobody signs these.
enum class OcspRefusal { malformed_request = 1, internal_error = 2, try_later = 3, unauthorized = 6 };
base::Bytes ocsp_refusal(OcspRefusal status);

// The status of one certificate: revoked where there is a revocation, else good. There is no other: whoever asks
// about a certificate that was not issued is refused.
struct OcspSingle {
  base::Bytes cert_id_der;  // as it was asked for
  std::optional<Revocation> revocation;
};

struct OcspFields {
  base::Bytes responder_key_hash;
  std::vector<OcspSingle> certificates;  // at least one
  base::Time produced_at;                // here and below, in whole seconds
  base::Time this_update;
  base::Time next_update;
  std::optional<base::Bytes> nonce;  // of the request
};

// The ResponseData that is to be signed. No reason is told where it is unspecified.
base::Bytes ocsp_data(const OcspFields& fields);

// The OCSPResponse with a BasicOCSPResponse that `key` signs. It has no certificates: the signer is the issuing CA
// itself, whose certificate each client has. internal: OpenSSL failed.
base::Result<base::Bytes> sign_ocsp_data(base::BytesView data_der, const SigningKey& key);

}  // namespace acmecore
