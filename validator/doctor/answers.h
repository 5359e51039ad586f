#pragma once

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "validator/doctor/finding.h"
#include "validator/prober.h"
#include "validator/zone_finder.h"

namespace validator::doctor {

// TTL up to which a negative answer of a challenge zone does no harm worth a word.
inline constexpr uint32_t kNegativeTtlGood = 60;
// Questions that are asked of one address in a second or less, which takes several at once.
inline constexpr size_t kBurst = 50;
inline constexpr size_t kBurstPart = 8;
// Over UDP, without fragments (RFC 9715).
inline constexpr size_t kDatagramGood = 1232;

// How one address answers about the name that owns the challenge's TXT RRset.
struct AnsweringServer {
  ServerAddress at;
  Reply txt;
  std::vector<std::pair<uint16_t, Reply>> others;     // other types of the same name
  Reply random;                                       // TXT of a name below it that nobody has
  std::vector<std::pair<base::Name, Reply>> between;  // TXT of the names between it and the apex
  Reply plain;                                        // TXT without EDNS
  Reply small;                                        // TXT with an EDNS size of 512
  Reply large;                                        // TXT with 4096 and DO
  Reply next_version;                                 // EDNS version 1
  Reply unknown_option;
  size_t burst_asked = 0;  // of kBurst, until some of kBurstPart were not answered
  size_t burst_answered = 0;
  std::chrono::milliseconds burst_took{0};
};

struct AnswersSeen {
  base::Name owner;
  base::Name apex;
  std::vector<AnsweringServer> servers;
  base::Name parent;  // apex of the zone that holds the name to certify
  std::optional<uint32_t> parent_negative_ttl;
};

// For how long resolvers keep that nothing is there (RFC 2308 §5), of a SOA record; nothing: `reply` has none.
std::optional<uint32_t> negative_ttl_of(const Reply& reply);

// answers.types, answers.absent, answers.between, answers.negative_ttl, answers.case, answers.edns, answers.size,
// answers.rate.
Findings check_answers(const AnswersSeen& seen);

}  // namespace validator::doctor
