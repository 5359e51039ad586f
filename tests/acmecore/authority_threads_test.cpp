#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <map>

#include "acmecore/authority.h"
#include "acmecore/external_account_keys.h"
#include "base/async/executor_background.h"
#include "base/log.h"
#include "storage/lmdb/lmdb_store.h"
#include "storage/memory_store.h"
#include "storage/tables.h"
#include "tests/acmecore/actors.h"
#include "tests/acmecore/certificate_fixtures.h"
#include "tests/acmecore/external_account_fixture.h"
#include "tests/acmecore/jws_fixtures.h"
#include "tests/acmecore/policy_fixture.h"
#include "tests/support/run_task.h"
#include "tests/support/temp_directory.h"

// The same thing asked for by many threads at once: it happens once. Also for ThreadSanitizer.
namespace acmecore {
namespace {

using base::ErrorKind;
using base::Result;
using base::Task;

constexpr size_t kTimes = 16;
constexpr size_t kRounds = 8;  // of what has several ends
constexpr auto kPatience = std::chrono::hours(1);

// Every name proves itself, once its thread has had something else to do.
class WillingValidation final : public Validation {
 public:
  Task<Verdict> dns01(base::Name, std::string) override {
    ++asked_;
    co_await boost::asio::post(co_await boost::asio::this_coro::executor, boost::asio::use_awaitable);
    co_return Verdict();
  }
  Task<Result<ChallengePath>> challenge_path(base::Name identifier) override {
    co_return ChallengePath{{std::move(identifier)}};
  }
  size_t asked() const { return asked_; }

 private:
  std::atomic<size_t> asked_ = 0;
};

std::unique_ptr<storage::Store> open_store(const std::string& kind, const support::TempDirectory& directory) {
  if (kind == "memory") return std::make_unique<storage::MemoryStore>();
  return storage::LmdbStore::open({.directory = directory.path() / "store", .size_max = 64 << 20}).value();
}

class AuthorityThreads : public testing::TestWithParam<std::string> {
 protected:
  AuthorityThreads() { base::log::configure(base::log::Level::error, base::log::Format::text); }
  ~AuthorityThreads() override { pool_.join(); }

  // What becomes of the tasks, which run on several threads.
  template <class T>
  std::vector<Result<T>> at_once(std::vector<Task<Result<T>>> tasks) {
    std::vector<std::future<Result<T>>> futures;
    for (auto& task : tasks)
      futures.push_back(boost::asio::co_spawn(pool_, std::move(task), boost::asio::use_future));
    std::vector<Result<T>> results;
    for (auto& future : futures)
      results.push_back(future.get());
    return results;
  }
  template <class T>
  T run(Task<Result<T>> task) {
    return boost::asio::co_spawn(pool_, std::move(task), boost::asio::use_future).get().value();
  }

  // "done", or the error: how often each.
  template <class T>
  static std::map<std::string, size_t> outcomes(const std::vector<Result<T>>& results) {
    std::map<std::string, size_t> counts;
    for (const auto& result : results)
      ++counts[result ? "done" : std::string(name_of(result.error().kind))];
    return counts;
  }
  using Outcomes = std::map<std::string, size_t>;

  Task<Result<NewAccountResult>> create(const ClientKey& key) { return create(key, NewAccountRequest()); }
  Task<Result<NewAccountResult>> create(const ClientKey& key, NewAccountRequest request) {
    return authority_.new_account(directory_, key.account_key(), std::move(request));
  }
  Account new_account(const ClientKey& key = ClientKey()) { return run(create(key)).account; }
  Task<Result<OrderView>> order_task(const Account& account) {
    NewOrderRequest request;
    request.identifiers.push_back({"dns", "corp.test"});
    return authority_.new_order(account, std::move(request));
  }
  OrderView ready_order(const Account& account) {
    const OrderView created = run(order_task(account));
    run(respond_task(account, created));
    OrderView view = run(authority_.order(account, created.order.id));
    while (view.status == OrderStatus::pending)  // a sweep has the challenge in hand
      view = run(authority_.order(account, created.order.id));
    return view;
  }
  Task<Result<AuthorizationView>> respond_task(const Account& account, const OrderView& order) {
    return authority_.respond(account, order.order.authorizations[0], std::string(kDns01), kPatience);
  }
  Task<Result<OrderView>> finalize_task(const Account& account, const OrderView& order) {
    CsrDraft draft;
    draft.san = "DNS:corp.test";
    return authority_.finalize(account, order.order.id, make_csr(draft), kPatience);
  }
  size_t certificates() {
    storage::Range all;
    all.prefix = base::Bytes(1, storage::table::kCertificate);
    return run(store_->list(all)).size();
  }
  std::optional<std::string> account_with(const ClientKey& key) {
    return run(records_.account_with_key(base::sha256(key.account_key().spki_der()), directory_.name));
  }

