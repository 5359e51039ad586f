#include "acmecore/rpc/pause_service.h"

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>

#include "storage/memory_store.h"
#include "tests/acmecore/rpc/served.h"
#include "tests/support/run_task.h"

namespace acmecore::rpc {
namespace {

namespace api = assay::v1;
using grpc::StatusCode;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::chrono::seconds kNow{1'800'000'000};

// The service as callers see it.
class PauseServiceTest : public testing::Test {
 protected:
  using Stub = api::PauseService::Stub;

  void pause(const std::string& account, const std::string& name) {
    Changes changes;
    const auto counted =
        support::run_task(pausing_.count_failure(account, Identifier{name}, "got another value", changes));
    EXPECT_TRUE(counted.value());
    EXPECT_TRUE(support::run_task(records_.commit(std::move(changes))));
  }

  std::vector<std::string> list(api::ListPausedNamesRequest request, int* pages = nullptr) {
    std::vector<std::string> names;
    do {
      api::ListPausedNamesResponse page;
      EXPECT_TRUE(served_.call(&Stub::ListPausedNames, request, page).ok());
      for (const auto& paused : page.names())
        names.push_back(paused.account() + "/" + paused.name());
      request.set_page_token(page.next_page_token());
      if (pages != nullptr) ++*pages;
    } while (!request.page_token().empty());
    return names;
  }
  std::vector<std::string> list() { return list(api::ListPausedNamesRequest()); }

  StatusCode remove(const std::string& account, const std::vector<std::string>& names) {
    api::RemovePausesRequest request;
    request.set_account(account);
    request.mutable_names()->Assign(names.begin(), names.end());
    removed_.Clear();
    return served_.call(&Stub::RemovePauses, request, removed_).error_code();
  }

  base::ManualClock clock_{base::Time(kNow)};
  storage::MemoryStore store_;
  Records records_{store_};
  Pausing pausing_{records_, clock_, {.after = 1, .period = std::chrono::hours(24)}};
  proto::Callers callers_{
      {credential("admin", {proto::Permission::administration}),
       credential("other", {proto::Permission::credentials, proto::Permission::external_accounts,
                            proto::Permission::certificates, proto::Permission::zones,
                            proto::Permission::challenges})}};
  boost::asio::io_context io_;
  PauseService service_{pausing_, callers_, io_.get_executor()};
  api::RemovePausesResponse removed_;
  Served served_{io_, {&service_}};
};

TEST_F(PauseServiceTest, TellsWhatIsPausedAndWhy) {
  pause("a1", "corp.test");
  api::ListPausedNamesResponse page;
  ASSERT_TRUE(served_.call(&Stub::ListPausedNames, api::ListPausedNamesRequest(), page).ok());
  ASSERT_EQ(page.names_size(), 1);
  const api::PausedName& paused = page.names(0);
  EXPECT_EQ(paused.account(), "a1");
  EXPECT_EQ(paused.name(), "corp.test");
  EXPECT_EQ(paused.failures(), 1u);
  EXPECT_EQ(paused.last_failure_time().seconds(), kNow.count());
  EXPECT_EQ(paused.last_error(), "got another value");
  EXPECT_EQ(paused.end_time().seconds(), kNow.count() + 24 * 3600);
}

TEST_F(PauseServiceTest, ListsInPagesAndForOneAccount) {
  for (const char* name : {"c.test", "a.test", "b.test"})
    pause("a1", name);
  pause("a2", "a.test");
  api::ListPausedNamesRequest request;
  request.set_page_size(2);
  int pages = 0;
  EXPECT_THAT(list(request, &pages), ElementsAre("a1/a.test", "a1/b.test", "a1/c.test", "a2/a.test"));
  EXPECT_EQ(pages, 3);  // the last is empty: the one before it was full
  request.set_account("a1");
  EXPECT_THAT(list(request), ElementsAre("a1/a.test", "a1/b.test", "a1/c.test"));
  request.set_account("a");
  EXPECT_THAT(list(request), IsEmpty());
}

TEST_F(PauseServiceTest, RefusesWhatIsNoPage) {
  api::ListPausedNamesResponse page;
  const auto code = [&](const auto& change) {
    api::ListPausedNamesRequest request;
    change(request);
    return served_.call(&Stub::ListPausedNames, request, page).error_code();
  };
  EXPECT_EQ(code([](auto& request) { request.set_page_size(-1); }), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(code([](auto& request) { request.set_page_size(1001); }), StatusCode::OK);
  EXPECT_EQ(code([](auto& request) { request.set_page_token(std::string(318, 'x')); }), StatusCode::OK);
  EXPECT_EQ(code([](auto& request) { request.set_page_token(std::string(319, 'x')); }),
            StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(code([](auto& request) { request.set_account(std::string(64, 'x')); }), StatusCode::OK);
  EXPECT_EQ(code([](auto& request) { request.set_account(std::string(65, 'x')); }),
            StatusCode::INVALID_ARGUMENT);
}

TEST_F(PauseServiceTest, RemovesSomeOrAllOfAnAccount) {
  for (const char* name : {"a.test", "b.test", "c.test"})
    pause("a1", name);
  pause("a2", "a.test");
  EXPECT_EQ(remove("a1", {"b.test", "x.test"}), StatusCode::OK);
  EXPECT_THAT(removed_.names(), ElementsAre("b.test"));
  EXPECT_EQ(remove("a1", {"b.test"}), StatusCode::NOT_FOUND);
  EXPECT_EQ(remove("a1", {}), StatusCode::OK);
  EXPECT_THAT(removed_.names(), ElementsAre("a.test", "c.test"));
  EXPECT_EQ(remove("a1", {}), StatusCode::NOT_FOUND);
  EXPECT_THAT(list(), ElementsAre("a2/a.test"));
}

TEST_F(PauseServiceTest, AWildcardIsPausedAsItsBaseName) {
  pause("a1", "a.test");
  pause("a1", "b.test");
  EXPECT_EQ(remove("a1", {"*.a.test", "a.test"}), StatusCode::OK);
  EXPECT_THAT(removed_.names(), ElementsAre("a.test"));
  EXPECT_THAT(list(), ElementsAre("a1/b.test"));
  EXPECT_EQ(remove("a1", {"*.*.b.test"}), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(remove("a1", {"*."}), StatusCode::INVALID_ARGUMENT);
}

TEST_F(PauseServiceTest, RefusesToRemoveWhatIsNoName) {
  pause("a1", "a.test");
  EXPECT_EQ(remove("", {"a.test"}), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(remove(std::string(65, 'x'), {}), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(remove("a1", {"A.test"}), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(remove("a1", {"a.test", ""}), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(remove("a1", std::vector<std::string>(1001, "a.test")), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(remove("a1", std::vector<std::string>(1000, "a.test")), StatusCode::OK);
}

TEST_F(PauseServiceTest, IsForThosePermittedAlone) {
  const auto codes = [this](const std::string& token) {
    api::ListPausedNamesResponse page;
    api::RemovePausesResponse removed;
    return std::set{
        served_.call(&Stub::ListPausedNames, api::ListPausedNamesRequest(), page, token).error_code(),
        served_.call(&Stub::RemovePauses, api::RemovePausesRequest(), removed, token).error_code()};
  };
  EXPECT_EQ(codes("other"), std::set{StatusCode::PERMISSION_DENIED});
  EXPECT_EQ(codes("nobody"), std::set{StatusCode::UNAUTHENTICATED});
}

}  // namespace
}  // namespace acmecore::rpc
