#include "app/alias_targets_adapter.h"

namespace app {

namespace {

constexpr std::string_view kChallengeLabel = "_acme-challenge";

bool is_challenge(const base::Name& owner) {
  const auto labels = base::labels_of(owner.wire());
  return labels.size() > 1 && base::lower(labels.front()) == kChallengeLabel;
}

}  // namespace

base::Task<base::Result<base::Name>> AliasTargetsAdapter::target(base::Name owner) {
  if (!is_challenge(owner)) {
    co_return base::fail(
        base::ErrorKind::malformed,
        owner.text() + " does not begin with _acme-challenge, as names of alias zones do here");
  }
  acmecore::Validation* const validation = validation_;
  if (validation == nullptr) {
    co_return base::fail(base::ErrorKind::unavailable, "the resolver is not up yet");
  }
  CO_TRY(const acmecore::ChallengePath path, co_await validation->challenge_path(owner.parent()));
  co_return path.names.back();
}

}  // namespace app
