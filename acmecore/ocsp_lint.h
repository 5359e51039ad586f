#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "acmecore/extensions.h"
#include "acmecore/ocsp_issuer.h"
#include "acmecore/ocsp_response.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

// What an OCSP response of ours is held to before it is signed, rule by rule, as it stands there (RFC 6960 §4.2.1).
namespace acmecore {

// SingleResponse. Here and below, what is a view aliases the octets that were read.
struct OcspSingleData {
  base::BytesView cert_id_der;
  uint8_t status = 0;                         // the tag of CertStatus
  std::optional<base::Time> revocation_time;  // where it is revoked
  std::optional<base::BytesView> reason;      // the content octets of CRLReason
  base::Time this_update;
  std::optional<base::Time> next_update;
  bool has_extensions = false;
};

// ResponseData. Nothing is said about whether it is good.
struct OcspData {
  base::BytesView responder_id_der;
  base::Time produced_at;
  std::vector<OcspSingleData> certificates;
  std::vector<Extension> extensions;
};

// Reads one in strict DER with nothing behind it. malformed: anything else, another version, a time that is no
// GeneralizedTime in whole seconds.
base::Result<OcspData> parse_ocsp_data(base::BytesView der);

// What a response is compared with: what is known of the certificates that were asked about, and whose they are. Both
// outlive it.
struct OcspExpectation {
  const OcspFields& asked;
  const OcspIssuer& issuer;
};

struct OcspRule {
  std::string_view name;
  std::string_view source;  // who asks for it
  bool (*holds)(const OcspData& data, const OcspExpectation& expected);
};

std::span<const OcspRule> ocsp_rules();

// internal: names every rule that the response breaks.
base::Result<void> lint_ocsp(const OcspData& data, const OcspExpectation& expected);

}  // namespace acmecore
