#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "acmecore/issuers.h"
#include "acmecore/ocsp_request.h"
#include "acmecore/ocsp_response.h"
#include "acmecore/records.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/task.h"
#include "base/time.h"
#include "storage/store.h"

namespace acmecore {

// Answers that are kept; beyond, all are forgotten and begin anew. An answer takes about a kilobyte.
inline constexpr size_t kOcspAnswersMax = 100'000;

struct OcspAnswer {
  base::Bytes der;  // an OCSPResponse
  // Of an answer that anybody may keep: when it was made, and when it is to be asked for again. None where it is a
  // refusal, or for one request alone because of its nonce.
  std::optional<base::Time> this_update = {};
  std::optional<base::Time> next_update = {};
};

// Tells of the certificates of all issuing CAs, retired ones too, whether they are revoked (RFC 6960), signing by the
// key of the CA that a request names. An answer without a nonce is kept until half of its life has passed or its
// certificate is revoked (RFC 5019 §2.1). Thread-safe.
//
// Of a certificate that was never issued nothing is said: `unauthorized`, which costs no signature, rather than
// `unknown` or, as RFC 6960 §2.2 allows, `revoked`, which strangers could have signed for any number of serials.
class OcspResponder final : public storage::Follower {
 public:
  // All of these outlive the responder. It follows no store by itself.
  OcspResponder(Records& records, const Issuers& issuers, const base::Clock& clock,
                std::chrono::seconds lifetime);

  // Answers every request, `request_der` being what a client sent: a refusal where it is no request, or not about the
  // certificates of one CA of ours, or that CA signs no responses (for now), or the store or OpenSSL fails.
  base::Task<std::shared_ptr<const OcspAnswer>> answer(base::Bytes request_der);

  // Forgets what is kept of a certificate that was revoked.
  void follow(const storage::Batch& batch) override;

 private:
  using Kept = std::shared_ptr<const OcspAnswer>;

  // Whom a request is about.
  struct Responder {
    std::string ca;
    base::Bytes key_hash;  // OcspIssuer::responder_key_hash
  };
  base::Result<Responder> responder_of(const OcspRequest& request) const;
  base::Task<base::Result<OcspFields>> fields_of(const OcspRequest& request, Responder responder);
  base::Result<base::Bytes> sign(const std::string& ca, const OcspFields& fields) const;
  Kept find(const OcspRequest& request, uint64_t& revocations);
  void keep(const OcspRequest& request, const Kept& answer, uint64_t revocations);

  Records& records_;
  const Issuers& issuers_;
  const base::Clock& clock_;
  const std::chrono::seconds lifetime_;

  // Requests come on many threads, and revocations on the store's. Held for one look-up.
  std::mutex mutex_;
  // By serial; and each by the CertID that was asked with, of which there is one for each hash.
  std::unordered_map<base::Bytes, std::unordered_map<base::Bytes, Kept>> kept_;
  size_t kept_count_ = 0;
  uint64_t revocations_ = 0;  // that were seen
};

}  // namespace acmecore
