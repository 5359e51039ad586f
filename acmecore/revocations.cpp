#include "acmecore/revocations.h"

#include <algorithm>
#include <utility>

#include "acmecore/audit_event.h"
#include "acmecore/optimism.h"
#include "base/log.h"
#include "base/openssl.h"
#include "base/random.h"

namespace acmecore {

using base::Bytes;
using base::ErrorKind;
using base::fail;
using base::Result;
using base::Task;
using base::Time;

namespace {

// Certificates that a job looks at for one commit: few enough not to hold up the commits beside it.
constexpr size_t kPage = 200;

// Jobs that are gone on with in turn.
constexpr size_t kJobsAtOnce = 16;

void log_revoked(const Serial& serial, RevocationReason reason, const std::string& by) {
  base::log::info("acme.certificate.revoked",
                  {{"serial", text_of(serial)}, {"reason", int64_t(reason)}, {"by", by}});
}

// One record that is damaged keeps no others from being revoked.
void log_passed_over(const RevocationJob& job, const Serial& serial, const base::Error& error) {
  base::log::error("acme.revocation_job.passed_over",
                   {{"job", job.id}, {"serial", text_of(serial)}, {"detail", error.detail}});
}

AuditEvent job_event(std::string_view kind, const RevocationJob& job, Actor by, Time now) {
  AuditEvent event;
  event.kind = kind;
  event.time = now;
  event.actor = std::move(by);
  event.account = job.filter.account;
  event.reason = name_of(job.reason);
  event.add("job", job.id);
  if (!job.filter.ca.empty()) event.add("ca", job.filter.ca);
  if (!job.filter.profile.empty()) event.add("profile", job.filter.profile);
  if (job.filter.issued_from) event.add("issued_from", base::rfc3339(*job.filter.issued_from));
  if (job.filter.issued_before) event.add("issued_before", base::rfc3339(*job.filter.issued_before));
  if (!job.filter.spki_digest.empty()) event.add("key_sha256", text_of(Serial{job.filter.spki_digest}));
  return event;
}

// What revokes all that is certified for a key that is known to others. Nobody asked for it.
RevocationJob job_of_key(Bytes spki_digest, Time now) {
  RevocationJob job;
  job.id = base::time_ordered_id(now);
  job.filter.spki_digest = std::move(spki_digest);
  job.reason = RevocationReason::key_compromise;
  job.created = now;
  return job;
}

// That the key is blocked, but for the reason and the job.
AuditEvent key_event(const Bytes& spki_digest, Actor by, Time now) {
  AuditEvent event;
  event.kind = audit_kind::kKeyBlocked;
  event.time = now;
  event.actor = std::move(by);
  event.add("key_sha256", text_of(Serial{spki_digest}));
  return event;
}

// The same of the key of this job.
AuditEvent key_event(const RevocationJob& job, Actor by, Time now) {
  AuditEvent event = key_event(job.filter.spki_digest, std::move(by), now);
  event.add("job", job.id);
  return event;
}

// The one key that a job asks for is blocked when it starts; where it asks for others, each key is when it is met.
bool blocks_keys(const RevocationJob& job) {
  return job.reason == RevocationReason::key_compromise && job.filter.spki_digest.empty();
}

// As the audit log tells it. From where it was started stands in revocation_job.started.
Actor actor_of(const RevocationJob& job) { return {job.by, "", ""}; }

void add_block(const RevocationJob& job_of_key, const AuditEvent& event, Changes& changes) {
  changes.block_key_of_digest(job_of_key.filter.spki_digest);
  changes.note(event);
  changes.create(job_of_key);
}

}  // namespace

std::string_view name_of(RevocationOutcome::Status status) {
  switch (status) {
    case RevocationOutcome::Status::revoked: return "revoked";
    case RevocationOutcome::Status::was_revoked: return "was_revoked";
    case RevocationOutcome::Status::expired: return "expired";
    case RevocationOutcome::Status::unknown: return "unknown";
  }
  return "unknown";
}

void place_in_crl(IssuedCertificate& certificate, const IssuerSet& issuers, const StatusUrls& urls) {
  if (certificate.crl) return;
  std::string ca = issuers.ca_of(certificate);
  if (!ca.empty()) certificate.crl = urls.shard(std::move(ca), certificate.serial);
}

void add_revocation(Stored<IssuedCertificate> certificate, const Revocation& revocation, Actor by, Time now,
                    Changes& changes, const std::string& job) {
  certificate->revocation = revocation;
  changes.revoke(certificate);
  AuditEvent event = audit_event(audit_kind::kCertificateRevoked, certificate.value, std::move(by), now);
  if (const auto parsed = parse_certificate(certificate->der)) {
    event.identifiers = parsed->subject_alt_name.dns_names;
  }
  event.reason = name_of(revocation.reason);
  if (!job.empty()) event.add("job", job);
  changes.note(event);
}

void add_compromise(const Certificate& certificate, Actor by, Time now, Changes& changes) {
  const RevocationJob job = job_of_key(base::sha256(certificate.spki_der), now);
  AuditEvent event = key_event(job, std::move(by), now);
  event.serial = certificate.serial;
  event.identifiers = certificate.subject_alt_name.dns_names;
  event.reason = "the key of the certificate was reported as compromised";
  add_block(job, event, changes);
}

Revocations::Revocations(Records& records, const base::Clock& clock, const Issuers& issuers, StatusUrls urls)
    : records_(records), clock_(clock), issuers_(issuers), urls_(std::move(urls)) {}

Task<Result<std::vector<RevocationOutcome>>> Revocations::revoke(std::vector<Serial> serials,
                                                                 RevocationReason reason, Actor by) {
  if (serials.size() > kRevokedAtOnceMax) {
    co_return fail(ErrorKind::too_large,
                   "at most " + std::to_string(kRevokedAtOnceMax) + " certificates are revoked at once");
  }
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    std::vector<RevocationOutcome> outcomes;
    std::vector<Certificate> compromised;
    Changes changes;
    for (const Serial& serial : serials) {
      const auto is_the_same = [&](const RevocationOutcome& outcome) { return outcome.serial == serial; };
      const auto before = std::ranges::find_if(outcomes, is_the_same);
      if (before != outcomes.end()) {
        outcomes.push_back(*before);
        continue;
      }
      CO_TRY(RevocationOutcome outcome, co_await revoke_one(serial, reason, by, compromised, changes));
      outcomes.push_back(std::move(outcome));
    }
    for (const Certificate& certificate : compromised)
      add_compromise(certificate, by, clock_.now(), changes);
    if (changes.empty()) co_return outcomes;
    const auto committed = co_await records_.commit(std::move(changes));
    if (is_conflict(committed)) continue;
    if (!committed) co_return tl::unexpected(committed.error());
    for (const RevocationOutcome& outcome : outcomes) {
      if (outcome.status == RevocationOutcome::Status::revoked)
        log_revoked(outcome.serial, reason, by.credential);
    }
    co_return outcomes;
  }
  co_return too_many_at_once();
}

