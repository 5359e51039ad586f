#include "acmecore/audit_retention.h"

#include <algorithm>

#include "acmecore/baseline_requirements.h"

namespace acmecore {

using base::ErrorKind;
using base::Result;
using base::Task;
using base::Time;

namespace {

// Certificates that are read at once, and so many times for one answer: some milliseconds, for which others wait.
constexpr size_t kPage = 100;
constexpr int kPagesMax = 2;

// The oldest proof that a certificate which was issued then may rest on, by the limit of its own day: before a limit
// fell, older ones were good (BR 4.2.1).
Time oldest_proof(Time issued) { return issued - proof_age_limit(issued - proof_age_limit(issued)); }

}  // namespace

Task<Result<std::optional<Time>>> AuditRetention::needed_from(Time now) {
  for (int pages = 0; pages < kPagesMax; ++pages) {
    if (oldest_) {
      const auto record = co_await records_.certificate(*oldest_);
      if (record) co_return std::min<Time>(now - retention_, oldest_proof((*record)->issued));
      if (record.error().kind != ErrorKind::not_found) co_return tl::unexpected(record.error());
      position_ = oldest_->octets;
      oldest_.reset();
    }
    CO_TRY(const bool is_at_the_end, co_await look_further());
    if (is_at_the_end && !oldest_) co_return now - retention_;
  }
  co_return std::nullopt;
}

// True: there are no more certificates.
Task<Result<bool>> AuditRetention::look_further() {
  CO_TRY(const auto serials, co_await records_.certificates(position_, kPage));
  for (const Serial& serial : serials) {
    const auto record = co_await records_.certificate(serial);
    if (!record && record.error().kind != ErrorKind::not_found) co_return tl::unexpected(record.error());
    if (record && (*record)->publicly_trusted) {
      oldest_ = serial;
      co_return false;
    }
    position_ = serial.octets;
  }
  co_return serials.size() < kPage;
}

}  // namespace acmecore
