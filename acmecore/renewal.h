#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "acmecore/certificate.h"
#include "acmecore/issued_certificate.h"
#include "acmecore/serial.h"
#include "acmecore/validity.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

// ACME Renewal Information (RFC 9773).
namespace acmecore {

// How a certificate is named there (§4.1).
struct CertificateId {
  base::Bytes key_identifier;  // of the authorityKeyIdentifier
  Serial serial;

  bool operator==(const CertificateId&) const = default;
};

// More than any such name needs: key identifier and serial are of at most 64 and 20 octets.
inline constexpr size_t kCertificateIdSizeMax = 128;

// malformed: not two parts in base64url without padding, or no serial number.
base::Result<CertificateId> parse_certificate_id(std::string_view text);
std::string text_of(const CertificateId& id);

// not_found: the certificate has no authorityKeyIdentifier with a keyIdentifier.
base::Result<CertificateId> certificate_id(const Certificate& certificate);

// When a certificate should be renewed (§4.2).
struct RenewalInfo {
  base::Time start;
  base::Time end;                     // after start
  std::chrono::seconds ask_again{0};  // Retry-After
};

// A fiftieth of the certificate's life from two thirds of it on, or from one half where it lasts less than
// kShortLived; in the past where it was revoked. Clients ask again a few times before it begins, every
// kAskAgainMax at the most.
inline constexpr std::chrono::hours kShortLived{10 * 24};
inline constexpr std::chrono::minutes kAskAgainMin{1};
inline constexpr std::chrono::hours kAskAgainMax{6};
RenewalInfo renewal_info(const Validity& validity, const std::optional<Revocation>& revocation);

}  // namespace acmecore
