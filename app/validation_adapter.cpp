#include "app/validation_adapter.h"

#include "validator/response.h"

namespace app {

using base::Task;

namespace {

constexpr const char* kPrimary = "primary";

// "insecure", "bogus: no signature covers the answer".
std::string security_text(const validator::Lookup& lookup) {
  std::string text(name_of(lookup.security));
  if (lookup.security == validator::Security::bogus && !lookup.why.empty()) text += ": " + lookup.why;
  return text;
}

}  // namespace

acmecore::Observation to_acmecore(const validator::Observation& observation) {
  const validator::Lookup& lookup = observation.lookup;
  return {.perspective = kPrimary,
          .name = lookup.name,
          .type = validator::type_text(lookup.type),
          .asked = observation.asked,
          .took = lookup.took,
          .server = lookup.server,
          .path = lookup.path,
          .result = std::string(name_of(lookup.outcome)),
          .values = shown_values(lookup),
          .security = security_text(lookup)};
}

Task<acmecore::Verdict> ValidationAdapter::dns01(base::Name identifier, std::string expected) {
  const validator::Verdict seen = co_await dns01_.validate(std::move(identifier), std::move(expected));
  acmecore::Verdict verdict;
  verdict.outcome = seen.outcome;
  for (const validator::Observation& observation : seen.evidence)
    verdict.evidence.push_back(to_acmecore(observation));
  co_return verdict;
}

Task<base::Result<acmecore::ChallengePath>> ValidationAdapter::challenge_path(base::Name identifier) {
  auto names = co_await dns01_.challenge_path(std::move(identifier));
  if (!names) co_return tl::unexpected(std::move(names).error());
  acmecore::ChallengePath path{*std::move(names)};
  co_return path;
}

}  // namespace app
