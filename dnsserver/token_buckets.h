#pragma once

#include <list>
#include <string>
#include <unordered_map>

#include "base/time.h"

namespace dnsserver {

// How often something may happen: `burst` at once, and `per_minute` on the long run.
struct Rate {
  uint32_t per_minute = 60;
  uint32_t burst = 60;

  bool operator==(const Rate&) const = default;
};

// A token bucket for each of many keys, as clients' addresses are. Holds the keys that were used last, at most
// `keys_max`; who is forgotten starts with a full bucket. For one thread at a time.
class TokenBuckets {
 public:
  explicit TokenBuckets(size_t keys_max) : keys_max_(keys_max) {}

  // Takes one token. False: the bucket is empty.
  bool take(const std::string& key, Rate rate, base::Time now);
  // True if take() would find a token.
  bool has_token(const std::string& key, Rate rate, base::Time now) const;

  size_t size() const { return buckets_.size(); }

 private:
  struct Bucket {
    double tokens;
    base::Time at;
    std::list<std::string>::iterator used;
  };

  static double tokens_at(const Bucket& bucket, Rate rate, base::Time now);

  const size_t keys_max_;
  std::unordered_map<std::string, Bucket> buckets_;
  std::list<std::string> by_use_;  // the last used first
};

}  // namespace dnsserver
