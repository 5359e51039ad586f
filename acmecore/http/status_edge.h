#pragma once

#include <string>

#include "acmecore/issuers.h"
#include "acmecore/ocsp_responder.h"
#include "acmecore/published_crls.h"
#include "acmecore/status_urls.h"
#include "base/http/message.h"
#include "base/task.h"
#include "base/time.h"

namespace acmecore::http {

// A cache is told to ask again after this, though what it has may be valid for days: a revocation is to be seen soon.
inline constexpr std::chrono::minutes kStatusAgeMax{10};

// What relying parties read, in plain HTTP: CRLs (RFC 5280 §4.2.1.13), the issuing CAs' certificates (§4.2.2.1) and the
// status of certificates (RFC 6960 appendix A, RFC 5019 §5), at the URLs of StatusUrls. Thread-safe.
class StatusEdge {
 public:
  // The references outlive the edge. Null: OCSP is off.
  StatusEdge(StatusUrls urls, const Issuers& issuers, const PublishedCrls& crls, OcspResponder* responder,
             const base::Clock& clock)
      : urls_(std::move(urls)), issuers_(issuers), crls_(crls), responder_(responder), clock_(clock) {}

  // Answers every request; what fails is a problem document. A question by OCSP is always answered by OCSP.
  base::Task<base::http::Response> handle(base::http::Request request);

 private:
  base::http::Response crl(const base::http::Request& request, const CrlShard& shard) const;
  base::http::Response issuer(const base::http::Request& request) const;
  base::Task<base::http::Response> ocsp(base::http::Request request);

  const StatusUrls urls_;
  const Issuers& issuers_;
  const PublishedCrls& crls_;
  OcspResponder* const responder_;
  const base::Clock& clock_;
};

}  // namespace acmecore::http