// Notes the key, once and unless it is blocked, in `compromised` if that is the reason.
Task<Result<RevocationOutcome>> Revocations::revoke_one(Serial serial, RevocationReason reason, Actor by,
                                                        std::vector<Certificate>& compromised,
                                                        Changes& changes) {
  using Status = RevocationOutcome::Status;
  auto record = co_await records_.certificate(serial);
  if (!record && record.error().kind == ErrorKind::not_found) {
    co_return RevocationOutcome{std::move(serial), Status::unknown};
  }
  if (!record) co_return tl::unexpected(std::move(record).error());
  const bool is_compromise = reason == RevocationReason::key_compromise;
  if (is_compromise) CO_CHECK(co_await note_compromise(record->value, compromised));
  const Time now = clock_.now();
  if (now > (*record)->not_after) co_return RevocationOutcome{std::move(serial), Status::expired};
  const auto before = (*record)->revocation;
  if (before && (!is_compromise || before->reason == reason)) {
    co_return RevocationOutcome{std::move(serial), Status::was_revoked, before};
  }
  const Revocation revocation{before ? before->time : now, reason};
  place_in_crl(record->value, *issuers_.now(), urls_);
  add_revocation(*std::move(record), revocation, std::move(by), now, changes);
  co_return RevocationOutcome{std::move(serial), before ? Status::was_revoked : Status::revoked, revocation};
}

Task<Result<void>> Revocations::note_compromise(IssuedCertificate certificate,
                                                std::vector<Certificate>& compromised) {
  auto parsed = parse_certificate(certificate.der);
  if (!parsed) co_return Result<void>();  // our own, which was never signed
  CO_TRY(const bool was_blocked, co_await records_.is_blocked(base::sha256(parsed->spki_der)));
  const auto noted = std::ranges::find(compromised, parsed->spki_der, &Certificate::spki_der);
  if (!was_blocked && noted == compromised.end()) compromised.push_back(*std::move(parsed));
  co_return Result<void>();
}

