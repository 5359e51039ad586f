#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "acmecore/crl.h"
#include "acmecore/crl_files.h"
#include "acmecore/crl_shard.h"
#include "acmecore/issuers.h"
#include "acmecore/published_crls.h"
#include "acmecore/records.h"
#include "acmecore/status_urls.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/task.h"
#include "base/time.h"
#include "storage/store.h"

namespace acmecore {

// Keeps the CRLs of all issuing CAs up to date, of next and retired ones, too: one for each shard, built again soon
// after a revocation and before half of its life has passed. Until the next one is there, the last good one stays. A CA
// that comes with a rotation or a reload is taken up when something is built the next time.
//
// Numbers rise for ever. Each is greater than the one before it, as store and file know it, and no less than the time
// in seconds, so that they rise also after a backup was restored that knows of none of the latest.
//
// An entry stays until a CRL was published after its certificate's end (RFC 5280 §3.3). One that is missing before that
// end stops the next CRL of its shard, and the last one stays.
class CrlPublisher final : public storage::Follower {
 public:
  // All of these outlive the publisher. It follows no store by itself. A CA that does not signs_crls() has no new
  // ones. REQUIRES: there is an origin in `urls`.
  CrlPublisher(Records& records, const Issuers& issuers, const CrlFiles& files, const base::Clock& clock,
               StatusUrls urls, std::chrono::seconds lifetime, PublishedCrls& published);

  // Publishes the CRLs of earlier processes. What they have and the store has not, because an older backup of it was
  // restored, is revoked again: nothing is ever un-revoked. To be called once, before anything else is answered.
  // unavailable: a file cannot be read, or is no CRL of its CA.
  base::Task<base::Result<void>> open();

  // Called between two slices of work, when somebody else may run; false: it is time to end.
  using Yield = std::function<base::Task<bool>()>;

  // Builds what is due, shard after shard; one that fails is logged, and tried again after kRetryAfter, or twice as
  // long each time, up to kRetryAfterMax, where it fails once it has its number: each number is an entry of the audit
  // log. One that cannot be written is kept and written first. To be called again and again, never twice at once,
  // where it may take its time: a second for a million entries.
  base::Task<> publish_due(Yield yield);

  // Notes in which shards something was revoked.
  void follow(const storage::Batch& batch) override;

 private:
  struct Shard {
    std::optional<base::Time> changed;  // since when the latest CRL is behind; none: it is not
    base::Time rests_from{};            // not built again between the two; a clock that is set back ends it
    base::Time rests_until{};
    std::chrono::seconds rests_at_least{0};  // if it fails
  };
  struct Built {
    base::Bytes entries;
    std::vector<Serial> expired;  // of those, certificates whose time is over
    size_t count = 0;
  };

  base::Task<base::Result<void>> take_up_new();  // all that can be; the first error
  base::Task<base::Result<void>> take_up(std::string ca);
  base::Task<base::Result<void>> take_up(const CrlFiles::File& file);
  base::Task<base::Result<void>> put_back(CrlShard shard, const Crl& crl);
  base::Task<base::Result<void>> put_back(CrlShard shard, std::vector<RevokedCertificate> page);
  std::vector<CrlShard> due();
  base::Task<base::Result<void>> publish(CrlShard shard, const Yield& yield);
  base::Task<base::Result<Built>> read_entries(CrlShard shard, base::Time this_update, const Yield& yield);
  base::Task<base::Result<CrlBefore>> compare(const PublishedCrl* last, base::BytesView entries,
                                              base::Time this_update);
  base::Task<base::Result<CrlFields>> new_fields(CrlShard shard, base::Time this_update,
                                                 uint64_t& number_before);
  base::Result<void> check_key(const CrlShard& shard) const;
  base::Result<base::Bytes> sign(const CrlShard& shard, const CrlFields& fields, base::BytesView entries,
                                 const CrlBefore& before) const;
  void rest_longer(const CrlShard& shard);
  base::Result<void> put_in_place(const CrlShard& shard, base::Bytes der);
  base::Task<base::Result<void>> drop(CrlShard shard, std::vector<Serial> expired);

  Records& records_;
  const Issuers& issuers_;
  const CrlFiles& files_;
  const base::Clock& clock_;
  const StatusUrls urls_;
  const std::chrono::seconds lifetime_;
  PublishedCrls& published_;
  std::set<std::string> taken_up_;             // ca_ids
  std::map<CrlShard, base::Bytes> unwritten_;  // signed CRLs that could not be written

  // The store's thread notes what changed, and who builds takes it. Held for one look-up.
  std::mutex mutex_;
  std::map<CrlShard, Shard> shards_;
};

}  // namespace acmecore
