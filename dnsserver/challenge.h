#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "base/name.h"
#include "base/time.h"

namespace dnsserver {

using base::Bytes;
using base::Name;
using base::Result;
using base::Time;

// One character-string (RFC 1035 §3.3).
inline constexpr size_t kChallengeValueSizeMax = 255;
// Live values of all credentials at one name: certificates with some names under one CNAME target need ten.
inline constexpr size_t kChallengesPerNameMax = 100;
inline constexpr size_t kCredentialSizeMax = 256;
inline constexpr size_t kTagSizeMax = 128;
inline constexpr std::chrono::milliseconds kChallengeLifetimeDefault = std::chrono::hours(1);
inline constexpr std::chrono::milliseconds kChallengeLifetimeMax = std::chrono::days(30);
// Of the TXT RRset where a challenge stands. The next order has another value.
inline constexpr uint32_t kChallengeTtl = 5;

// One TXT value that a certificate authority looks for (RFC 8555 §8.4). It belongs to the credential that
// published it, under a tag: the same value of two credentials, or under two tags, is two challenges and one
// record.
struct Challenge {
  std::string credential;
  Name owner;
  Bytes value;
  Time created = {};
  Time expires = {};
  std::string tag = {};  // the client's or the order's; most have none

  bool operator==(const Challenge&) const = default;
};

inline bool is_live(const Challenge& challenge, Time now) { return now < challenge.expires; }

// malformed: a value of no or too many octets, a credential likewise, too long a tag, a wildcard owner, or
// a time to expire that has passed or lies too far ahead.
Result<void> check_challenge(const Challenge& challenge, Time now);

}  // namespace dnsserver
