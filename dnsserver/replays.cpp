#include "dnsserver/replays.h"

#include <algorithm>

namespace dnsserver {

namespace {

// Enough of a MAC to tell it from any other.
constexpr size_t kMacSize = 16;
constexpr uint64_t kSweepPeriod = 10;  // seconds

Bytes shortened(const Tsig& tsig) { return tsig.mac.substr(0, kMacSize); }

uint64_t seconds(Time time) {
  return uint64_t(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
}

}  // namespace

Replays::Replays(Time start) : start_(seconds(start)) {}

Replays::Finding Replays::find(const Tsig& tsig, Time now) {
  const std::lock_guard lock(mutex_);
  forget_expired(seconds(now));
  Key& key = keys_[tsig.key_name.lowered()];
  const auto at_time = key.by_time.find(tsig.time_signed);
  if (at_time != key.by_time.end()) {
    if (const auto mac = at_time->second.find(shortened(tsig)); mac != at_time->second.end()) {
      if (!mac->second) return {Seen::under_way};
      return {Seen::carried_out, *mac->second};
    }
  }
  if (tsig.time_signed < start_ || tsig.time_signed <= key.forgotten) return {Seen::too_old};
  key.by_time[tsig.time_signed].emplace(shortened(tsig), std::nullopt);
  if (++key.count > kMacsPerKeyMax) forget_oldest(key);
  return {Seen::never};
}

void Replays::settle(const Tsig& tsig, std::optional<Rcode> rcode) {
  const std::lock_guard lock(mutex_);
  const auto key = keys_.find(tsig.key_name.lowered());
  if (key == keys_.end()) return;
  const auto at_time = key->second.by_time.find(tsig.time_signed);
  if (at_time == key->second.by_time.end()) return;
  const auto mac = at_time->second.find(shortened(tsig));
  if (mac == at_time->second.end()) return;
  mac->second = rcode;
  if (rcode) return;
  at_time->second.erase(mac);
  --key->second.count;
}

size_t Replays::size() const {
  const std::lock_guard lock(mutex_);
  size_t size = 0;
  for (const auto& [name, key] : keys_)
    size += key.count;
  return size;
}

// A whole second, so that what is not remembered is told from what never came by its time.
void Replays::forget_oldest(Key& key) {
  const auto oldest = key.by_time.begin();
  key.forgotten = std::max(key.forgotten, oldest->first);
  key.count -= oldest->second.size();
  key.by_time.erase(oldest);
}

void Replays::forget_expired(uint64_t now) {
  if (now < swept_ + kSweepPeriod) return;
  swept_ = now;
  const uint64_t fudge = uint64_t(kTsigFudgeMax.count());
  for (auto key = keys_.begin(); key != keys_.end();) {
    auto& by_time = key->second.by_time;
    while (!by_time.empty() && by_time.begin()->first + fudge < now)
      forget_oldest(key->second);
    key = by_time.empty() && key->second.forgotten + fudge < now ? keys_.erase(key) : std::next(key);
  }
}

}  // namespace dnsserver
