#include "acmecore/rpc/audit_service.h"

#include <gmock/gmock.h>

#include "acmecore/records.h"
#include "acmecore/rpc/audit_messages.h"
#include "storage/memory_store.h"
#include "tests/acmecore/rpc/served.h"

namespace acmecore::rpc {
namespace {

namespace api = assay::v1;
using grpc::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;

const base::Time kNow = base::parse_rfc3339("2026-11-23T04:30:00Z").value();

class AuditServiceTest : public testing::Test {
 protected:
  void fill(int count) {
    for (int i = 0; i < count; ++i) {
      AuditEvent event;
      event.kind = audit_kind::kOrderCreated;
      event.time = kNow + std::chrono::minutes(i);
      event.actor = {"", "account", "192.0.2.1"};
      event.account = "account";
      event.order = "order-" + std::to_string(i);
      event.identifiers = {"corp.test"};
      event.add("profile", "weekly");
      Changes changes;
      changes.note(event);
      served_.run(records_.commit(std::move(changes))).value();
    }
  }

  api::ListAuditEventsResponse list(const api::ListAuditEventsRequest& request) {
    api::ListAuditEventsResponse response;
    const auto status = served_.call(&Stub::ListAuditEvents, request, response, "auditor");
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  StatusCode list_error(const api::ListAuditEventsRequest& request, const std::string& by = "auditor") {
    api::ListAuditEventsResponse response;
    return served_.call(&Stub::ListAuditEvents, request, response, by).error_code();
  }
  api::GetAuditHeadResponse head() {
    api::GetAuditHeadResponse response;
    EXPECT_TRUE(served_.call(&Stub::GetAuditHead, api::GetAuditHeadRequest(), response, "auditor").ok());
    return response;
  }
  // The last message, and the status.
  std::pair<api::VerifyAuditResponse, grpc::Status> verify(std::vector<api::AuditHead> expected = {},
                                                           const std::string& by = "auditor") {
    api::VerifyAuditRequest request;
    for (const api::AuditHead& one : expected)
      *request.add_expected() = one;
    std::pair<api::VerifyAuditResponse, grpc::Status> verified;
    verified.second = served_.stream(&Stub::VerifyAudit, request, verified.first, by);
    return verified;
  }

  using Stub = api::AuditService::Stub;

  boost::asio::io_context io_;
  storage::MemoryStore store_;
  Records records_{store_};
  AuditLog log_{store_};
  proto::Callers callers_{{credential("auditor", {proto::Permission::audit}),
                           credential("other", {proto::Permission::administration})}};
  AuditService service_{log_, callers_, io_.get_executor()};
  Served served_{io_, {&service_}};
};

TEST_F(AuditServiceTest, IsForThosePermittedToAudit) {
  EXPECT_EQ(list_error({}, "other"), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(list_error({}, "stranger"), StatusCode::UNAUTHENTICATED);
  api::GetAuditHeadResponse response;
  EXPECT_EQ(served_.call(&Stub::GetAuditHead, api::GetAuditHeadRequest(), response, "other").error_code(),
            StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(verify({}, "other").second.error_code(), StatusCode::PERMISSION_DENIED);
}

TEST_F(AuditServiceTest, ListsEventsPageByPage) {
  fill(5);
  api::ListAuditEventsRequest request;
  request.set_page_size(2);
  std::vector<uint64_t> sequences;
  do {
    const auto page = list(request);
    for (const api::AuditEvent& event : page.events())
      sequences.push_back(event.sequence());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(sequences, ElementsAre(1, 2, 3, 4, 5));
}

TEST_F(AuditServiceTest, TellsAllOfAnEvent) {
  fill(1);
  const api::AuditEvent event = list({}).events(0);
  EXPECT_EQ(event.kind(), "order.created");
  EXPECT_EQ(event.time().seconds(),
            std::chrono::duration_cast<std::chrono::seconds>(kNow.time_since_epoch()).count());
  EXPECT_EQ(event.actor().account(), "account");
  EXPECT_EQ(event.actor().address(), "192.0.2.1");
  EXPECT_EQ(event.order(), "order-0");
  EXPECT_THAT(event.identifiers(), ElementsAre("corp.test"));
  EXPECT_EQ(event.details(0).value(), "weekly");
  EXPECT_EQ(event.link(), head().head().link());
  EXPECT_EQ(event.payload(), "");
  api::ListAuditEventsRequest request;
  request.set_payloads(true);
  EXPECT_EQ(decode_audit_event(list(request).events(0).payload())->order, "order-0");
}

TEST_F(AuditServiceTest, FindsWhatIsAskedFor) {
  fill(5);
  api::ListAuditEventsRequest request;
  request.mutable_since()->set_seconds(
      std::chrono::duration_cast<std::chrono::seconds>(kNow.time_since_epoch()).count() + 120);
  EXPECT_EQ(list(request).events_size(), 3);
  *request.mutable_until() = request.since();
  EXPECT_EQ(list(request).events_size(), 0);
  request.Clear();
  request.add_kinds("certificate.");
  EXPECT_EQ(list(request).events_size(), 0);
  request.add_kinds("order.created");
  EXPECT_EQ(list(request).events_size(), 5);
  request.set_identifier("other.test");
  EXPECT_EQ(list(request).events_size(), 0);
}

TEST_F(AuditServiceTest, RefusesWhatIsNoPageAndNoTime) {
  api::ListAuditEventsRequest request;
  for (const char* token : {"x", "1x", "-1", "18446744073709551616"}) {
    request.set_page_token(token);
    EXPECT_EQ(list_error(request), StatusCode::INVALID_ARGUMENT) << token;
  }
  request.Clear();
  request.set_page_size(-1);
  EXPECT_EQ(list_error(request), StatusCode::INVALID_ARGUMENT);
  request.Clear();
  request.mutable_since()->set_nanos(-1);
  EXPECT_EQ(list_error(request), StatusCode::INVALID_ARGUMENT);
}

TEST_F(AuditServiceTest, VerifiesTheChainAndHeadsThatWereKept) {
  EXPECT_EQ(head().head().sequence(), 0u);
  EXPECT_TRUE(verify().first.done());
  fill(3);
  const api::AuditHead kept = head().head();
  EXPECT_EQ(kept.sequence(), 3u);
  EXPECT_EQ(kept.link().size(), 64u);
  fill(2);
  const auto [verified, status] = verify({kept});
  EXPECT_TRUE(status.ok());
  EXPECT_TRUE(verified.done());
  EXPECT_EQ(verified.fault(), "");
  EXPECT_EQ(verified.intact().sequence(), 5u);
  EXPECT_EQ(verified.removed().sequence(), 0u);
  api::AuditHead other = kept;
  other.set_sequence(2);
  EXPECT_THAT(verify({other}).first.fault(), HasSubstr("entry 2 is another"));
  EXPECT_EQ(verify({other}).first.intact().sequence(), 2u);
}

TEST_F(AuditServiceTest, SaysWhereTheChainIsBroken) {
  fill(5);
  storage::Batch batch;
  batch.deletes.push_back(storage::ledger_key(kAuditLedger, 4));
  served_.run(store_.commit(std::move(batch))).value();
  const auto verified = verify().first;
  EXPECT_TRUE(verified.done());
  EXPECT_THAT(verified.fault(), HasSubstr("entry 4 "));
  EXPECT_EQ(verified.intact().sequence(), 3u);
}

TEST_F(AuditServiceTest, RefusesHeadsThatAreNone) {
  api::AuditHead head;
  head.set_sequence(1);
  for (const std::string& link :
       {std::string(), std::string(63, 'a'), std::string(64, 'g'), std::string(64, 'A')}) {
    head.set_link(link);
    EXPECT_EQ(verify({head}).second.error_code(), StatusCode::INVALID_ARGUMENT) << link;
  }
  head.set_link(std::string(64, 'a'));
  head.set_sequence(0);
  EXPECT_EQ(verify({head}).second.error_code(), StatusCode::INVALID_ARGUMENT);
}

TEST_F(AuditServiceTest, TellsWhatWasRemoved) {
  fill(5);
  served_.run(log_.remove_before(kNow + std::chrono::minutes(2))).value();
  EXPECT_EQ(head().removed().sequence(), 2u);
  EXPECT_EQ(verify().first.removed().sequence(), 2u);
  EXPECT_EQ(verify().first.fault(), "");
  EXPECT_EQ(list({}).events(0).sequence(), 3u);
}

}  // namespace
}  // namespace acmecore::rpc