Task<Result<RevocationJob>> Revocations::start(RevocationFilter filter, RevocationReason reason, Actor by) {
  if (filter.empty())
    co_return fail(ErrorKind::malformed, "it is not said which certificates are to be revoked");
  RevocationJob job;
  job.created = clock_.now();
  job.id = base::time_ordered_id(job.created);
  job.filter = std::move(filter);
  job.reason = reason;
  job.by = by.credential;
  Changes changes;
  changes.create(job);
  changes.note(job_event(audit_kind::kRevocationJobStarted, job, by, job.created));
  CO_CHECK(co_await add_compromise_of_filter(job, std::move(by), changes));
  CO_CHECK(co_await records_.commit(std::move(changes)));
  base::log::info("acme.revocation_job.started",
                  {{"job", job.id}, {"reason", int64_t(reason)}, {"by", job.by}});
  co_return job;
}

// Of a job for one key. Where it asks for more than the key, another job is for all that is certified for it.
Task<Result<void>> Revocations::add_compromise_of_filter(const RevocationJob& job, Actor by,
                                                         Changes& changes) {
  const Bytes& digest = job.filter.spki_digest;
  if (job.reason != RevocationReason::key_compromise || digest.empty()) co_return Result<void>();
  CO_TRY(const bool was_blocked, co_await records_.is_blocked(digest));
  const RevocationJob of_key = job_of_key(digest, job.created);
  const bool is_all_of_key = job.filter == of_key.filter;
  if (!was_blocked) {
    AuditEvent event = key_event(is_all_of_key ? job : of_key, std::move(by), job.created);
    event.reason = "the key was reported as compromised";
    changes.block_key_of_digest(digest);
    changes.note(event);
  }
  if (!is_all_of_key) changes.create(of_key);
  co_return Result<void>();
}

Task<Result<size_t>> Revocations::block_keys(std::vector<Bytes> spki_digests, Actor by) {
  if (spki_digests.size() > kBlockedAtOnceMax) {
    co_return fail(ErrorKind::too_large,
                   "at most " + std::to_string(kBlockedAtOnceMax) + " keys are blocked at once");
  }
  const Time now = clock_.now();
  std::set<Bytes> met;
  size_t count = 0;
  Changes changes;
  std::set<Bytes> without_job;
  for (const Bytes& digest : spki_digests) {
    if (digest.size() != base::kSha256Size) co_return fail(ErrorKind::malformed, "it is no SHA-256 of a key");
    if (!met.insert(digest).second) continue;
    CO_TRY(const bool was_blocked, co_await records_.is_blocked(digest));
    if (was_blocked) {
      without_job.insert(digest);
      continue;
    }
    CO_TRY(const bool is_certified, co_await this->is_certified(digest));
    const RevocationJob job = job_of_key(digest, now);
    AuditEvent event = is_certified ? key_event(job, by, now) : key_event(digest, by, now);
    event.reason = "an operator blocked the key";
    if (is_certified) {
      add_block(job, event, changes);
    } else {
      changes.block_key_of_digest(digest);
      changes.note(event);
      without_job.insert(digest);
    }
    ++count;
  }
  if (!changes.empty()) CO_CHECK(co_await records_.commit(std::move(changes)));
  CO_CHECK(co_await start_where_certified(std::move(without_job)));
  if (count == 0) co_return count;
  base::log::info("acme.key.blocked", {{"keys", int64_t(count)}, {"by", by.credential}});
  co_return count;
}

// By keys that are blocked. A certificate that came between the look and the block is found here, for none is issued
// afterwards; also when a call that was cut short before is made again.
Task<Result<void>> Revocations::start_where_certified(std::set<Bytes> spki_digests) {
  Changes changes;
  for (const Bytes& digest : spki_digests) {
    CO_TRY(const bool is_certified, co_await this->is_certified(digest));
    if (is_certified) changes.create(job_of_key(digest, clock_.now()));
  }
  if (!changes.empty()) CO_CHECK(co_await records_.commit(std::move(changes)));
  co_return Result<void>();
}

Task<Result<bool>> Revocations::is_certified(Bytes spki_digest) {
  CO_TRY(const auto serials, co_await records_.certificates_with_key(std::move(spki_digest), Bytes(), 1));
  co_return !serials.empty();
}

Task<Result<Page<RevocationJob>>> Revocations::jobs(std::string after, size_t limit) {
  CO_TRY(auto found, co_await records_.revocation_jobs(std::move(after), limit));
  Page<RevocationJob> page;
  if (found.size() == limit) page.next = found.back().id;
  page.found = std::move(found);
  co_return page;
}

Task<Result<RevocationJob>> Revocations::job(std::string id) {
  CO_TRY(auto job, co_await records_.revocation_job(std::move(id)));
  co_return std::move(job.value);
}

