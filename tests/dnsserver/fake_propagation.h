#pragma once

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <functional>
#include <semaphore>
#include <string>
#include <utility>
#include <vector>

#include "dnsserver/propagation.h"

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

// Sees what the test wrote down, one sighting a look; the last is what stays. Finding, looking, asking about denials and
// pausing move its clock.
class FakePropagation final : public Propagation {
 public:
  explicit FakePropagation(Time start) : clock_(start) {}

  base::Task<Result<std::vector<FoundServer>>> find_servers(Name apex, GivenUp) override {
    found_at_.push_back(clock_.now());
    begun_.release();
    if (find_fails_) co_return base::fail(base::ErrorKind::unavailable, apex.text() + " cannot be read");
    co_return servers_;
  }
  base::Task<std::vector<AddressSeen>> look(std::vector<FoundServer> servers, Name, Bytes,
                                            GivenUp given_up) override {
    looked_at_.push_back(clock_.now());
    asked_.push_back(std::move(servers));
    clock_.advance(look_takes_);
    given_up_.push_back(given_up());
    auto sighting = sightings_.front();
    if (sightings_.size() > 1) sightings_.pop_front();
    for (AddressSeen& address : sighting)
      address.when = clock_.now();
    co_return sighting;
  }
  base::Task<std::chrono::seconds> denied_for(Name, std::vector<FoundServer>, GivenUp given_up) override {
    ++denial_questions_;
    clock_.advance(denials_take_);
    denials_given_up_ = given_up();
    const auto denial = denials_.front();
    if (denials_.size() > 1) denials_.pop_front();
    co_return denial;
  }
  // Lets others run meanwhile.
  base::Task<> pause(std::chrono::milliseconds duration) override {
    clock_.advance(duration);
    on_pause_(duration);
    longest_pause_ = std::max(longest_pause_, duration);
    co_await boost::asio::post(boost::asio::use_awaitable);
  }

  base::ManualClock clock_;
  std::vector<FoundServer> servers_;
  std::deque<std::vector<AddressSeen>> sightings_;
  std::deque<std::chrono::seconds> denials_{std::chrono::seconds(0)};
  std::chrono::milliseconds look_takes_{0};
  std::chrono::milliseconds denials_take_{0};
  std::function<void(std::chrono::milliseconds)> on_pause_ = [](auto) {};
  bool find_fails_ = false;
  bool gone_ = false;

  std::counting_semaphore<> begun_{0};  // once more each time that somebody looks for the servers
  std::vector<Time> found_at_;
  std::vector<Time> looked_at_;
  std::vector<std::vector<FoundServer>> asked_;
  std::vector<bool> given_up_;  // for each look, at its end
  int denial_questions_ = 0;
  bool denials_given_up_ = false;
  std::chrono::milliseconds longest_pause_{0};
};

}  // namespace dnsserver
