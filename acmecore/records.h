#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acmecore/account.h"
#include "acmecore/audit_event.h"
#include "acmecore/authorization.h"
#include "acmecore/external_account_key.h"
#include "acmecore/failing_name.h"
#include "acmecore/gcra.h"
#include "acmecore/inventory_index.h"
#include "acmecore/issued_certificate.h"
#include "acmecore/order.h"
#include "acmecore/revocation_codec.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/task.h"
#include "base/time.h"
#include "storage/store.h"
#include "storage/tables.h"

namespace acmecore {

// Orders and authorizations stay this long after they expired, so that a client that comes late learns why.
inline constexpr std::chrono::hours kExpiredRetention{24};

// Certificates stay this long after their notAfter: two years where their profile keeps the Baseline Requirements (BR
// 5.5.2).
inline constexpr std::chrono::hours kCertificateRetention{90 * 24};
inline constexpr std::chrono::hours kPublicRetention{731 * 24};

// Revocation jobs stay this long after their end, for whoever wants to know what became of them.
inline constexpr std::chrono::hours kRevocationJobRetention{90 * 24};

// Accounts that never ordered go after this, for a key of one's own making is all that such an account costs: it has no
// external account binding.
inline constexpr std::chrono::hours kUnusedAccountRetention{30 * 24};

// A record and the revision that it was read at, by which a change of it is optimistic.
template <class T>
struct Stored {
  T value;
  storage::Revision revision;

  const T* operator->() const { return &value; }
  T* operator->() { return &value; }
};

// When nothing is left to be done for a record but to remove it.
base::Time removal_time(const Account& account);  // REQUIRES: account.unused
base::Time removal_time(const Order& order);
base::Time removal_time(const Authorization& authorization);
base::Time removal_time(const IssuedCertificate& certificate);

// The ledger of audit events (storage/ledger.h).
inline constexpr char kAuditLedger[] = {storage::table::kAudit, '\0'};

// A batch in acmecore's words. Committing it fails with conflict if a record that it creates exists, or one
// that it updates, expects or erases is no longer at the revision it was read at.
class Changes {
 public:
  // With the index of its key in its directory, and of its principal if it has one.
  void create(const Account& account);
  // With its place in the list of its account.
  void create(const Order& order);
  // Here and below, with its place among what its account has proved, if it is_proved.
  void create(const Authorization& authorization);
  // With its places in the inventory: among those of its account, and by its notAfter.
  void create(const IssuedCertificate& certificate);
  void create(const ExternalAccountKey& key);

  void update(const Stored<Account>& account);
  // With its place among those that wait for a person, if it is_waiting.
  void update(const Stored<Order>& order);
  void update(const Stored<Authorization>& authorization);
  void update(const Stored<IssuedCertificate>& certificate);
  void update(const Stored<ExternalAccountKey>& key);

  // update(), once it is revoked, with its place among those, and in its CRL, if it has one. REQUIRES: it has a
  // revocation.
  void revoke(const Stored<IssuedCertificate>& certificate);
  // The place alone, of what only a CRL knows to be revoked: no certificate is recorded with this serial.
  void put_into_crl(const CrlShard& shard, const RevokedRecord& revoked);
  // What has expired leaves its CRL.
  void drop_from_crl(const CrlShard& shard, const Serial& serial);
  void update(const CrlShard& shard, const Stored<CrlState>& state);

  // With this, the inventory finds the certificate by its names and its key for as long as it is there.
  void note_subject(const IssuedCertificate& certificate, const std::vector<std::string>& dns_names,
                    base::BytesView spki_der);
  // The inventory knows this certificate, which was there before it, and at last all of them.
  void take_into_inventory(const IssuedCertificate& certificate);
  void complete_inventory();

  void create(const RevocationJob& job);
  void update(const Stored<RevocationJob>& job);
  void erase(const Stored<RevocationJob>& job);

  // Of what a rate limit is about, until it has regained everything.
  void update(base::Bytes key, const Stored<RegainedAt>& regained);

  // With its place among what is paused, if it is, until both are forgotten.
  void update(const Stored<FailingName>& failing);
  // A name that an account proved, or that a person lets it order again.
  void forget_failures(const std::string& account, const std::string& name);

