#include "acmecore/crl_publisher.h"

#include <algorithm>
#include <cassert>
#include <map>
#include <utility>

#include "acmecore/audit_event.h"
#include "acmecore/revocations.h"
#include "base/log.h"
#include "base/openssl.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;
using base::Task;
using base::Time;
using std::chrono::seconds;

namespace {

// Entries that are read at once, between which others run.
constexpr size_t kSlice = 1000;

// Changes that one commit makes at the most: small enough not to hold up the commits beside it.
constexpr size_t kCommitMax = 256;

// After a CRL was built, so many times as long as that took passes before the next of its shard: it takes a fifth of
// one processor at the most, however many revocations come.
constexpr int kRest = 4;
constexpr seconds kRetryAfter{10};
constexpr seconds kRetryAfterMax{600};

tl::unexpected<base::Error> refuse(const std::filesystem::path& file, const std::string& why) {
  return fail(
      ErrorKind::unavailable,
      "the CRL file " + file.string() + " " + why +
          ": put it back from where CRLs are served, or remove it if nothing was revoked since the store's "
          "backup");
}

// Before it is signed, as its number.
AuditEvent numbered(const CrlShard& shard, uint64_t number, Time this_update, Time next_update) {
  AuditEvent event;
  event.kind = audit_kind::kCrlNumbered;
  event.time = this_update;
  event.add("ca", shard.ca);
  event.add("shard", std::to_string(shard.number));
  event.add("crl_number", std::to_string(number));
  event.add("next_update", base::rfc3339(next_update));
  return event;
}

// REQUIRES: it is a CRL of ours.
std::shared_ptr<const PublishedCrl> published(Bytes der) {
  constexpr size_t kTagSize = 32;
  auto made = std::make_shared<PublishedCrl>();
  made->der = std::move(der);
  const auto crl = parse_crl(made->der);
  assert(crl && crl_number(*crl) && crl->next_update);
  made->number = *crl_number(*crl);
  made->this_update = crl->this_update;
  made->next_update = *crl->next_update;
  made->tag = text_of(Serial{base::sha256(crl->signature)}).substr(0, kTagSize);
  return made;
}

std::set<std::string> cas_of(const IssuerSet& issuers) {
  std::set<std::string> cas;
  for (const NamedIssuer& named : issuers.all()) {
    for (const IssuerGeneration& generation : named.generations)
      cas.insert(generation.issuer.ca());
  }
  return cas;
}

bool is_signed(const Crl& crl, const CrlShard& shard, const IssuerSet& issuers) {
  const Issuer* const issuer = issuers.find(shard.ca);
  return issuer != nullptr && issuer->signed_crl(crl);
}

// Whether new CRLs of this CA are to be made. When it has ended, so have all its certificates.
bool goes_on(const CrlShard& shard, const IssuerSet& issuers, Time now) {
  const Issuer* const issuer = issuers.find(shard.ca);
  return issuer != nullptr && issuer->signs_crls() && now <= issuer->not_after();
}

// For ever, where it is not configured any more.
Time end_of(const CrlShard& shard, const IssuerSet& issuers) {
  const Issuer* const issuer = issuers.find(shard.ca);
  return issuer == nullptr ? Time::max() : issuer->not_after();
}

}  // namespace

CrlPublisher::CrlPublisher(Records& records, const Issuers& issuers, const CrlFiles& files,
                           const base::Clock& clock, StatusUrls urls, seconds lifetime,
                           PublishedCrls& published)
    : records_(records),
      issuers_(issuers),
      files_(files),
      clock_(clock),
      urls_(std::move(urls)),
      lifetime_(lifetime),
      published_(published) {}

void CrlPublisher::follow(const storage::Batch& batch) {
  for (const storage::Put& put : batch.puts) {
    const auto revoked = parse_revoked_key(put.key);
    if (!revoked) continue;
    const std::lock_guard lock(mutex_);
    Shard& shard = shards_[revoked->shard];
    if (!shard.changed) shard.changed = clock_.now();
  }
}

Task<Result<void>> CrlPublisher::open() { co_return co_await take_up_new(); }

