#include "acmecore/approval.h"

#include <algorithm>

#include "acmecore/stored_time.h"
#include "acmecore/text_line.h"
#include "assay/stored/v1/acme.pb.h"

namespace acmecore {

using base::Error;
using base::ErrorKind;
using base::fail;
using base::Time;

Error not_approved_in_time(const Approval& approval) {
  return {ErrorKind::unauthorized,
          "the order needed the approval of a person, who did not give it before " +
              base::rfc3339(approval.until),
          {}};
}

Error rejected(std::string_view reason) {
  return {ErrorKind::rejected_identifier,
          "the order needed the approval of a person, who rejected it: " + std::string(reason),
          {}};
}

Error ended_with_account(AccountStatus status) {
  return {ErrorKind::unauthorized,
          "the order needed the approval of a person, and before that its account became " +
              std::string(name_of(status)),
          {}};
}

base::Result<void> check_reason(std::string_view reason) {
  if (reason.empty()) return fail(ErrorKind::malformed, "the reason is empty");
  return check_line("reason", reason, kReasonMax);
}

std::chrono::seconds time_to_wait(const Approval& approval, Time now) {
  const auto left = std::chrono::ceil<std::chrono::seconds>(approval.until - now);
  return std::clamp(left, std::chrono::seconds(1), std::chrono::seconds(kApprovalPoll));
}

void put(const Approval& approval, assay::stored::v1::Order_Approval& message) {
  message.set_csr_digest(approval.csr_digest);
  message.set_spki(approval.spki_der);
  message.set_asked_ms(milliseconds(approval.asked));
  message.set_until_ms(milliseconds(approval.until));
  message.set_decided_ms(milliseconds(approval.decided));
  message.set_by(approval.by);
}

Approval approval_of(const assay::stored::v1::Order_Approval& message) {
  Approval approval;
  approval.csr_digest = message.csr_digest();
  approval.spki_der = message.spki();
  approval.asked = time_of(message.asked_ms());
  approval.until = time_of(message.until_ms());
  approval.decided = optional_time(message.decided_ms());
  approval.by = message.by();
  return approval;
}

}  // namespace acmecore
