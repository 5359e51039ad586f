#pragma once

#include <boost/asio/co_spawn.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "acmecore/administration.h"
#include "tests/acmecore/authority_fixture.h"
#include "tests/acmecore/authority_model.h"

namespace acmecore::model {

// How often what has been seen, over all runs: "finalize: bad_csr", "is processing".
using Counts = std::map<std::string, int>;

// What befalls the store while a step is done.
struct Fate {
  enum class Kind { none, refuses, is_full, ends } kind = Kind::none;
  size_t commits = 0;  // that go well before
};

// A thing that happens to the model and to the Authority. The latter may be cut short: nothing.
struct Step {
  std::string what;
  std::function<Outcome(World&)> in_model;
  std::function<std::optional<Outcome>()> in_authority;
  bool in_order = true;  // its commits come one behind the other
  bool may_fail = true;
};

// Lets what a seed says happen to an Authority and to the model of it, and compares them.
//
// To compare all there is takes ten times as long as a step, and what differs mostly stays so. So that is done behind
// each end of the process, behind the last step, and of the others behind one in `steps_per_look`, chosen by the seed;
// 1: behind every step.
class ModelRun final : public AuthorityTest {
 public:
  ModelRun(uint32_t seed, size_t steps_per_look, Counts& counts);

  // Until something differs, which is a failure of the test.
  void play(int steps);

  // The steps so far, one a line.
  const std::string& history() const { return history_; }

 private:
  void TestBody() override {}

  Rules rules();
  size_t below(size_t end) { return chance_() % end; }
  bool one_in(size_t times) { return below(times) == 0; }
  size_t of(size_t size);
  size_t actor_of(size_t owner);

  Fate next_fate();
  Step next_step();
  void carry_out(Step step, Fate fate);
  void arm(const Fate& fate);
  void disarm();
  void hang_behind(size_t commits);
  void end_process();

  // The result of a task; nothing: it never came to its end. What waits for the gate goes on behind it.
  template <class T>
  std::optional<base::Result<T>> attempt(base::Task<base::Result<T>> task) {
    const auto result = std::make_shared<std::optional<base::Result<T>>>();
    const auto keep = [result](std::exception_ptr, base::Result<T> done) { *result = std::move(done); };
    boost::asio::co_spawn(*io_, std::move(task), keep);
    run_background();
    return std::move(*result);
  }
  template <class T>
  std::optional<Outcome> outcome(base::Task<base::Result<T>> task) {
    const auto result = attempt(std::move(task));
    if (!result) return std::nullopt;
    return *result ? Outcome() : Outcome(result->error().kind);
  }
  // As `account`, which the edge has looked at before.
  template <class Ask>
  std::function<std::optional<Outcome>()> asked_by(size_t account, Ask ask) {
    return [this, account, ask]() -> std::optional<Outcome> {
      const auto stored = run(records_.account(world_.accounts[account].id));
      if (!stored) return Outcome(base::ErrorKind::account_does_not_exist);
      if (stored->value.status != AccountStatus::valid) return Outcome(base::ErrorKind::account_not_valid);
      return outcome(ask(stored->value));
    };
  }

  Step new_account();
  Step deactivate_account();
  Step change_key();
  Step new_order();
  Step new_authorization();
  Step respond();
  Step deactivate_authorization();
  Step finalize();
  Step revoke();
  Step revoke_by_key();
  Step disable_account();
  Step revoke_authorization();
  Step advance();
  Step sweep();
  Step sweep_authorizations();
  Step swept(std::string what, base::Task<base::Result<bool>> (Authority::*sweep)(),
             void (World::*in_model)());
  Step change_rules();
  Step move_gate();
  Step change_dns();

  base::Task<base::Result<KeyChangeResult>> changed_key(Account account, size_t key);
  void publish(size_t authorization, size_t key);
  base::Bytes csr(const std::vector<std::string>& names, CsrKind kind, size_t key, size_t account);

  // authority_model_compare.cpp
  void learn_ids();
  void learn_order(ModelOrder& order);
  void learn_authorization(ModelAuthorization& authorization);
  void learn_certificate();
  void compare();
  void compare_account(size_t index);
  void compare_authorization(const ModelAuthorization& expected);
  void compare_order(const ModelOrder& expected);
  void compare_certificates();
  void use_serial(const Serial& serial, const std::string& order);
  template <class Status>
  void see(std::map<std::string, Status>& seen, const std::string& id, Status status);

  std::mt19937 chance_;
  std::mt19937 looks_;  // of its own: how often we look changes nothing of what happens
  const size_t steps_per_look_;
  bool process_ended_ = false;  // since the last look
  Counts& counts_;
  Rules rules_of_run_;
  World world_;
  Administration administration_{records_, clock_};
  std::string history_;
  std::vector<std::pair<std::string, std::string>> published_;
  std::map<std::pair<std::vector<std::string>, size_t>, base::Bytes> csrs_;
  std::vector<IssuedCertificate> certificates_;  // of world_.certificates, as they were issued
  std::map<base::Bytes, std::string> used_;      // serials that were ever decided on, and for which order
  std::map<std::string, AccountStatus> accounts_seen_;
  std::map<std::string, OrderStatus> orders_seen_;
  std::map<std::string, AuthorizationStatus> authorizations_seen_;
  std::map<std::string, ChallengeStatus> challenges_seen_;
};

// Pools that all runs share, for keys are slow to make.
inline constexpr size_t kAccountKeys = 6;
inline constexpr size_t kCertificateKeys = 4;
const ClientKey& account_key(size_t index);
EVP_PKEY* certificate_key(size_t index);

}  // namespace acmecore::model
