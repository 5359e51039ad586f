#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "acmecore/account.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

namespace assay::stored::v1 {
class Order_Approval;
}  // namespace assay::stored::v1

namespace acmecore {

// A client that asks again while an order waits for a person is told to come back after this time.
inline constexpr std::chrono::minutes kApprovalPoll{1};

// The longest reason of a rejection, in octets.
inline constexpr size_t kReasonMax = 500;

// A person's decision about an order whose finalize was accepted, and what it is about. Nothing is signed and no
// serial is taken before it.
struct Approval {
  base::Bytes csr_digest;  // SHA-256 of the CSR
  base::Bytes spki_der;    // the key to certify
  base::Time asked;
  base::Time until;                   // from then on nobody can approve it
  std::optional<base::Time> decided;  // when somebody approved or rejected it
  std::string by;                     // who that was: the name of a credential; empty: nobody

  bool operator==(const Approval&) const = default;
};

// Why an order that nobody decided about is invalid from `until` on.
base::Error not_approved_in_time(const Approval& approval);

// Why an order is invalid that somebody rejected.
base::Error rejected(std::string_view reason);

// Why an order is invalid that waited when its account became `status`, which is not valid.
base::Error ended_with_account(AccountStatus status);

// malformed: it is empty, longer than kReasonMax, or more than a line of text.
base::Result<void> check_reason(std::string_view reason);

// When it is worth asking again whether somebody has decided (Retry-After): at least a second.
std::chrono::seconds time_to_wait(const Approval& approval, base::Time now);

void put(const Approval& approval, assay::stored::v1::Order_Approval& message);
Approval approval_of(const assay::stored::v1::Order_Approval& message);

}  // namespace acmecore
