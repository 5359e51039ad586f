#include <gmock/gmock.h>

#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include "tests/acmecore/authority_model_run.h"

// What the Authority does is what the model of RFC 8555 §7.1.6 does, whatever happens in whatever order: requests,
// time, a resolver that is slow or silent, a store that takes no more, an end of the process between any two commits.
namespace acmecore::model {
namespace {

// 10,800 steps.
constexpr uint32_t kRuns = 36;
constexpr int kSteps = 300;
constexpr size_t kStepsPerLook = 8;

uint32_t number_from(const char* variable, uint32_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : uint32_t(std::strtoul(text, nullptr, 10));
}

// ASSAY_MODEL_RUNS=n plays more runs. ASSAY_MODEL_SEED=n plays one again and compares after every step.
TEST(AuthorityModel, AgreesWithTheAuthorityWhateverHappens) {
  const uint32_t first = number_from("ASSAY_MODEL_SEED", 1);
  const bool again = std::getenv("ASSAY_MODEL_SEED") != nullptr;
  const uint32_t runs = again ? 1 : number_from("ASSAY_MODEL_RUNS", kRuns);
  Counts counts;
  for (uint32_t seed = first; seed < first + runs; ++seed) {
    ModelRun run(seed, again ? 1 : kStepsPerLook, counts);
    run.play(kSteps);
    ASSERT_FALSE(HasFailure()) << "ASSAY_MODEL_SEED=" << seed << " plays it again:\n" << run.history();
  }
  for (const auto& [what, count] : counts)
    RecordProperty(what, count);
  if (runs < kRuns) return;
  // Nothing of it was left out.
  for (const char* what : {"is pending",
                           "is ready",
                           "is processing",
                           "is valid",
                           "is invalid",
                           "is expired",
                           "is deactivated",
                           "is revoked",
                           "newOrder: done",
                           "newOrder: rejectedIdentifier",
                           "newOrder: cut short",
                           "newOrder: unavailable",
                           "newAuthz: done",
                           "newAuthz: rejectedIdentifier",
                           "respond: done",
                           "respond: malformed",
                           "respond: notFound",
                           "respond: cut short",
                           "respond: unavailable",
                           "finalize: done",
                           "finalize: orderNotReady",
                           "finalize: badCSR",
                           "finalize: cut short",
                           "finalize: unavailable",
                           "deactivateAuthorization: done",
                           "deactivateAuthorization: malformed",
                           "deactivateAccount: done",
                           "keyChange: done",
                           "keyChange: conflict",
                           "revoke: done",
                           "revoke: alreadyRevoked",
                           "revoke: unauthorized",
                           "revokeByKey: done",
                           "revokeByKey: unauthorized",
                           "disableAccount: done",
                           "disableAccount: accountNotValid",
                           "revokeAuthorization: done",
                           "revokeAuthorization: malformed",
                           "newAccount: done",
                           "newAccount: accountNotValid"}) {
    EXPECT_GT(counts[what], 0) << what;
  }
}

// The way of each status to each other, as the figures of §7.1.6 have it.
TEST(AuthorityModel, HasTheTransitionsOfTheRfcAndNoOthers) {
  using O = OrderStatus;
  using A = AuthorizationStatus;
  using C = ChallengeStatus;
  const auto ways = [](auto all) {
    std::set<std::string> ways;
    for (const auto from : all) {
      for (const auto to : all) {
        if (from != to && leads_to(from, to))
          ways.insert(std::string(name_of(from)) + ">" + std::string(name_of(to)));
      }
    }
    return ways;
  };
  EXPECT_THAT(ways(std::vector{O::pending, O::ready, O::processing, O::valid, O::invalid}),
              testing::UnorderedElementsAre("pending>ready", "pending>processing", "pending>valid",
                                            "pending>invalid", "ready>processing", "ready>valid",
                                            "ready>invalid", "processing>valid", "processing>invalid"));
  EXPECT_THAT(ways(std::vector{A::pending, A::valid, A::invalid, A::deactivated, A::expired, A::revoked}),
              testing::UnorderedElementsAre("pending>valid", "pending>invalid", "pending>deactivated",
                                            "pending>expired", "pending>revoked", "valid>deactivated",
                                            "valid>expired", "valid>revoked"));
  EXPECT_THAT(ways(std::vector{C::pending, C::processing, C::valid, C::invalid}),
              testing::UnorderedElementsAre("pending>processing", "pending>valid", "pending>invalid",
                                            "processing>valid", "processing>invalid"));
  EXPECT_THAT(ways(std::vector{AccountStatus::valid, AccountStatus::deactivated, AccountStatus::revoked}),
              testing::UnorderedElementsAre("valid>deactivated", "valid>revoked"));
}

}  // namespace
}  // namespace acmecore::model
