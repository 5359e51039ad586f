#include "acmecore/revocation.h"

#include <algorithm>
#include <array>
#include <string>

namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;

namespace {

struct Reason {
  RevocationReason reason;
  std::string_view name;
  bool is_subscribers;
};

constexpr std::array<Reason, 6> kReasons{{
    {RevocationReason::unspecified, "unspecified", true},
    {RevocationReason::key_compromise, "keyCompromise", true},
    {RevocationReason::affiliation_changed, "affiliationChanged", true},
    {RevocationReason::superseded, "superseded", true},
    {RevocationReason::cessation_of_operation, "cessationOfOperation", true},
    {RevocationReason::privilege_withdrawn, "privilegeWithdrawn", false},
}};

const Reason* find(int64_t code) {
  const auto found = std::ranges::find(kReasons, code, [](const Reason& one) { return int64_t(one.reason); });
  return found == kReasons.end() ? nullptr : &*found;
}

}  // namespace

Result<RevocationReason> parse_reason(std::optional<int64_t> code) {
  const int64_t value = code.value_or(0);
  const Reason* known = find(value);
  if (known != nullptr && known->is_subscribers) return known->reason;
  return fail(ErrorKind::bad_revocation_reason,
              "the reason " + std::to_string(value) +
                  " is not one that a subscriber may give; these are: 0 (unspecified), 1 (keyCompromise), 3 "
                  "(affiliationChanged), 4 (superseded), 5 (cessationOfOperation)");
}

std::optional<RevocationReason> reason_with_code(int64_t code) {
  const Reason* known = find(code);
  if (known == nullptr) return std::nullopt;
  return known->reason;
}

std::string_view name_of(RevocationReason reason) { return find(int64_t(reason))->name; }

Result<RevocationReason> parse_reason_name(std::string_view name) {
  std::string all;
  for (const Reason& known : kReasons) {
    if (known.name == name) return known.reason;
    all += (all.empty() ? "" : ", ") + std::string(known.name);
  }
  return fail(ErrorKind::malformed, "\"" + std::string(name) + "\" is no reason; there are " + all);
}

}  // namespace acmecore
