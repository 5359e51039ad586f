#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/task.h"
#include "base/time.h"
#include "validator/doctor/answers.h"
#include "validator/doctor/attended.h"
#include "validator/doctor/caa_policy.h"
#include "validator/doctor/credential.h"
#include "validator/doctor/cut.h"
#include "validator/doctor/own_server.h"
#include "validator/doctor/parent.h"
#include "validator/doctor/views.h"
#include "validator/doctor/write_path.h"
#include "validator/pause.h"
#include "validator/prober.h"
#include "validator/resolver.h"
#include "validator/zone_finder.h"

namespace validator::doctor {

// What everything that the checks look at is gathered with.
struct Instruments {
  Resolver& resolver;
  Prober& prober;
  OwnServer& own;
  Pause& pause;
  const base::Clock& clock;
  AskAll ask_all;
  std::vector<StubZone> stubs;  // the resolver's
  // Whether strangers can reach an address at all.
  std::function<bool(const base::Endpoint&)> is_public = [](const base::Endpoint&) { return true; };
};

// Our own zones are asked where we listen, stub zones where they are. `with` outlives it.
ServerPorts ports_of(const Instruments& with);

// Looks for what the checks want to know, one question after the other, and decides nothing. Each function's work
// is bounded: kServerAddressesMax addresses a zone, and an address that answers neither UDP nor TCP is not asked
// again. Failures of others are what they are looked at for, and part of what was seen.
class Gatherer {
 public:
  // What `instruments` refer to outlives the gatherer. Once `gone`, what is left to ask is not asked.
  Gatherer(const Instruments& instruments, Gone gone);
  Gatherer(const Gatherer&) = delete;
  Gatherer& operator=(const Gatherer&) = delete;

  // `credential`: the id of a registered one, to whose name to lead; or empty.
  base::Task<ParentSeen> parent(base::Name challenge, std::string credential);
  base::Task<CredentialSeen> credential(base::Name owner, std::string credential);
  // The cut above `apex`; `parent`: the zone above, where it is known.
  base::Task<CutSeen> cut(base::Name apex, std::optional<FoundZone> parent);
  // By those of `children` that answer at all.
  base::Task<AnswersSeen> answers(base::Name owner, base::Name apex, std::vector<ChildServer> children,
                                  ParentSeen parent);
  base::Task<CaaSeen> caa(base::Name identifier, bool wildcard, ParentSeen parent,
                          std::vector<std::string> issuers);

  // Publishes two values and waits for them at every address, for kCanaryPatience. What was published is there
  // until end_canary(), or expires.
  base::Task<CanarySeen> begin_canary(base::Name owner, Caller caller, std::vector<ServerAddress> addresses);
  base::Task<CanarySeen> end_canary(CanarySeen canary);

  base::Task<DiscoverySeen> discovery(base::Name challenge);
  base::Task<std::vector<ResolverView>> resolvers(base::Name challenge,
                                                  std::vector<base::Endpoint> endpoints);

 private:
  base::Task<Reply> ask(base::Endpoint at, base::Name name, uint16_t type);
  base::Task<ChildServer> ask_child(ServerAddress at, base::Name apex);
  base::Task<AnsweringServer> ask_answers(ServerAddress at, base::Name owner, base::Name apex);
  base::Task<> ask_burst(base::Name owner, AnsweringServer& server);
  base::Task<> ask_children_of(std::vector<base::Name> names, CutSeen& seen);
  base::Task<> ask_children_at(const NameServer& server, CutSeen& seen);
  base::Task<NameServer> look_up_here(base::Name server, base::Name zone);
  base::Task<std::optional<FoundZone>> find_zone(base::Name name, std::string& why);

  const Gone gone_;
  AttendedResolver resolver_;
  AttendedProber prober_;
  const Instruments with_;  // with these two
  ZoneFinder finder_;
  std::string values_[2];  // of the canary
};

}  // namespace validator::doctor
