#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

// What OCSP clients ask (RFC 6960 §4.1).
namespace acmecore {

// A client asks about the certificates of one chain at the most; most ask about one (RFC 5019 §2.1.1).
inline constexpr size_t kOcspCertificatesMax = 16;
inline constexpr size_t kOcspRequestSizeMax = 8 * 1024;

// RFC 9654 §2.1.
inline constexpr size_t kOcspNonceSizeMax = 128;

// The hashes that may name an issuer. They identify, and prove nothing.
enum class OcspHash { sha1, sha256, other };

// CertID, and its octets, which the answer repeats.
struct OcspCertId {
  base::Bytes der;
  OcspHash hash = OcspHash::other;
  base::Bytes issuer_name_hash;
  base::Bytes issuer_key_hash;
  base::Bytes serial;  // the content octets of an INTEGER, perhaps of one that no certificate has

  bool operator==(const OcspCertId&) const = default;
};

struct OcspRequest {
  std::vector<OcspCertId> certificates;  // at least one
  std::optional<base::Bytes> nonce;

  bool operator==(const OcspRequest&) const = default;
};

// Reads one OCSPRequest in strict DER with nothing behind it. A signature is not verified, for anybody may ask.
// malformed: anything else, another version, more than kOcspCertificatesMax, a nonce of no octets or more than
// kOcspNonceSizeMax, a critical extension that is none of ours (RFC 6960 §4.4).
base::Result<OcspRequest> parse_ocsp_request(base::BytesView der);

// The DER in a URL's path behind the responder's own (RFC 6960 appendix A.1): base64, with or without padding, of which
// characters may be percent-encoded. malformed: anything else.
base::Result<base::Bytes> ocsp_request_of_path(std::string_view path);

}  // namespace acmecore
