#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "acmecore/authority.h"
#include "base/async/executor_background.h"
#include "base/log.h"
#include "storage/memory_store.h"
#include "tests/acmecore/certificate_fixtures.h"
#include "tests/acmecore/jws_fixtures.h"
#include "tests/acmecore/policy_fixture.h"
#include "tests/support/forwarding_store.h"
#include "tests/support/run_task.h"

namespace acmecore {

// Sees the TXT values that a test published. While it is closed, every question waits.
class ScriptedValidation final : public Validation {
 public:
  explicit ScriptedValidation(boost::asio::io_context& io) : gate_(io) { open(); }

  void publish(const std::string& identifier, const std::string& value) {
    values_.insert({identifier, value});
  }
  // What every question is answered with; nothing: what was published decides.
  void answer_with(std::optional<base::Error> error) { answer_ = std::move(error); }

  void close() { gate_.expires_at(boost::asio::steady_timer::time_point::max()); }
  void open() { gate_.expires_at(boost::asio::steady_timer::time_point::min()); }

  size_t asked() const { return asked_; }

  base::Task<Verdict> dns01(base::Name identifier, std::string expected) override;
  base::Task<base::Result<ChallengePath>> challenge_path(base::Name identifier) override;

 private:
  boost::asio::steady_timer gate_;
  std::set<std::pair<std::string, std::string>> values_;
  std::optional<base::Error> answer_;
  size_t asked_ = 0;
};

// A store in which others are faster: the next commits fail as a test says (each entry is taken by one commit, and
// nothing lets it pass), or something else is committed first.
class UnluckyStore final : public support::ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;

  void next_commits(std::deque<std::optional<base::ErrorKind>> fates) { fates_ = std::move(fates); }

  void before_next_commit(std::function<base::Task<void>()> intruder) { intruder_ = std::move(intruder); }

  // From now on there is no room but the reserve.
  void fill() { is_full_ = true; }

  // From now on keys that begin so cannot be read; empty: all can.
  void cannot_read(base::Bytes prefix) { unreadable_ = std::move(prefix); }

  base::Task<base::Result<std::optional<storage::Entry>>> get(base::Bytes key) override;
  base::Task<base::Result<storage::Revision>> commit(storage::Batch batch) override;

 private:
  std::deque<std::optional<base::ErrorKind>> fates_;
  base::Bytes unreadable_;
  bool is_full_ = false;
  std::function<base::Task<void>()> intruder_;
};

// One CA with everything about it in memory.
class AuthorityTest : public testing::Test {
 protected:
  AuthorityTest() {
    base::log::configure(base::log::Level::error, base::log::Format::text);
    restart();
  }

  // A new process over the same store, with options_ and rules_ as they are now: what was in the background is gone.
  void restart();

  template <class T>
  T run(base::Task<T> task) {
    return support::run_task(*io_, std::move(task));
  }
  // Everything that is in the background and does not wait for the gate.
  void run_background() {
    io_->restart();
    io_->poll();
  }

  // internal: there was no error.
  template <class T>
  base::ErrorKind error_of(base::Task<base::Result<T>> task) {
    const auto result = run(std::move(task));
    return result ? base::ErrorKind::internal : result.error().kind;
  }
  static constexpr base::ErrorKind kNone = base::ErrorKind::internal;

  Account new_account(const ClientKey& key = ClientKey());
  OrderView new_order(const Account& account, const std::vector<std::string>& names);
  OrderView order(const Account& account, const std::string& id) {
    return run(authority_->order(account, id)).value();
  }
  Authorization authorization(const std::string& id) { return run(records_.authorization(id)).value().value; }

  // Publishes what the challenge asks for and responds to it.
  void prove(const Account& account, const std::string& authorization);
  AuthorizationView respond(const Account& account, const std::string& authorization,
                            std::chrono::milliseconds patience = std::chrono::hours(1));

  // An order whose authorizations are valid.
  OrderView ready_order(const Account& account, const std::vector<std::string>& names);
  base::Task<base::Result<OrderView>> finalize(const Account& account, const OrderView& order,
                                               base::Bytes csr,
                                               std::chrono::milliseconds patience = std::chrono::hours(1)) {
    return authority_->finalize(account, order.order.id, std::move(csr), patience);
  }
  // A certificate for these names, as it was recorded.
  IssuedCertificate issue(const Account& account, const std::vector<std::string>& names,
                          EVP_PKEY* key = nullptr);

  static base::Bytes csr_for(const std::vector<std::string>& names, EVP_PKEY* key = nullptr);

  storage::MemoryStore memory_;
  UnluckyStore store_{memory_};
  Records records_{store_};
  base::ManualClock clock_{kNow};
  AuthorityOptions options_;
  Directory directory_;
  PolicyRules rules_;
  std::unique_ptr<boost::asio::io_context> io_;
  std::unique_ptr<ScriptedValidation> validation_;
  std::unique_ptr<base::ExecutorBackground> background_;
  std::unique_ptr<Policy> policy_;
  std::unique_ptr<Authority> authority_;
};

}  // namespace acmecore