  // Nothing else changes it while this is committed.
  void expect(const Stored<Account>& account);
  void expect(const Stored<Authorization>& authorization);

  // update(), when the key is not the one it had. `old_spki_der` is free for another account afterwards.
  void change_key(const Stored<Account>& account, base::BytesView old_spki_der);

  // This key is never accepted again, in an account or in a CSR; the second by SHA-256 of its SPKI.
  void block_key(base::BytesView spki_der);
  void block_key_of_digest(base::BytesView spki_digest);
  // Nobody blocks it while this is committed. To be asked after is_blocked().
  void expect_not_blocked(base::BytesView spki_der);

  // With what was created with it.
  void erase(const Stored<Account>& account);
  void erase(const Stored<Order>& order);
  void erase(const Stored<Authorization>& authorization);
  void erase(const Stored<IssuedCertificate>& certificate);
  void erase(const Stored<ExternalAccountKey>& key);

  // Its entry in the audit log, which is there if and only if all the rest is committed.
  void note(const AuditEvent& event);
  // What the next event of its kind is compared with (Records::last_event).
  void keep(const AuditEvent& event);

  // It takes something away from somebody, and is to be possible where the store is full (storage::kReserveSize). What
  // only ever does so says it by itself: revoke, block_key, whatever is about a CRL or a revocation job, and erase.
  void use_reserve() { batch_.may_use_reserve = true; }

  bool empty() const { return batch_.puts.empty() && batch_.deletes.empty() && batch_.appends.empty(); }
  storage::Batch take() && { return std::move(batch_); }

 private:
  void place(const IssuedCertificate& certificate);
  void forget_places(const IssuedCertificate& certificate);
  void create(base::Bytes key, base::Bytes value, std::optional<base::Time> due = std::nullopt);
  void update(base::Bytes key, storage::Revision revision, base::Bytes value,
              std::optional<base::Time> due = std::nullopt);
  void erase(base::Bytes key, storage::Revision revision);

  storage::Batch batch_;
};

// Typed access to what acmecore keeps in the store (docs/storage-format.md). Thread-safe, as the store is.
//
// not_found names the kind of record and no more. internal: a record that cannot be read.
class Records {
 public:
  explicit Records(storage::Store& store) : store_(store) {}

  base::Task<base::Result<Stored<Account>>> account(std::string id);
  base::Task<base::Result<Stored<Order>>> order(std::string id);
  base::Task<base::Result<Stored<Authorization>>> authorization(std::string id);
  base::Task<base::Result<Stored<IssuedCertificate>>> certificate(Serial serial);

  // Whether there is any, signed or not.
  base::Task<base::Result<bool>> has_certificates();

  // Serials of all there are, by their octets, which is by age, at most `limit` behind `after`; here and below,
  // empty: of the first ones.
  base::Task<base::Result<std::vector<Serial>>> certificates(base::Bytes after, size_t limit);
  base::Task<base::Result<std::vector<Serial>>> certificates_with_key(base::Bytes spki_digest,
                                                                      base::Bytes after, size_t limit);
  base::Task<base::Result<std::vector<Serial>>> certificates_of(std::string account, base::Bytes after,
                                                                size_t limit);

  // What a range of an index has, in order, at most `limit` behind the position `after`. Fewer: nothing follows.
  base::Task<base::Result<std::vector<IndexEntry>>> indexed(IndexRange range, base::Bytes after,
                                                            size_t limit);
  // Whether complete_inventory() was committed.
  base::Task<base::Result<bool>> is_inventory_complete();

  // What is in a CRL, or is to be, by the octets of its serials.
  base::Task<base::Result<std::vector<RevokedRecord>>> revoked(CrlShard shard, base::Bytes after,
                                                               size_t limit);
  // Of a certificate of the CA that put_into_crl() was told of, until it leaves its CRL. Nothing: of any other.
  base::Task<base::Result<std::optional<Revocation>>> unrecorded_revocation(std::string ca, Serial serial);
  // Number 0 and absent where there was no CRL yet.
  base::Task<base::Result<Stored<CrlState>>> crl_state(CrlShard shard);
  // Shards of a CA that have had a CRL, or that something is revoked in, in order.
  base::Task<base::Result<std::vector<CrlShard>>> crl_shards(std::string ca);

