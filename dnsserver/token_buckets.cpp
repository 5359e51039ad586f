#include "dnsserver/token_buckets.h"

#include <algorithm>

namespace dnsserver {

double TokenBuckets::tokens_at(const Bucket& bucket, Rate rate, base::Time now) {
  const double minutes = std::chrono::duration<double, std::ratio<60>>(now - bucket.at).count();
  // A clock that was set back adds nothing.
  return std::min<double>(rate.burst, bucket.tokens + std::max(0.0, minutes) * rate.per_minute);
}

bool TokenBuckets::take(const std::string& key, Rate rate, base::Time now) {
  auto found = buckets_.find(key);
  if (found == buckets_.end()) {
    if (buckets_.size() >= keys_max_) {
      buckets_.erase(by_use_.back());
      by_use_.pop_back();
    }
    by_use_.push_front(key);
    found = buckets_.emplace(key, Bucket{double(rate.burst), now, by_use_.begin()}).first;
  } else {
    by_use_.splice(by_use_.begin(), by_use_, found->second.used);
  }
  Bucket& bucket = found->second;
  bucket.tokens = tokens_at(bucket, rate, now);
  bucket.at = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

bool TokenBuckets::has_token(const std::string& key, Rate rate, base::Time now) const {
  const auto found = buckets_.find(key);
  return found == buckets_.end() ? rate.burst > 0 : tokens_at(found->second, rate, now) >= 1;
}

}  // namespace dnsserver
