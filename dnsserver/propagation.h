#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "base/endpoint.h"
#include "base/error.h"
#include "base/task.h"
#include "base/time.h"
#include "dnsserver/challenge.h"

namespace dnsserver {

// How long a caller may wait, and does where it does not say.
inline constexpr std::chrono::milliseconds kWaitDefault = std::chrono::minutes(1);
inline constexpr std::chrono::milliseconds kWaitMax = std::chrono::minutes(10);
// Between the first two looks; twice as long between the next two, and so on.
inline constexpr std::chrono::milliseconds kLookIntervalMin{250};
inline constexpr std::chrono::milliseconds kLookIntervalMax{4000};
// A look has as long, even where the caller would wait less.
inline constexpr std::chrono::milliseconds kLookMin{1000};
// For as long it is good who the name servers are. To find them costs a walk by the resolver that validations need.
inline constexpr std::chrono::seconds kFoundServersKept{10};
// To find out what denials are kept for has as long where the value is everywhere.
inline constexpr std::chrono::seconds kDenialPatience{5};

// What one address of a zone's name servers says about a value.
struct AddressSeen {
  std::string server;   // the name server's name
  std::string address;  // "192.0.2.53:53"; empty: the name has none
  bool serves = false;
  std::string said;  // "TXT \"old\"", "no answer within 2 s"
  Time when = {};

  bool operator==(const AddressSeen&) const = default;
};

// A name server of a zone, and where its name leads.
struct FoundServer {
  Name name;
  std::vector<base::Endpoint> endpoints = {};  // none: `why` says why
  std::string why = {};                        // "NXDOMAIN"

  bool operator==(const FoundServer&) const = default;
};

// True once nobody waits for the result any more. From any thread.
using GivenUp = std::function<bool()>;

// Looks at the outside of our zones, as resolvers see it.
class Propagation {
 public:
  virtual ~Propagation() = default;

  // The name servers of the zone, by a resolver. Once given up, what is left is not looked up and has no address.
  // unavailable: it could not.
  virtual base::Task<Result<std::vector<FoundServer>>> find_servers(Name apex, GivenUp given_up) = 0;

  // Asks every address of them for the TXT RRset at `owner`. Once given up, what is left is not asked and does not
  // serve. A server without an address does not, either.
  virtual base::Task<std::vector<AddressSeen>> look(std::vector<FoundServer> servers, Name owner, Bytes value,
                                                    GivenUp given_up) = 0;

  // For how long resolvers may keep that nothing was there, as those that are asked say: the zone's servers, and
  // those of the zone above that do not delegate the zone. Once given up, what is left is not asked.
  virtual base::Task<std::chrono::seconds> denied_for(Name apex, std::vector<FoundServer> servers,
                                                      GivenUp given_up) = 0;

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
// address that does not, say what it says instead. Those of Propagation::find_servers. It ends soon after its caller
// has gone: what was asked by then is waited for. What it refers to outlives it.
base::Task<Result<ServedEverywhere>> await_served(Propagation& propagation, const base::Clock& clock,
                                                  Name apex, Name owner, Bytes value, Patience patience);

}  // namespace dnsserver
