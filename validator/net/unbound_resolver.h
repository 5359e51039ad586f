#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "base/error.h"
#include "base/task.h"
#include "validator/net/unbound_options.h"
#include "validator/resolver.h"

namespace validator {

// The primary perspective: libunbound in this process, a validating resolver that walks from the root or from
// stub zones. A look-up holds no thread; all of them run on one strand.
//
// What the zones above say (NS, DS, DNSKEY) may be up to kContextAgeMax old, or their TTL if that is shorter;
// see UnboundPool for why nothing else is.
//
// REQUIRES: one at a time in a process, because libunbound keeps its log and some limits in globals; the
// process ignores SIGPIPE, because libunbound writes to TCP connections that servers may have closed.
class UnboundResolver final : public Resolver {
 public:
  // Resolves on a strand of `executor`, whose context outlives the resolver. malformed and not_found: the
  // options are wrong, and the detail says how.
  static base::Result<std::unique_ptr<UnboundResolver>> open(boost::asio::any_io_executor executor,
                                                             const UnboundOptions& options);

  // As close().
  ~UnboundResolver() override;

  // Waits while options.lookups_in_flight_max others are under way; the time of a look-up begins after that.
  // unavailable: options.lookups_waiting_max wait already.
  base::Task<base::Result<Lookup>> resolve(base::Name name, uint16_t type) override;

  // Ends every look-up, those under way too, with unavailable. From any thread; returns at once.
  void close();

 private:
  class State;
  explicit UnboundResolver(std::shared_ptr<State> state);

  std::shared_ptr<State> state_;  // shared with the look-ups under way, which may outlive the resolver
};

}  // namespace validator
