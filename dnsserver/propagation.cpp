#include "dnsserver/propagation.h"

#include <algorithm>

namespace dnsserver {

using base::Task;

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

base::Error not_served(const Name& owner, const std::vector<AddressSeen>& addresses,
                       std::chrono::milliseconds timeout) {
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

}  // namespace

Task<Result<ServedEverywhere>> await_served(Propagation& propagation, const base::Clock& clock, Name apex,
                                            Name owner, Bytes value, Patience patience) {
  const Time start = clock.now();
  const Time deadline = start + patience.timeout;
  const Time look_until = start + std::max(patience.timeout, kLookMin);
  const GivenUp given_up = [&clock, look_until, gone = patience.gone] {
    return clock.now() >= look_until || gone();
  };
  std::chrono::seconds kept = kOlderRRsetKept;
  ServedEverywhere served;
  for (;;) {
    CO_TRY(Sighting sighting, co_await propagation.look(apex, owner, value, given_up));
    kept = std::max(kept, sighting.denied_for);
    keep_first_times(served.addresses, sighting.addresses);
    served.addresses = std::move(sighting.addresses);
    const Time now = clock.now();
    if (is_everywhere(served.addresses)) {
      served.safe_to_validate = now + kept;
      co_return served;
    }
    if (now >= deadline || patience.gone())
      co_return tl::unexpected(not_served(owner, served.addresses, patience.timeout));
    co_await propagation.pause(kLookInterval);
  }
}

}  // namespace dnsserver
