#include "dnsserver/propagation.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace dnsserver {

using base::Task;
using std::chrono::milliseconds;

namespace {

constexpr std::chrono::seconds kOlderRRsetKept{kChallengeTtl};

bool is_everywhere(const std::vector<AddressSeen>& addresses) {
  return !addresses.empty() && std::ranges::all_of(addresses, &AddressSeen::serves);
}

// An address that served it before has done so since then.
void keep_first_times(const std::vector<AddressSeen>& before, std::vector<AddressSeen>& now) {
  for (AddressSeen& seen : now) {
    const auto is_same = [&](const AddressSeen& other) {
      return other.serves && other.server == seen.server && other.address == seen.address;
    };
    const auto same = std::ranges::find_if(before, is_same);
    if (seen.serves && same != before.end()) seen.when = same->when;
  }
}

base::Error not_served(const Name& owner, const std::vector<AddressSeen>& addresses, milliseconds timeout) {
  base::Error error{base::ErrorKind::unavailable, "", {}};
  error.detail = "the value at " + owner.text() + " is published, and after " +
                 std::to_string(timeout.count()) + " ms not every name server of the zone serves it";
  if (addresses.empty()) error.detail += ": the zone has none";
  for (const AddressSeen& seen : addresses) {
    if (seen.serves) continue;
    const std::string who = seen.address.empty() ? seen.server : seen.server + " (" + seen.address + ")";
    error.detail += (error.suberrors.empty() ? ": " : "; ") + who + " says " + seen.said;
    error.suberrors.push_back({base::ErrorKind::dns, seen.said, who});
  }
  return error;
}

// In short pieces, because nobody else wakes it when its caller has gone.
Task<> pause(Propagation& propagation, milliseconds duration, const GivenUp& gone) {
  for (milliseconds left = duration; left > milliseconds::zero() && !gone(); left -= kLookIntervalMin)
    co_await propagation.pause(std::min(left, kLookIntervalMin));
}

}  // namespace

Task<Result<ServedEverywhere>> await_served(Propagation& propagation, const base::Clock& clock, Name apex,
                                            Name owner, Bytes value, Patience patience) {
  const Time deadline = clock.now() + patience.timeout;
  Time ask_until = deadline + kLookMin;  // the last look begins at the deadline
  const GivenUp given_up = [&] { return clock.now() >= ask_until || patience.gone(); };
  std::chrono::seconds kept = kOlderRRsetKept;
  std::vector<FoundServer> servers;
  std::optional<Time> found;
  milliseconds interval = kLookIntervalMin;
  ServedEverywhere served;
  for (;;) {
    const Time start = clock.now();
    const bool is_due = !found || (start < deadline && start >= *found + kFoundServersKept);
    if (is_due) {
      CO_TRY(servers, co_await propagation.find_servers(apex, given_up));
      found = clock.now();
    }
    std::vector<AddressSeen> seen = co_await propagation.look(servers, owner, value, given_up);
    keep_first_times(served.addresses, seen);
    served.addresses = std::move(seen);
    const bool has_all = is_everywhere(served.addresses);
    const Time looked = clock.now();
    if (!has_all && (looked >= deadline || patience.gone()))
      co_return tl::unexpected(not_served(owner, served.addresses, patience.timeout));
    if (has_all) ask_until = std::max<Time>(ask_until, looked + kDenialPatience);
    if (is_due) {
      const auto denied_for = co_await propagation.denied_for(apex, servers, given_up);
      kept = std::max(kept, denied_for);
    }
    if (has_all) {
      served.safe_to_validate = clock.now() + kept;
      co_return served;
    }
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - clock.now());
    co_await pause(propagation, std::min(interval, left), patience.gone);
    interval = std::min(2 * interval, kLookIntervalMax);
  }
}

}  // namespace dnsserver
