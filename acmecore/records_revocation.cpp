#include <algorithm>
#include <cassert>
#include <set>
#include <utility>

#include "acmecore/records.h"
#include "acmecore/table_key.h"
#include "storage/expiry.h"
#include "storage/tables.h"

// What is revoked, which CRL has it, and what is being revoked.
namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;
using base::Task;
using base::Time;
namespace table = storage::table;

namespace {

// What one sweep removes at the most.
constexpr size_t kSweptJobsMax = 1000;

Bytes revoked_key(const CrlShard& shard, const Serial& serial) {
  return key_in(table::kRevoked, shard_key(shard)) + serial.octets;
}

Bytes unrecorded_key(const std::string& ca, const Serial& serial) {
  return key_in(table::kUnrecorded, ca) + serial.octets;
}

// Before all others while something is to be done for it.
constexpr Time kAtOnce{};
Time due_time(const RevocationJob& job) { return job.ended ? *job.ended + kRevocationJobRetention : kAtOnce; }

// The first shard of the CA behind `after` that `table` has a key of.
Task<Result<std::optional<CrlShard>>> next_shard(storage::Store& store, char table, std::string ca,
                                                 std::optional<CrlShard> after) {
  storage::Range range;
  range.prefix = key_in(table, ca);
  range.limit = 1;
  // No serial is so long, nor begins like that.
  if (after) range.after = key_in(table, shard_key(*after)) + Bytes(kSerialSizeMax + 1, '\xff');
  CO_TRY(const auto entries, co_await store.list(std::move(range)));
  if (entries.empty()) co_return std::nullopt;
  const Bytes& key = entries.front().key;
  co_return parse_shard_key(BytesView(key).substr(1, shard_key({ca, 0}).size()));
}

}  // namespace

void Changes::revoke(const Stored<IssuedCertificate>& certificate) {
  assert(certificate->revocation);
  use_reserve();
  update(certificate);
  batch_.puts.push_back({revoked_index_key(certificate->not_after, certificate->serial), {}});
  if (!certificate->crl) return;
  use_reserve();
  const RevokedRecord revoked{certificate->serial, *certificate->revocation, certificate->not_after};
  batch_.puts.push_back({revoked_key(*certificate->crl, revoked.serial), encode(revoked)});
}

void Changes::put_into_crl(const CrlShard& shard, const RevokedRecord& revoked) {
  use_reserve();
  batch_.puts.push_back({revoked_key(shard, revoked.serial), encode(revoked)});
  batch_.puts.push_back({unrecorded_key(shard.ca, revoked.serial), encode(revoked)});
}

void Changes::drop_from_crl(const CrlShard& shard, const Serial& serial) {
  use_reserve();
  batch_.deletes.push_back(revoked_key(shard, serial));
  batch_.deletes.push_back(unrecorded_key(shard.ca, serial));
}

void Changes::update(const CrlShard& shard, const Stored<CrlState>& state) {
  use_reserve();
  update(key_in(table::kCrl, shard_key(shard)), state.revision, encode(state.value));
}

void Changes::create(const RevocationJob& job) {
  use_reserve();
  create(key_in(table::kRevocationJob, job.id), encode(job), due_time(job));
}

void Changes::update(const Stored<RevocationJob>& job) {
  use_reserve();
  update(key_in(table::kRevocationJob, job->id), job.revision, encode(job.value), due_time(job.value));
}

void Changes::erase(const Stored<RevocationJob>& job) {
  erase(key_in(table::kRevocationJob, job->id), job.revision);
}

Task<Result<std::vector<RevokedRecord>>> Records::revoked(CrlShard shard, Bytes after, size_t limit) {
  storage::Range range;
  range.prefix = key_in(table::kRevoked, shard_key(shard));
  range.after = range.prefix + after;
  range.limit = limit;
  const size_t prefix_size = range.prefix.size();
  CO_TRY(const auto entries, co_await store_.list(std::move(range)));
  std::vector<RevokedRecord> found;
  for (const storage::Entry& entry : entries) {
    Serial serial{entry.key.substr(prefix_size)};
    CO_TRY(auto revoked, decode_revoked(std::move(serial), entry.value));
    found.push_back(std::move(revoked));
  }
  co_return found;
}

