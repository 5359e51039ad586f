#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "acmecore/issuers.h"
#include "acmecore/ocsp_answers.h"
#include "acmecore/ocsp_request.h"
#include "acmecore/ocsp_response.h"
#include "acmecore/ocsp_tally.h"
#include "acmecore/records.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/task.h"
#include "base/time.h"
#include "storage/store.h"

namespace acmecore {

// Tells of the certificates of all issuing CAs, retired ones too, whether they are revoked (RFC 6960), signing by the
// key of the CA that a request names. An answer without a nonce is kept (OcspAnswers); those that are asked for are
// made again before half of their life has passed, so that nobody waits for a signature. While that is impossible the
// last one is told until its end, but never of a certificate that was revoked since. Thread-safe.
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
  base::Task<OcspAnswers::Answer> answer(base::Bytes request_der);

  // Makes again some of what is kept, is asked for, and will soon be half of its life old. To be called again and
  // again. True: at once, because there may be more; false: in a second.
  base::Task<bool> make_again();

  // What it has signed, which whoever owns the responder has the audit log told of.
  OcspTally& tally() { return tally_; }

  // Forgets what is kept of a certificate that was revoked.
  void follow(const storage::Batch& batch) override;

 private:
  // Whom a request is about.
  struct Responder {
    std::string ca;
    base::Bytes key_hash;  // OcspIssuer::responder_key_hash
  };
  // Makes it anew, and keeps it if whoever asks the same may have it. The errors of the three below.
  base::Task<base::Result<OcspAnswers::Answer>> make(OcspRequest request);
  base::Result<Responder> responder_of(const OcspRequest& request) const;
  base::Task<base::Result<OcspFields>> fields_of(const OcspRequest& request, Responder responder);
  base::Task<base::Result<std::optional<Revocation>>> status_of(Serial serial, std::string ca);
  base::Result<base::Bytes> sign(const std::string& ca, const OcspFields& fields) const;

  Records& records_;
  const Issuers& issuers_;
  const base::Clock& clock_;
  const std::chrono::seconds lifetime_;
  OcspAnswers answers_;
  OcspTally tally_;
};

}  // namespace acmecore
