#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/task.h"
#include "base/time.h"
#include "dnsserver/challenge.h"

namespace dnsserver {

// How long a caller may wait, and does where it does not say.
inline constexpr std::chrono::milliseconds kWaitDefault = std::chrono::minutes(1);
inline constexpr std::chrono::milliseconds kWaitMax = std::chrono::minutes(10);
// Between two looks.
inline constexpr std::chrono::milliseconds kLookInterval{250};
// A look has as long even where the caller would wait less.
inline constexpr std::chrono::milliseconds kLookMin{1000};

// What one address of a zone's name servers says about a value.
struct AddressSeen {
  std::string server;   // the name server's name
  std::string address;  // "192.0.2.53:53"; empty: the name has none
  bool serves = false;
  std::string said;  // "TXT \"old\"", "no answer within 2 s"
  Time when = {};

  bool operator==(const AddressSeen&) const = default;
};

struct Sighting {
  std::vector<AddressSeen> addresses;
  // For how long resolvers may keep that nothing was there, as those that were asked say: in the zone, and in the
  // zone above, if a server of that does not delegate the zone.
  std::chrono::seconds denied_for{0};
};

// True once nobody waits for the result any more. From any thread.
using GivenUp = std::function<bool()>;

// Looks at the outside of our zones, as resolvers see it.
class Propagation {
 public:
  virtual ~Propagation() = default;

  // Asks every address of every name server of the zone for the TXT RRset at `owner`. Once given up, what is left is
  // not asked and does not serve. unavailable: it could not.
  virtual base::Task<Result<Sighting>> look(Name apex, Name owner, Bytes value, GivenUp given_up) = 0;
  virtual base::Task<> pause(std::chrono::milliseconds duration) = 0;
};

// A value that is served everywhere.
struct ServedEverywhere {
  std::vector<AddressSeen> addresses;  // `when`: it was first seen there
  // From then on no resolver answers with what it saw before: denials and older RRsets have left their caches.
  Time safe_to_validate;
};

// For how long to wait, and for whom: `gone` is true once the caller is not there any more.
struct Patience {
  std::chrono::milliseconds timeout = kWaitDefault;
  GivenUp gone = [] { return false; };
};

// Returns when every address serves the value. unavailable: not in time; the detail, and a suberror for each
// address that does not, say what it says instead. Those of Propagation::look. What it refers to outlives it.
base::Task<Result<ServedEverywhere>> await_served(Propagation& propagation, const base::Clock& clock,
                                                  Name apex, Name owner, Bytes value, Patience patience);

}  // namespace dnsserver