Task<Result<void>> CrlPublisher::take_up_new() {
  const std::set<std::string> all = cas_of(*issuers_.now());
  Result<void> outcome;
  for (const std::string& ca : all) {
    if (taken_up_.contains(ca)) continue;
    const auto taken_up = co_await take_up(ca);
    if (taken_up) taken_up_.insert(ca);
    if (!taken_up && outcome) outcome = taken_up;
  }
  co_return outcome;
}

Task<Result<void>> CrlPublisher::take_up(std::string ca) {
  CO_TRY(const auto files, files_.read(ca));
  for (const CrlFiles::File& file : files)
    CO_CHECK(co_await take_up(file));
  CO_TRY(const auto known, co_await records_.crl_shards(ca));
  const std::lock_guard lock(mutex_);
  for (uint32_t number = 0; number < urls_.crl_shards; ++number)
    shards_.try_emplace(CrlShard{ca, number});
  for (const CrlShard& shard : known)
    shards_.try_emplace(shard);
  co_return Result<void>();
}

// What was revoked when the last process ended is not known, so that each shard is built once after the start.
Task<Result<void>> CrlPublisher::take_up(const CrlFiles::File& file) {
  const auto crl = parse_crl(file.der);
  if (!crl) co_return refuse(files_.file_of(file.shard), "cannot be read (" + crl.error().detail + ")");
  if (!is_signed(*crl, file.shard, *issuers_.now()))
    co_return refuse(files_.file_of(file.shard), "is no CRL of this CA");
  const auto number = crl_number(*crl);
  if (!number || !crl->next_update) co_return refuse(files_.file_of(file.shard), "is no CRL of this CA");
  CO_TRY(const auto state, co_await records_.crl_state(file.shard));
  // A store that knows the number has everything that is in the CRL.
  if (state->number < *number) CO_CHECK(co_await put_back(file.shard, *crl));
  published_.put(file.shard, published(file.der));
  const std::lock_guard lock(mutex_);
  shards_[file.shard].changed = clock_.now();
  co_return Result<void>();
}

Task<Result<void>> CrlPublisher::put_back(CrlShard shard, const Crl& crl) {
  std::vector<RevokedCertificate> all;
  std::optional<base::Error> strange;
  const auto take = [&](const CrlEntry& entry) {
    auto revoked = revoked_certificate(entry);
    if (revoked) all.push_back(*std::move(revoked));
    if (!revoked) strange = std::move(revoked).error();
    return !strange;
  };
  auto read = for_each_entry(crl.entries.value_or(""), take);
  if (read && strange) read = tl::unexpected(*strange);
  if (!read) co_return refuse(files_.file_of(shard), "cannot be read (" + read.error().detail + ")");
  size_t done = 0;
  while (done < all.size()) {
    const size_t size = std::min(kCommitMax, all.size() - done);
    std::vector<RevokedCertificate> page(all.begin() + long(done), all.begin() + long(done + size));
    CO_CHECK(co_await put_back(shard, std::move(page)));
    done += size;
  }
  CO_TRY(auto state, co_await records_.crl_state(shard));
  CO_TRY(state->number, crl_number(crl));
  if (const auto point = distribution_point(crl)) state->distribution_points = point->uris;
  Changes changes;
  changes.update(shard, state);
  CO_CHECK(co_await records_.commit(std::move(changes)));
  base::log::warning("acme.crl.put_back", {{"ca", shard.ca},
                                           {"shard", int64_t(shard.number)},
                                           {"number", int64_t(state->number)},
                                           {"entries", int64_t(all.size())}});
  co_return Result<void>();
}

// A certificate of which the store knows nothing was issued after the backup. When it ends is not known either, so its
// entry stays for as long as the CA.
Task<Result<void>> CrlPublisher::put_back(CrlShard shard, std::vector<RevokedCertificate> page) {
  const Time now = clock_.now();
  const Time ca_ends = end_of(shard, *issuers_.now());
  Changes changes;
  std::map<Bytes, Certificate> compromised;  // by key
  for (const RevokedCertificate& one : page) {
    auto record = co_await records_.certificate(one.serial);
    if (!record && record.error().kind != ErrorKind::not_found) co_return tl::unexpected(record.error());
    if (!record) {
      changes.put_into_crl(shard, {one.serial, one.revocation, ca_ends});
      continue;
    }
    const bool is_compromise = one.revocation.reason == RevocationReason::key_compromise;
    const auto& known = (*record)->revocation;
    if (known && (!is_compromise || known->reason == one.revocation.reason)) continue;
    (*record)->crl = shard;
    const auto certificate = parse_certificate((*record)->der);
    add_revocation(*std::move(record), one.revocation, Actor(), now, changes);
    if (certificate && is_compromise) compromised.insert({certificate->spki_der, *certificate});
  }
  for (const auto& [key, certificate] : compromised)
    add_compromise(certificate, Actor(), now, changes);
  if (changes.empty()) co_return Result<void>();
  CO_CHECK(co_await records_.commit(std::move(changes)));
  co_return Result<void>();
}

