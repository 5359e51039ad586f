#include "tests/acmecore/authority_model_run.h"

#include <algorithm>
#include <array>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace acmecore::model {

using base::ErrorKind;
using base::Task;
using std::chrono::hours;
using std::chrono::seconds;

namespace {

std::string said(const Outcome& outcome) { return outcome ? std::string(base::name_of(*outcome)) : "done"; }

std::string described(const Step& step, const Fate& fate) {
  const std::string behind = std::to_string(fate.commits);
  switch (fate.kind) {
    case Fate::Kind::none: break;
    case Fate::Kind::refuses: return step.what + ", of which commit " + behind + " is refused";
    case Fate::Kind::is_full: return step.what + " while the store is full";
    case Fate::Kind::ends: return step.what + ", and the end behind commit " + behind;
  }
  return step.what;
}

}  // namespace

const ClientKey& account_key(size_t index) {
  static const auto keys = [] {
    std::vector<ClientKey> made;
    for (size_t i = 0; i < kAccountKeys; ++i)
      made.emplace_back("P-256");
    return made;
  }();
  return keys[index];
}

EVP_PKEY* certificate_key(size_t index) {
  static const auto keys = [] {
    std::array<base::PkeyHandle, kCertificateKeys> made;
    for (auto& key : made)
      key = make_p256();
    return made;
  }();
  return keys[index].get();
}

ModelRun::ModelRun(uint32_t seed, size_t steps_per_look, Counts& counts)
    : chance_(seed), looks_(seed), steps_per_look_(steps_per_look), counts_(counts), world_(rules(), kNow) {
  options_.order_lifetime = hours(6);
  options_.authorization_lifetime = hours(48);
  Profile profile;
  profile.validity.lifetime = hours(24);
  options_.profiles = profile;
  options_.authorization_reuse = std::chrono::duration_cast<seconds>(rules_of_run_.reuse);
  options_.retries = {rules_of_run_.retry_total, rules_of_run_.retry_interval};
  restart();
}

Rules ModelRun::rules() {
  rules_of_run_ = {hours(6),  hours(48), hours(24), hours(one_in(2) ? 12 : 0), seconds(one_in(2) ? 60 : 0),
                   seconds(5)};
  return rules_of_run_;
}

void ModelRun::play(int steps) {
  for (int i = 1; i <= steps && !testing::Test::HasFailure(); ++i) {
    Step step = next_step();
    carry_out(std::move(step), next_fate());
    const bool chosen = looks_() % steps_per_look_ == 0 || i == steps;
    const bool ended = std::exchange(process_ended_, false);
    if ((chosen || ended) && !testing::Test::HasFailure()) compare();
  }
}

// The newer ones more often, for they are where something goes on.
size_t ModelRun::of(size_t size) {
  return one_in(3) ? below(size) : size - 1 - below(std::min<size_t>(size, 4));
}

size_t ModelRun::actor_of(size_t owner) { return one_in(12) ? below(world_.accounts.size()) : owner; }

Fate ModelRun::next_fate() {
  const size_t roll = below(100);
  if (roll < 80) return {};
  if (roll < 88) return {Fate::Kind::refuses, below(2)};
  if (roll < 92) return {Fate::Kind::is_full, 0};
  return {Fate::Kind::ends, below(3)};
}

void ModelRun::carry_out(Step step, Fate fate) {
  if (!step.may_fail) fate = {};
  if (!step.in_order) {  // which commit is the first, nobody knows
    if (fate.kind == Fate::Kind::refuses) fate.kind = Fate::Kind::is_full;
    fate.commits = 0;
  }
  history_ += described(step, fate) + "\n";
  arm(fate);
  const Outcome expected = step.in_model(world_);
  const std::optional<Outcome> actual = step.in_authority();
  disarm();
  if (actual) {
    EXPECT_EQ(said(*actual), said(expected));
  } else {
    EXPECT_EQ(fate.kind, Fate::Kind::ends) << "there was no answer";
  }
  ++counts_[step.what.substr(0, step.what.find(' ')) + ": " + (actual ? said(*actual) : "cut short")];
  if (fate.kind == Fate::Kind::ends) end_process();
  learn_ids();
}

void ModelRun::arm(const Fate& fate) {
  switch (fate.kind) {
    case Fate::Kind::none: return;
    case Fate::Kind::refuses: {
      std::deque<std::optional<ErrorKind>> fates(fate.commits);
      fates.push_back(ErrorKind::unavailable);
      store_.next_commits(std::move(fates));
      return world_.refuse_behind(fate.commits);
    }
    case Fate::Kind::is_full: memory_.set_full(true); return world_.let_pass(0);
    case Fate::Kind::ends: hang_behind(fate.commits); return world_.let_pass(fate.commits);
  }
}

void ModelRun::disarm() {
  store_.next_commits({});
  store_.before_next_commit(nullptr);
  memory_.set_full(false);
  world_.refuse_none();
  world_.let_all_pass();
}

// So many commits go well, and all behind them never come to their end.
void ModelRun::hang_behind(size_t commits) {
  store_.before_next_commit([this, commits]() -> Task<void> {
    hang_behind(commits == 0 ? 0 : commits - 1);
    if (commits > 0) co_return;
    boost::asio::steady_timer never(co_await boost::asio::this_coro::executor);
    never.expires_at(boost::asio::steady_timer::time_point::max());
    co_await never.async_wait(boost::asio::use_awaitable);
  });
}

void ModelRun::end_process() {
  process_ended_ = true;
  restart();
  for (const auto& [name, value] : published_)
    validation_->publish(name, value);
  world_.restart();
}

}  // namespace acmecore::model
