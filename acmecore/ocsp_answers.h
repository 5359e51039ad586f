#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "acmecore/ocsp_request.h"
#include "base/bytes.h"
#include "base/time.h"

namespace acmecore {

// Answers that are kept; beyond, the one that was made first is forgotten. An answer takes about a kilobyte.
inline constexpr size_t kOcspAnswersMax = 100'000;

struct OcspAnswer {
  base::Bytes der;  // an OCSPResponse
  // Of an answer that anybody may keep: when it was made, and when it is to be asked for again. None where it is a
  // refusal, or for one request alone because of its nonce.
  std::optional<base::Time> this_update = {};
  std::optional<base::Time> next_update = {};
};

// An answer that was due and could not be made again is due once more so much later.
inline constexpr std::chrono::minutes kOcspRetryAfter{1};

// OCSP answers that whoever asks the same may have (RFC 5019 §2.1), by what was asked, until half of their life has
// passed, or all of it where no other one can be made, or their certificate is revoked. Thread-safe.
class OcspAnswers {
 public:
  using Answer = std::shared_ptr<const OcspAnswer>;

  explicit OcspAnswers(size_t answers_max = kOcspAnswersMax) : answers_max_(answers_max) {}

  // Null: there is none in the first half of its life. It counts as asked for.
  Answer find(const OcspCertId& id, base::Time now);
  // For who could make none: one in the second half of its life as well. Null: there is none.
  Answer find_last(const OcspCertId& id, base::Time now);

  // How many revocations were seen: to be asked before an answer is made.
  uint64_t revocations() const;
  // In the place of the one before. Not kept where there was a revocation since `revocations`, which may be of its
  // certificate and later than what it says. REQUIRES: anybody may keep the answer.
  void keep(const OcspCertId& id, Answer answer, uint64_t revocations);

  // A certificate with this serial was revoked.
  void revoked(const base::Bytes& serial);

  // At most `limit` whose half of life will have passed `ahead` of now, the oldest first: to be made again, and kept,
  // before this is asked once more. One that is not is told again after kOcspRetryAfter, until its end. What was kept
  // since it was told here, and nobody has asked for since, is forgotten.
  std::vector<OcspCertId> due(base::Time now, std::chrono::minutes ahead, size_t limit);

 private:
  struct Kept {
    OcspCertId id;
    Answer answer;
    bool is_asked_for;
    std::optional<base::Time> tried = {};  // when it was due, if nothing was kept in its place since
  };
  using ByAge = std::list<Kept>;
  using Place = ByAge::iterator;

  // The lock is held, here and below. by_age_.end(): there is none.
  Place place_of(const OcspCertId& id);
  void erase(Place place);

  const size_t answers_max_;

  // Requests come on many threads, and revocations on the store's. Held for one look-up, or for those that are due.
  mutable std::mutex mutex_;
  ByAge by_age_;  // the one that was made first in front
  // By serial; and each by the CertID that was asked with, of which there is one for each hash.
  std::unordered_map<base::Bytes, std::unordered_map<base::Bytes, Place>> places_;
  uint64_t revocations_ = 0;
};

}  // namespace acmecore