std::vector<CrlShard> CrlPublisher::due() {
  const Time now = clock_.now();
  const auto issuers = issuers_.now();
  const std::lock_guard lock(mutex_);
  std::vector<CrlShard> due;
  for (const auto& [id, shard] : shards_) {
    if (!taken_up_.contains(id.ca) || !goes_on(id, *issuers, now)) continue;
    if (shard.rests_from <= now && now < shard.rests_until) continue;
    const auto crl = published_.find(id);
    if (!crl || shard.changed || now >= crl->this_update + (crl->next_update - crl->this_update) / 2)
      due.push_back(id);
  }
  return due;
}

Task<> CrlPublisher::publish_due(Yield yield) {
  if (const auto taken_up = co_await take_up_new(); !taken_up)
    base::log::error("acme.crl.not_taken_up", {{"detail", taken_up.error().detail}});
  for (const CrlShard& id : due()) {
    const Time begun = clock_.now();
    {
      const std::lock_guard lock(mutex_);
      shards_[id].changed.reset();  // what comes from now on may be too late for this one
    }
    const auto published = co_await publish(id, yield);
    const Time now = clock_.now();
    {
      const std::lock_guard lock(mutex_);
      Shard& shard = shards_[id];
      shard.rests_from = now;
      if (published) {
        shard.rests_until = now + kRest * (now - begun);
        shard.rests_at_least = seconds::zero();
      } else {
        shard.rests_until = now + std::max(kRetryAfter, shard.rests_at_least);
        if (!shard.changed) shard.changed = now;
      }
    }
    const bool goes_on = co_await yield();
    if (!goes_on) co_return;
    if (!published) {
      base::log::error("acme.crl.not_published",
                       {{"ca", id.ca}, {"shard", int64_t(id.number)}, {"detail", published.error().detail}});
    }
  }
}

// What is read is older than the number: a store that has the number has all that the CRL has.
Task<Result<void>> CrlPublisher::publish(CrlShard shard, const Yield& yield) {
  const Time this_update = std::chrono::floor<seconds>(clock_.now());
  if (const auto unwritten = unwritten_.find(shard); unwritten != unwritten_.end()) {
    Bytes der = unwritten->second;
    CO_CHECK(put_in_place(shard, std::move(der)));  // before another number is used up
  }
  CO_CHECK(check_key(shard));  // before a number is noted that nothing would be signed with
  CO_TRY(Built built, co_await read_entries(shard, this_update, yield));
  const auto last = published_.find(shard);
  CO_TRY(CrlBefore before, co_await compare(last.get(), built.entries, this_update));
  CO_TRY(const CrlFields fields, co_await new_fields(shard, this_update, before.number));
  auto der = sign(shard, fields, built.entries, before);
  if (!der) {
    rest_longer(shard);
    co_return tl::unexpected(std::move(der).error());
  }
  const size_t octets = der->size();
  CO_CHECK(put_in_place(shard, *std::move(der)));
  base::log::info("acme.crl.published", {{"ca", shard.ca},
                                         {"shard", int64_t(shard.number)},
                                         {"number", int64_t(fields.number)},
                                         {"entries", int64_t(built.count)},
                                         {"octets", int64_t(octets)}});
  co_return co_await drop(shard, std::move(built.expired));
}

Task<Result<CrlPublisher::Built>> CrlPublisher::read_entries(CrlShard shard, Time this_update,
                                                             const Yield& yield) {
  Built built;
  Bytes after;
  for (;;) {
    CO_TRY(const auto page, co_await records_.revoked(shard, after, kSlice));
    for (const RevokedRecord& revoked : page) {
      // A revocation that comes while this is read, or before the clock was set back, is told as one of now.
      const Revocation told{std::min(revoked.revocation.time, this_update), revoked.revocation.reason};
      append_entry(built.entries, {revoked.serial, told});
      if (revoked.not_after < this_update) built.expired.push_back(revoked.serial);
    }
    built.count += page.size();
    if (page.size() < kSlice) co_return built;
    after = page.back().serial.octets;
    const bool goes_on = co_await yield();
    if (!goes_on) co_return fail(ErrorKind::unavailable, "the server ends");
  }
}