  support::TempDirectory folder_{support::TempDirectory::Place::memory};
  std::unique_ptr<storage::Store> store_ = open_store(GetParam(), folder_);
  Records records_{*store_};
  base::ManualClock clock_{kNow};  // nobody moves it
  Policy policy_{PolicyRules(), test_suffixes()};
  WillingValidation validation_;
  Directory directory_;
  boost::asio::thread_pool pool_{4};
  base::ExecutorBackground background_{pool_.get_executor()};
  Authority authority_{records_,    clock_,      test_issuers(),    policy_,
                       validation_, background_, AuthorityOptions()};
};

TEST_P(AuthorityThreads, FinalizeAnOrderOnce) {
  const Account account = new_account();
  const OrderView ready = ready_order(account);
  std::vector<Task<Result<OrderView>>> tasks;
  for (size_t i = 0; i < kTimes; ++i)
    tasks.push_back(finalize_task(account, ready));
  EXPECT_EQ(outcomes(at_once(std::move(tasks))), (Outcomes{{"done", 1}, {"orderNotReady", kTimes - 1}}));
  const OrderView valid = run(authority_.order(account, ready.order.id));
  EXPECT_EQ(valid.status, OrderStatus::valid);
  EXPECT_TRUE(valid.order.abandoned.empty());
  EXPECT_EQ(certificates(), 1u);
}

TEST_P(AuthorityThreads, UseAnExternalAccountKeyOnce) {
  constexpr size_t kClients = 32;
  directory_.external_account = ExternalAccountMode::required;
  ExternalAccountKeys administration(records_, clock_, {directory_});
  NewExternalAccountKey wanted;
  wanted.uses_max = 1;
  const ExternalAccountKey key = run(administration.create(std::move(wanted), kAnna));
  std::vector<Task<Result<NewAccountResult>>> tasks;
  for (size_t i = 0; i < kClients; ++i) {
    const ClientKey client;
    NewAccountRequest request;
    request.external_account_binding = binding(binding_draft(client, key.id, key.mac_key));
    request.url = kUrl;
    tasks.push_back(create(client, std::move(request)));
  }
  EXPECT_EQ(outcomes(at_once(std::move(tasks))), (Outcomes{{"done", 1}, {"unauthorized", kClients - 1}}));
  EXPECT_EQ(run(records_.external_account_key(key.id)).value.uses, 1u);
}

TEST_P(AuthorityThreads, ValidateAChallengeOnce) {
  const Account account = new_account();
  const OrderView created = run(order_task(account));
  std::vector<Task<Result<AuthorizationView>>> tasks;
  for (size_t i = 0; i < kTimes; ++i)
    tasks.push_back(respond_task(account, created));
  for (const auto& result : at_once(std::move(tasks))) {
    ASSERT_TRUE(result);
    const ChallengeStatus status = result->authorization.challenges[0].status;
    EXPECT_TRUE(status == ChallengeStatus::processing || status == ChallengeStatus::valid);
  }
  EXPECT_EQ(validation_.asked(), 1u);
  EXPECT_EQ(run(authority_.order(account, created.order.id)).status, OrderStatus::ready);
}

TEST_P(AuthorityThreads, MakeOneAccountOfAKey) {
  const ClientKey key;
  std::vector<Task<Result<NewAccountResult>>> tasks;
  for (size_t i = 0; i < kTimes; ++i)
    tasks.push_back(create(key));
  size_t created = 0;
  for (const auto& result : at_once(std::move(tasks))) {
    ASSERT_TRUE(result);
    created += result->created;
    EXPECT_EQ(result->account.id, account_with(key));
  }
  EXPECT_EQ(created, 1u);
}

TEST_P(AuthorityThreads, GiveAKeyToOneAccount) {
  const ClientKey key;
  std::vector<Task<Result<KeyChangeResult>>> tasks;
  for (size_t i = 0; i < kTimes; ++i)
    tasks.push_back(authority_.change_key(new_account(), key.account_key()));
  size_t changed = 0;
  for (const auto& result : at_once(std::move(tasks))) {
    ASSERT_TRUE(result);
    changed += result->changed;
    EXPECT_EQ(result->account.id, account_with(key));
  }
  EXPECT_EQ(changed, 1u);
}

// One of two new keys wins; its orders go on, whichever key the account had when it asked.
TEST_P(AuthorityThreads, ChangeAKeyWhileOrdersGoOn) {
  for (size_t round = 0; round < kRounds; ++round) {
    const ClientKey before, one, other;
    const Account account = new_account(before);
    const OrderView ready = ready_order(account), pending = run(order_task(account));
    std::vector<Task<Result<KeyChangeResult>>> changes;
    changes.push_back(authority_.change_key(account, one.account_key()));
    changes.push_back(authority_.change_key(account, other.account_key()));
    std::vector<Task<Result<OrderView>>> orders;
    for (int i = 0; i < 2; ++i) {
      orders.push_back(order_task(account));
      orders.push_back(finalize_task(account, ready));
    }
    auto responded = boost::asio::co_spawn(pool_, respond_task(account, pending), boost::asio::use_future);
    auto ordered = std::async(std::launch::async, [&] { return at_once(std::move(orders)); });
    EXPECT_EQ(outcomes(at_once(std::move(changes))), (Outcomes{{"conflict", 1}, {"done", 1}}));
    EXPECT_EQ(outcomes(ordered.get()), (Outcomes{{"done", 3}, {"orderNotReady", 1}}));
    EXPECT_TRUE(responded.get());
    EXPECT_FALSE(account_with(before));
    EXPECT_NE(account_with(one).has_value(), account_with(other).has_value());
    EXPECT_EQ(run(authority_.order(account, ready.order.id)).status, OrderStatus::valid);
    EXPECT_EQ(run(authority_.order(account, pending.order.id)).status, OrderStatus::ready);
  }
}

TEST_P(AuthorityThreads, DeactivateAnAuthorizationOrFinalizeItsOrder) {
  size_t issued = 0;
  for (size_t round = 0; round < kRounds; ++round) {
    const Account account = new_account();
    const OrderView ready = ready_order(account);
    auto ended = boost::asio::co_spawn(
        pool_, authority_.deactivate_authorization(account, ready.order.authorizations[0]),
        boost::asio::use_future);
    std::vector<Task<Result<OrderView>>> tasks;
    tasks.push_back(finalize_task(account, ready));
    const auto finalized = at_once(std::move(tasks))[0];
    EXPECT_EQ(ended.get()->status, AuthorizationStatus::deactivated);
    issued += finalized.has_value();
    const OrderStatus expected = finalized ? OrderStatus::valid : OrderStatus::invalid;
    EXPECT_EQ(run(authority_.order(account, ready.order.id)).status, expected);
    if (!finalized) {
      EXPECT_EQ(finalized.error().kind, ErrorKind::order_not_ready);
    }
  }
  EXPECT_EQ(certificates(), issued);
}

// It was asked for by an account that was valid; but nothing is signed for one that is not any more.
TEST_P(AuthorityThreads, DeactivateAnAccountWhileItFinalizes) {
  size_t issued = 0;
  for (size_t round = 0; round < kRounds; ++round) {
    const Account account = new_account();
    const OrderView ready = ready_order(account);
    std::vector<Task<Result<Account>>> tasks;
    for (int i = 0; i < 4; ++i)
      tasks.push_back(authority_.deactivate_account(account));
    auto finalized = boost::asio::co_spawn(pool_, finalize_task(account, ready), boost::asio::use_future);
    EXPECT_EQ(outcomes(at_once(std::move(tasks))), (Outcomes{{"accountNotValid", 3}, {"done", 1}}));
    ASSERT_TRUE(finalized.get());
    const OrderView ended = run(authority_.order(account, ready.order.id));
    if (ended.status != OrderStatus::valid) {
      ASSERT_EQ(ended.status, OrderStatus::invalid);
      EXPECT_EQ(ended.error->kind, ErrorKind::account_not_valid);
    }
    issued += ended.status == OrderStatus::valid;
    EXPECT_EQ(run(authority_.account(account.id)).status, AccountStatus::deactivated);
  }
  EXPECT_EQ(certificates(), issued);
}

// What a sweep takes up, requests do not do again, nor the other way round.
TEST_P(AuthorityThreads, SweepWhileRequestsGoOn) {
  const Account account = new_account();
  std::atomic<bool> done = false;
  auto sweeping = std::async(std::launch::async, [&] {
    while (!done)
      run(authority_.sweep());
  });
  std::vector<std::future<void>> clients;
  for (size_t client = 0; client < 4; ++client) {
    clients.push_back(std::async(std::launch::async, [&] {
      for (size_t i = 0; i < kRounds; ++i) {
        const OrderView ready = ready_order(account);
        run(finalize_task(account, ready));
        OrderView view = run(authority_.order(account, ready.order.id));
        while (view.status == OrderStatus::processing)  // a sweep has it in hand
          view = run(authority_.order(account, ready.order.id));
        EXPECT_EQ(view.status, OrderStatus::valid);
      }
    }));
  }
  for (auto& client : clients)
    client.get();
  done = true;
  sweeping.get();
  EXPECT_EQ(certificates(), 4 * kRounds);
}

INSTANTIATE_TEST_SUITE_P(Stores, AuthorityThreads, testing::Values("memory", "lmdb"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace acmecore
