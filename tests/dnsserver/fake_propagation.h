#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "dnsserver/propagation.h"
#include "tests/support/gate.h"

namespace dnsserver {

// What one address of ns1.acme.test says.
inline AddressSeen seen(std::string address, bool serves, std::string said = "NXDOMAIN") {
  AddressSeen seen;
  seen.server = "ns1.acme.test.";
  seen.address = std::move(address);
  seen.serves = serves;
  seen.said = std::move(said);
  return seen;
}

// Sees what the test wrote down, one sighting a look; the last is what stays. Pausing and looking move its clock, and
// pausing is where a test can hold it.
class FakePropagation final : public Propagation {
 public:
  explicit FakePropagation(Time start) : clock_(start) {}

  base::Task<Result<Sighting>> look(Name, Name, Bytes, GivenUp given_up) override {
    ++looks_;
    clock_.advance(look_takes_);
    given_up_.push_back(given_up());
    Sighting sighting = sightings_.front();
    if (sightings_.size() > 1) sightings_.pop_front();
    for (AddressSeen& address : sighting.addresses)
      address.when = clock_.now();
    co_return sighting;
  }
  base::Task<> pause(std::chrono::milliseconds duration) override {
    clock_.advance(duration);
    co_await gate_.pass();
  }

  base::ManualClock clock_;
  std::deque<Sighting> sightings_;
  std::chrono::milliseconds look_takes_{0};
  int looks_ = 0;
  std::vector<bool> given_up_;  // for each look, at its end
  bool gone_ = false;
  support::Gate gate_;
};

}  // namespace dnsserver