// What the next one is held against: of what it lacks of the last one, which outlives the result, what has ended since.
// A certificate that is not recorded any more has ended long ago, if the last one has.
Task<Result<CrlBefore>> CrlPublisher::compare(const PublishedCrl* last, BytesView entries, Time this_update) {
  CrlBefore before;
  if (last == nullptr) co_return before;
  CO_TRY(const Crl crl, parse_crl(last->der));
  before.entries = crl.entries.value_or("");
  CO_TRY(auto missing, missing_serials(before.entries, entries));
  const Time now = std::max(this_update, last->this_update);  // if the clock was set back
  for (Bytes& octets : missing) {
    Serial serial{octets};
    const auto record = co_await records_.certificate(std::move(serial));
    if (!record && record.error().kind != ErrorKind::not_found) co_return tl::unexpected(record.error());
    const Time end = record ? (*record)->not_after : last->next_update;
    if (end < now) before.ended.push_back(std::move(octets));
  }
  co_return before;
}

// Those of the next CRL, whose number is durable.
Task<Result<CrlFields>> CrlPublisher::new_fields(CrlShard shard, Time this_update, uint64_t& number_before) {
  CO_TRY(auto state, co_await records_.crl_state(shard));
  const auto last = published_.find(shard);
  number_before = std::max(state->number, last ? last->number : 0);
  state->number = std::max(number_before + 1, uint64_t(this_update.time_since_epoch() / seconds(1)));
  std::vector<std::string>& uris = state->distribution_points;
  const std::string present = urls_.crl(shard);
  std::erase(uris, present);
  uris.insert(uris.begin(), present);
  Changes changes;
  changes.update(shard, state);
  const Time next_update = this_update + lifetime_ - seconds(1);  // which is the last second of its life
  changes.note(numbered(shard, state->number, this_update, next_update));
  CO_CHECK(co_await records_.commit(std::move(changes)));
  co_return CrlFields{uris, state->number, this_update, next_update};
}

Result<void> CrlPublisher::check_key(const CrlShard& shard) const {
  const auto issuers = issuers_.now();
  const Issuer* const issuer = issuers->find(shard.ca);
  if (issuer != nullptr) return issuer->check_key();
  return fail(ErrorKind::unavailable, "the CA is not configured any more");
}

Result<Bytes> CrlPublisher::sign(const CrlShard& shard, const CrlFields& fields, BytesView entries,
                                 const CrlBefore& before) const {
  const auto issuers = issuers_.now();
  const Issuer* const issuer = issuers->find(shard.ca);
  if (issuer != nullptr && issuer->signs_crls()) return issuer->sign_crl(fields, entries, before);
  return fail(ErrorKind::unavailable, "the CA is not configured any more, or has lost its key");
}

void CrlPublisher::rest_longer(const CrlShard& shard) {
  const std::lock_guard lock(mutex_);
  seconds& rests = shards_[shard].rests_at_least;
  rests = std::clamp(2 * rests, kRetryAfter, kRetryAfterMax);
}

// The octets stay in unwritten_ where that fails.
Result<void> CrlPublisher::put_in_place(const CrlShard& shard, Bytes der) {
  if (const auto written = files_.write(shard, der); !written) {
    unwritten_.insert_or_assign(shard, std::move(der));
    return written;
  }
  unwritten_.erase(shard);
  published_.put(shard, published(std::move(der)));
  return {};
}

Task<Result<void>> CrlPublisher::drop(CrlShard shard, std::vector<Serial> expired) {
  while (!expired.empty()) {
    Changes changes;
    for (size_t i = 0; i < kCommitMax && !expired.empty(); ++i) {
      changes.drop_from_crl(shard, expired.back());
      expired.pop_back();
    }
    CO_CHECK(co_await records_.commit(std::move(changes)));
  }
  co_return Result<void>();
}

}  // namespace acmecore
