#include <algorithm>
#include <utility>

#include "base/base64url.h"
#include "base/openssl.h"
#include "base/random.h"
#include "validator/doctor/gather.h"

// The part of Gatherer that publishes.
namespace validator::doctor {

using base::Name;
using base::Task;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds kPollInterval{250};

// As a dns-01 client publishes it: a SHA-256 in base64url.
std::string random_value() { return base::base64url(base::sha256(base::random_token())); }

bool all_serve(const std::vector<Served>& servers) { return std::ranges::all_of(servers, &Served::serves); }
bool none_serves(const std::vector<Served>& servers) {
  return std::ranges::none_of(servers, &Served::serves);
}

std::vector<ServerAddress> addresses_of(const std::vector<Served>& servers) {
  std::vector<ServerAddress> addresses;
  for (const Served& server : servers)
    addresses.push_back(server.at);
  return addresses;
}

}  // namespace

Task<CanarySeen> Gatherer::begin_canary(Name owner, Caller caller, std::vector<ServerAddress> addresses) {
  CanarySeen canary;
  canary.owner = owner;
  canary.caller = caller;
  for (std::string& value : values_) {
    value = random_value();
    canary.presented = co_await with_.own.present(caller, owner, value);
    if (!canary.presented) co_return canary;
  }
  const base::Time start = with_.clock.now();
  for (;;) {
    canary.first = co_await ask_served(with_.prober, addresses, owner, values_[0]);
    canary.second = co_await ask_served(with_.prober, addresses, owner, values_[1]);
    canary.everywhere_after = with_.clock.now() - start;
    if (all_serve(canary.first) && all_serve(canary.second)) break;
    if (gone_() || canary.everywhere_after >= kCanaryPatience) break;
    co_await with_.pause.wait(kPollInterval);
  }
  co_return canary;
}

Task<CanarySeen> Gatherer::end_canary(CanarySeen canary) {
  for (const std::string& value : values_) {
    if (value.empty()) continue;
    auto removed = co_await with_.own.remove(canary.caller, canary.owner, value);
    if (!removed) canary.removed = std::move(removed);
  }
  if (!canary.presented || !canary.removed) co_return canary;
  const base::Time start = with_.clock.now();
  for (;;) {
    canary.left = co_await ask_served(with_.prober, addresses_of(canary.first), canary.owner, values_[0]);
    canary.gone_after = with_.clock.now() - start;
    if (gone_() || none_serves(canary.left) || canary.gone_after >= kCanaryPatience) break;
    co_await with_.pause.wait(kPollInterval);
  }
  co_return canary;
}

}  // namespace validator::doctor
