#include "acmecore/revocation_job.h"

#include "base/openssl.h"

namespace acmecore {

namespace {

bool has_key(const IssuedCertificate& certificate, base::BytesView spki_digest) {
  const auto parsed = parse_certificate(certificate.der);
  return parsed && base::sha256(parsed->spki_der) == spki_digest;
}

bool is_known_enough(const std::optional<Revocation>& revocation, RevocationReason reason) {
  return revocation && (reason != RevocationReason::key_compromise || revocation->reason == reason);
}

}  // namespace

bool fits(const RevocationFilter& filter, const IssuedCertificate& certificate, const std::string& ca) {
  if (!filter.account.empty() && certificate.account != filter.account) return false;
  if (!filter.ca.empty() && ca != filter.ca) return false;
  if (!filter.profile.empty() && certificate.profile != filter.profile) return false;
  if (filter.issued_from && certificate.issued < *filter.issued_from) return false;
  if (filter.issued_before && certificate.issued >= *filter.issued_before) return false;
  return filter.spki_digest.empty() || has_key(certificate, filter.spki_digest);
}

bool RevocationFilter::empty() const { return *this == RevocationFilter(); }

bool is_to_be_revoked(const RevocationJob& job, const IssuedCertificate& certificate, const std::string& ca,
                      base::Time now) {
  if (is_known_enough(certificate.revocation, job.reason) || now > certificate.not_after) return false;
  if (certificate.auto_renewed && !job.filter.spki_digest.empty()) return false;
  return fits(job.filter, certificate, ca);
}

}  // namespace acmecore
