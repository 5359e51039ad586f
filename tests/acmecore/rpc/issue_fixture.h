#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <functional>
#include <string>
#include <vector>

#include "acmecore/authority.h"
#include "acmecore/rpc/issue_call.h"
#include "base/async/executor_background.h"
#include "storage/memory_store.h"
#include "tests/acmecore/certificate_fixtures.h"
#include "tests/acmecore/policy_fixture.h"
#include "tests/acmecore/rpc/fake_dns.h"
#include "tests/acmecore/rpc/unreadable_store.h"
#include "tests/support/run_task.h"

namespace acmecore::rpc {

// Hears everything, until it goes.
class RecordingCaller final : public IssueCaller {
 public:
  // It goes once it has heard this event.
  void goes_after(assay::v1::IssueResponse::EventCase event) { last_ = event; }
  void go() { gone_ = true; }
  // Called whenever it is asked whether it has gone: before each wait.
  void at_each_wait(std::function<void()> action) { at_each_wait_ = std::move(action); }

  base::Task<bool> tell(assay::v1::IssueResponse event) override {
    if (gone_) co_return false;
    gone_ = event.event_case() == last_;
    events_.push_back(std::move(event));
    co_return true;
  }
  bool has_gone() const override {
    if (at_each_wait_) at_each_wait_();
    return gone_;
  }

  const std::vector<assay::v1::IssueResponse>& events() const { return events_; }

 private:
  std::vector<assay::v1::IssueResponse> events_;
  assay::v1::IssueResponse::EventCase last_ = assay::v1::IssueResponse::EVENT_NOT_SET;
  std::function<void()> at_each_wait_;
  bool gone_ = false;
};

// A CA in memory whose DNS has one zone, acme.test.
class IssueTest : public testing::Test {
 protected:
  IssueTest();

  // With a new key, for exactly these names.
  static assay::v1::IssueRequest request_for(const std::vector<std::string>& names);

  base::Result<void> issue(const assay::v1::IssueRequest& request, const std::string& principal = "admin");
  base::Result<void> issue(const std::vector<std::string>& names) { return issue(request_for(names)); }

  // "order", "delegation corp.test", "txt _acme-challenge.corp.test.", "valid *.corp.test", "certificate".
  std::vector<std::string> told() const;

  // Everything but what is below denied.test, for the external account key "key-1" what is below key.test, and no RSA.
  // Somebody approves what is below asked.acme.test.
  static PolicyRules policy_rules();

  // "usual", the preset, and "plain": for a week, P-256 alone, no wildcards.
  static AuthorityOptions options();

  IssueServices services() { return {authority_, dns_, dns_, clock_}; }

  boost::asio::io_context io_;
  storage::MemoryStore store_;
  UnreadableStore read_store_{store_};  // the same, as the CA reads it
  base::ManualClock clock_{kNow};
  Records records_{read_store_};
  FakeDns dns_;
  base::ExecutorBackground background_{io_.get_executor()};
  Policy policy_{policy_rules(), test_suffixes()};
  Authority authority_{records_, clock_, test_issuers(), policy_, dns_, background_, options()};
  RecordingCaller caller_;
};

}  // namespace acmecore::rpc