Task<Result<std::optional<Revocation>>> Records::unrecorded_revocation(std::string ca, Serial serial) {
  CO_TRY(const auto entry, co_await store_.get(unrecorded_key(ca, serial)));
  if (!entry) co_return std::nullopt;
  CO_TRY(const RevokedRecord revoked, decode_revoked(std::move(serial), entry->value));
  co_return revoked.revocation;
}

Task<Result<Stored<CrlState>>> Records::crl_state(CrlShard shard) {
  CO_TRY(const auto entry, co_await store_.get(key_in(table::kCrl, shard_key(shard))));
  if (!entry) co_return Stored<CrlState>{{}, storage::kAbsent};
  CO_TRY(CrlState state, decode_crl_state(entry->value));
  co_return Stored<CrlState>{std::move(state), entry->revision};
}

Task<Result<std::vector<CrlShard>>> Records::crl_shards(std::string ca) {
  std::set<CrlShard> found;
  for (const char table : {table::kCrl, table::kRevoked}) {
    std::optional<CrlShard> last;
    do {
      CO_TRY(last, co_await next_shard(store_, table, ca, last));
      if (last) found.insert(*last);
    } while (last);
  }
  co_return std::vector<CrlShard>(found.begin(), found.end());
}

Task<Result<Stored<RevocationJob>>> Records::revocation_job(std::string id) {
  CO_TRY(const auto entry, co_await store_.get(key_in(table::kRevocationJob, id)));
  if (!entry) co_return fail(ErrorKind::not_found, "there is no such revocation job");
  CO_TRY(RevocationJob job, decode_revocation_job(std::move(id), entry->value));
  co_return Stored<RevocationJob>{std::move(job), entry->revision};
}

Task<Result<std::vector<RevocationJob>>> Records::revocation_jobs(std::string after, size_t limit) {
  storage::Range range;
  range.prefix = Bytes(1, table::kRevocationJob);
  range.after = key_in(table::kRevocationJob, after);
  range.limit = limit;
  CO_TRY(const auto entries, co_await store_.list(std::move(range)));
  std::vector<RevocationJob> jobs;
  for (const storage::Entry& entry : entries) {
    CO_TRY(auto job, decode_revocation_job(entry.key.substr(1), entry.value));
    jobs.push_back(std::move(job));
  }
  co_return jobs;
}

Task<Result<std::vector<std::string>>> Records::unfinished_revocation_jobs(size_t limit) {
  CO_TRY(const auto due, co_await store_.expired(Bytes(1, table::kRevocationJob), kAtOnce, limit));
  std::vector<std::string> ids;
  for (const storage::Expectation& one : due)
    ids.push_back(one.key.substr(1));
  co_return ids;
}

Task<Result<bool>> Records::sweep_revocation_jobs(Time now) {
  // Those that go on are due since 1970 and are passed over; where there are very many, the others wait for them.
  CO_TRY(const auto unfinished, co_await unfinished_revocation_jobs(kSweptJobsMax));
  if (unfinished.size() == kSweptJobsMax) co_return false;
  CO_TRY(const auto due,
         co_await store_.expired(Bytes(1, table::kRevocationJob), now, unfinished.size() + kSweptJobsMax));
  storage::Batch removed;
  for (const storage::Expectation& one : due) {
    if (std::ranges::find(unfinished, one.key.substr(1)) != unfinished.end()) continue;
    removed.expected.push_back(one);
    removed.deletes.push_back(one.key);
  }
  const size_t count = removed.deletes.size();
  if (count > 0) CO_CHECK(co_await store_.commit(std::move(removed)));
  co_return count == kSweptJobsMax;
}

}  // namespace acmecore
