#pragma once

#include <functional>
#include <utility>

#include "validator/prober.h"
#include "validator/resolver.h"

namespace validator::doctor {

// True once nobody waits for the result any more. From any thread.
using Gone = std::function<bool()>;

// What stands in the place of an answer to what was not asked.
inline constexpr const char* kUnasked = "nothing, because there was no time left to ask";

// Asks while somebody waits for the result; after that nothing is asked, and nothing takes time. What they refer to
// outlives them.
class AttendedResolver final : public Resolver {
 public:
  AttendedResolver(Resolver& resolver, const Gone& gone) : resolver_(resolver), gone_(gone) {}

  base::Task<base::Result<Lookup>> resolve(base::Name name, uint16_t type) override {
    if (gone_()) co_return base::fail(base::ErrorKind::unavailable, kUnasked);
    co_return co_await resolver_.resolve(std::move(name), type);
  }

 private:
  Resolver& resolver_;
  const Gone& gone_;
};

class AttendedProber final : public Prober {
 public:
  AttendedProber(Prober& prober, const Gone& gone) : prober_(prober), gone_(gone) {}

  base::Task<Reply> ask(base::Endpoint server, Query query, Transport transport) override {
    Reply unasked;
    unasked.why = kUnasked;
    if (gone_()) co_return unasked;
    co_return co_await prober_.ask(std::move(server), std::move(query), transport);
  }

 private:
  Prober& prober_;
  const Gone& gone_;
};

}  // namespace validator::doctor
