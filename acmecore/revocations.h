#pragma once

#include <set>
#include <string>
#include <vector>

#include "acmecore/certificate.h"
#include "acmecore/issuers.h"
#include "acmecore/page.h"
#include "acmecore/records.h"
#include "acmecore/requester.h"
#include "acmecore/revocation_job.h"
#include "acmecore/status_urls.h"
#include "base/error.h"
#include "base/task.h"
#include "base/time.h"

namespace acmecore {

// Serials that one call revokes at the most, and keys that one blocks.
inline constexpr size_t kRevokedAtOnceMax = 1000;
inline constexpr size_t kBlockedAtOnceMax = 1000;

// What became of a certificate that was to be revoked.
struct RevocationOutcome {
  enum class Status {
    revoked,      // now
    was_revoked,  // before; its reason stays, unless it is now known that others have its key
    expired,      // so no CRL has it any more
    unknown,      // it is none of ours
  };

  Serial serial;
  Status status;
  std::optional<Revocation> revocation = {};

  bool operator==(const RevocationOutcome&) const = default;
};

// "revoked", "was_revoked", "expired", "unknown".
std::string_view name_of(RevocationOutcome::Status status);

// Revocation by operators, whoever's the certificates are, and what is revoked in the background. What subscribers
// revoke is Authority's. Thread-safe.
//
// With keyCompromise the keys are blocked, too, also those of certificates that were revoked before or have expired,
// and all other certificates of these keys are revoked by a job.
class Revocations {
 public:
  // The references outlive the object.
  Revocations(Records& records, const base::Clock& clock, const Issuers& issuers, StatusUrls urls);

  // All of them in one commit, in the order of `serials`. too_large: more than kRevokedAtOnceMax. `by`: who
  // asks for it.
  base::Task<base::Result<std::vector<RevocationOutcome>>> revoke(std::vector<Serial> serials,
                                                                  RevocationReason reason, Actor by);

  // Begins to revoke all certificates that fit the filter. Those that are issued while it goes on as well, but for one
  // that is being signed when the job has passed its place or ends: the serial numbers of these are older than the
  // record. Who needs them has to keep more from being issued first, and to start the job again when no order is
  // processing. Of a key that is blocked none is issued. malformed: the filter is empty.
  base::Task<base::Result<RevocationJob>> start(RevocationFilter filter, RevocationReason reason, Actor by);

  // Blocks keys that are known to others or weak, by SHA-256 of their SPKI, whether or not there is a certificate for
  // them, and revokes by a job what is certified for them, with keyCompromise. How many were not blocked before.
  // malformed: one is no SHA-256. too_large: more than kBlockedAtOnceMax.
  base::Task<base::Result<size_t>> block_keys(std::vector<base::Bytes> spki_digests, Actor by);

  // The oldest first. A job that has ended is there for kRevocationJobRetention, but for one that nobody asked for,
  // which goes when it has ended.
  base::Task<base::Result<Page<RevocationJob>>> jobs(std::string after, size_t limit);
  // not_found.
  base::Task<base::Result<RevocationJob>> job(std::string id);
  // What is revoked stays so. One that has ended stays as it is. not_found.
  base::Task<base::Result<RevocationJob>> stop(std::string id, Actor by);

  // Goes on with each job by one page, and is to be called again and again, never twice at once. After a restart it
  // goes on where it was. True: there is more to do at once. A job that fails holds up no other one; the first error.
  base::Task<base::Result<bool>> work();

 private:
  base::Task<base::Result<RevocationOutcome>> revoke_one(Serial serial, RevocationReason reason, Actor by,
                                                         std::vector<Certificate>& compromised,
                                                         Changes& changes);
  base::Task<base::Result<void>> start_where_certified(std::set<base::Bytes> spki_digests);
  base::Task<base::Result<bool>> is_certified(base::Bytes spki_digest);
  base::Task<base::Result<void>> note_compromise(IssuedCertificate certificate,
                                                 std::vector<Certificate>& compromised);
  base::Task<base::Result<void>> work_on(std::string id);
  base::Task<base::Result<void>> add_page(RevocationJob& job, Changes& changes);
  base::Task<base::Result<void>> add_compromise_of_filter(const RevocationJob& job, Actor by,
                                                          Changes& changes);
  base::Task<base::Result<void>> add_compromise_once(IssuedCertificate certificate, const RevocationJob& job,
                                                     std::set<base::Bytes>& met, Changes& changes);
  base::Task<base::Result<std::vector<Serial>>> serials_behind(RevocationFilter filter, base::Bytes position);

  Records& records_;
  const base::Clock& clock_;
  const Issuers& issuers_;
  const StatusUrls urls_;
};

// Gives a certificate that names no CRL the place that it has once it is revoked: in that of its issuer and its serial.
// None where its record does not say who signed it, and who did is not configured any more.
void place_in_crl(IssuedCertificate& certificate, const IssuerSet& issuers, const StatusUrls& urls);

// Adds to `changes` that the certificate is revoked, in its CRL if it has a place in one, and the event in the audit
// log: that `by` did it at `now`, by the job with this id if it was one.
void add_revocation(Stored<IssuedCertificate> certificate, const Revocation& revocation, Actor by,
                    base::Time now, Changes& changes, const std::string& job = {});

// Adds that the certificate's key is never accepted again, with the event, and the job that revokes what else is
// certified for it.
void add_compromise(const Certificate& certificate, Actor by, base::Time now, Changes& changes);

}  // namespace acmecore