  base::Task<base::Result<Stored<RevocationJob>>> revocation_job(std::string id);
  // The oldest first, at most `limit` behind the id `after`; and of those that have not ended, the ids alone.
  base::Task<base::Result<std::vector<RevocationJob>>> revocation_jobs(std::string after, size_t limit);
  base::Task<base::Result<std::vector<std::string>>> unfinished_revocation_jobs(size_t limit);
  // Removes some of those that ended kRevocationJobRetention ago. True: there may be more.
  base::Task<base::Result<bool>> sweep_revocation_jobs(base::Time now);

  // Ids of accounts; nothing where there is none.
  base::Task<base::Result<std::optional<std::string>>> account_with_key(base::Bytes spki_digest,
                                                                        std::string directory);
  base::Task<base::Result<std::optional<std::string>>> account_of_principal(std::string principal);

  // Of any directory.
  base::Task<base::Result<bool>> is_account_key(base::Bytes spki_digest);

  base::Task<base::Result<bool>> is_blocked(base::Bytes spki_digest);

  base::Task<base::Result<Stored<ExternalAccountKey>>> external_account_key(std::string id);
  // The oldest first, at most `limit` behind the id `after`.
  base::Task<base::Result<std::vector<ExternalAccountKey>>> external_account_keys(std::string after,
                                                                                  size_t limit);

  // Ids of an account's orders, oldest first, at most `limit` behind the id `after`. All account ids have one
  // length.
  base::Task<base::Result<std::vector<std::string>>> orders_of(std::string account, std::string after,
                                                               size_t limit);

  // Ids of all there are, and of the orders that wait for a person (is_waiting), oldest first, at most `limit` behind
  // the id `after`.
  base::Task<base::Result<std::vector<std::string>>> account_ids(std::string after, size_t limit);
  base::Task<base::Result<std::vector<std::string>>> order_ids(std::string after, size_t limit);
  base::Task<base::Result<std::vector<std::string>>> waiting_order_ids(std::string after, size_t limit);
  base::Task<base::Result<std::vector<std::string>>> authorization_ids(std::string after, size_t limit);

  // Ids of an account's authorizations of an identifier (Identifier::text()) that are proved, also those that have
  // expired since, oldest first, at most `limit` behind the id `after`.
  base::Task<base::Result<std::vector<std::string>>> proved_authorizations(std::string account,
                                                                           std::string identifier,
                                                                           std::string after, size_t limit);

  // What asks for attention at `now`: records that are `processing`, then those that can be removed, the longest
  // expired first.
  base::Task<base::Result<std::vector<std::string>>> due_accounts(base::Time now, size_t limit);
  base::Task<base::Result<std::vector<std::string>>> due_orders(base::Time now, size_t limit);
  base::Task<base::Result<std::vector<std::string>>> due_authorizations(base::Time now, size_t limit);
  base::Task<base::Result<std::vector<Serial>>> due_certificates(base::Time now, size_t limit);
  base::Task<base::Result<std::vector<std::string>>> due_external_account_keys(base::Time now, size_t limit);

  // Of what a rate limit is about. Where nothing is known: long ago, and absent.
  base::Task<base::Result<Stored<RegainedAt>>> regained_at(base::Bytes key);

  // Forgets some of what has regained everything, and of names whose failures are to be forgotten. True: there may be
  // more.
  base::Task<base::Result<bool>> sweep_limits(base::Time now);

  // Where nothing is known: no failures, and absent.
  base::Task<base::Result<Stored<FailingName>>> failing_name(std::string account, std::string name);
  // Those that are paused, by account and name, at most `limit` behind what `after` names as "ACCOUNT NAME". No
  // account: of all. Some may have been lifted since, or be forgotten soon.
  base::Task<base::Result<std::vector<FailingName>>> paused_names(std::string account, std::string after,
                                                                  size_t limit);

  // The latest that was kept. Nothing: there was none.
  base::Task<base::Result<std::optional<AuditEvent>>> last_event(std::string kind);

  // As acmecore::secret_key.
  base::Task<base::Result<base::Bytes>> secret_key(std::string name);

  base::Task<base::Result<storage::Revision>> commit(Changes changes);

 private:
  storage::Store& store_;
};

}  // namespace acmecore