Task<Result<RevocationJob>> Revocations::stop(std::string id, Actor by) {
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    CO_TRY(auto job, co_await records_.revocation_job(id));
    if (job->ended) co_return std::move(job.value);
    job->ended = clock_.now();
    job->stopped = true;
    Changes changes;
    changes.update(job);
    changes.note(job_event(audit_kind::kRevocationJobStopped, job.value, by, *job->ended));
    const auto committed = co_await records_.commit(std::move(changes));
    if (is_conflict(committed)) continue;
    if (!committed) co_return tl::unexpected(committed.error());
    base::log::info("acme.revocation_job.stopped", {{"job", id}, {"by", by.credential}});
    co_return std::move(job.value);
  }
  co_return too_many_at_once();
}

Task<Result<bool>> Revocations::work() {
  CO_TRY(const auto ids, co_await records_.unfinished_revocation_jobs(kJobsAtOnce));
  Result<void> outcome;
  for (const std::string& id : ids) {
    const auto worked = co_await work_on(id);
    if (!worked && outcome) outcome = worked;
  }
  if (!outcome) co_return tl::unexpected(std::move(outcome).error());
  co_return !ids.empty();
}

// A page that met a change by others is done again the next time.
Task<Result<void>> Revocations::work_on(std::string id) {
  CO_TRY(auto job, co_await records_.revocation_job(std::move(id)));
  if (job->ended) co_return Result<void>();  // it was stopped since it was found
  // It would revoke everything. Nobody can have asked for that.
  if (job->filter.empty())
    co_return fail(ErrorKind::internal, "the revocation job " + job->id + " has no filter");
  Changes changes;
  CO_CHECK(co_await add_page(job.value, changes));
  const bool is_forgotten = job->ended && job->by.empty();
  if (is_forgotten) {
    changes.erase(job);
  } else {
    changes.update(job);
  }
  const auto committed = co_await records_.commit(std::move(changes));
  if (!committed && !is_conflict(committed)) co_return tl::unexpected(committed.error());
  if (committed && job->ended && (!is_forgotten || job->revoked > 0)) {
    base::log::info(
        "acme.revocation_job.ended",
        {{"job", job->id}, {"examined", int64_t(job->examined)}, {"revoked", int64_t(job->revoked)}});
  }
  co_return Result<void>();
}

// Of those that the filter may be about, by the index that has the fewest. Each is in the order of serial numbers, so
// that what is issued meanwhile comes at the end, but for what is being signed: its serial number is made before.
Task<Result<std::vector<Serial>>> Revocations::serials_behind(RevocationFilter filter, Bytes position) {
  if (!filter.spki_digest.empty()) {
    co_return co_await records_.certificates_with_key(filter.spki_digest, std::move(position), kPage);
  }
  if (!filter.account.empty()) {
    co_return co_await records_.certificates_of(filter.account, std::move(position), kPage);
  }
  co_return co_await records_.certificates(std::move(position), kPage);
}

Task<Result<void>> Revocations::add_page(RevocationJob& job, Changes& changes) {
  CO_TRY(const auto serials, co_await serials_behind(job.filter, job.position));
  const Time now = clock_.now();
  const Actor by = actor_of(job);
  std::set<Bytes> met;
  for (const Serial& serial : serials) {
    auto record = co_await records_.certificate(serial);
    if (!record && record.error().kind == ErrorKind::unavailable)
      co_return tl::unexpected(std::move(record).error());
    ++job.examined;
    if (!record) {
      if (record.error().kind != ErrorKind::not_found) log_passed_over(job, serial, record.error());
      continue;
    }
    const auto issuers = issuers_.now();
    const std::string ca = issuers->ca_of(record->value);
    if (blocks_keys(job) && fits(job.filter, record->value, ca))
      CO_CHECK(co_await add_compromise_once(record->value, job, met, changes));
    if (!is_to_be_revoked(job, record->value, ca, now)) continue;
    const auto& before = (*record)->revocation;
    const Revocation revocation{before ? before->time : now, job.reason};
    place_in_crl(record->value, *issuers, urls_);
    add_revocation(*std::move(record), revocation, by, now, changes, job.id);
    ++job.revoked;
  }
  if (!serials.empty()) job.position = serials.back().octets;
  if (serials.size() < kPage) job.ended = now;
  co_return Result<void>();
}

// The certificate's key, which is blocked by now, or is in `met`, or is blocked by `changes` and in `met` afterwards.
Task<Result<void>> Revocations::add_compromise_once(IssuedCertificate certificate, const RevocationJob& job,
                                                    std::set<Bytes>& met, Changes& changes) {
  const auto parsed = parse_certificate(certificate.der);
  if (!parsed) co_return Result<void>();  // our own, which was never signed
  const Bytes digest = base::sha256(parsed->spki_der);
  CO_TRY(const bool was_blocked, co_await records_.is_blocked(digest));
  if (was_blocked || !met.insert(digest).second) co_return Result<void>();
  add_compromise(*parsed, actor_of(job), clock_.now(), changes);
  co_return Result<void>();
}

}  // namespace acmecore
