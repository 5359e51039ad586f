#include "acmecore/rpc/audit_service.h"

#include <charconv>
#include <utility>
#include <vector>

#include "acmecore/audit_walk.h"
#include "acmecore/rpc/audit_messages.h"
#include "base/async/serial_executor.h"
#include "proto/status.h"

namespace acmecore::rpc {

namespace api = assay::v1;
using base::ErrorKind;
using base::fail;
using base::Result;
using base::Task;
using proto::Permission;

namespace {

constexpr int kExpectedMax = 1000;

// A page token here is the sequence that was looked at last.
Result<uint64_t> sequence_of(const std::string& page_token) {
  uint64_t sequence = 0;
  if (page_token.empty()) return sequence;
  const char* const end = page_token.data() + page_token.size();
  const auto parsed = std::from_chars(page_token.data(), end, sequence);
  if (parsed.ec == std::errc() && parsed.ptr == end) return sequence;
  return fail(ErrorKind::malformed, "page_token: it is not of this list");
}

Result<std::vector<storage::LedgerHead>> expected_of(const api::VerifyAuditRequest& request) {
  if (request.expected_size() > kExpectedMax) {
    return fail(ErrorKind::malformed, "expected: there are more than " + std::to_string(kExpectedMax));
  }
  std::vector<storage::LedgerHead> expected;
  for (const api::AuditHead& message : request.expected()) {
    TRY(auto head, head_of(message));
    expected.push_back(std::move(head));
  }
  return expected;
}

}  // namespace

grpc::ServerUnaryReactor* AuditService::ListAuditEvents(grpc::CallbackServerContext* context,
                                                        const api::ListAuditEventsRequest* request,
                                                        api::ListAuditEventsResponse* response) {
  return calls_.serve(*context, {Permission::audit},
                      [=, this](const Actor&) { return list(*request, *response); });
}

grpc::ServerUnaryReactor* AuditService::GetAuditHead(grpc::CallbackServerContext* context,
                                                     const api::GetAuditHeadRequest*,
                                                     api::GetAuditHeadResponse* response) {
  return calls_.serve(*context, {Permission::audit}, [=, this](const Actor&) { return head(*response); });
}

grpc::ServerWriteReactor<api::VerifyAuditResponse>* AuditService::VerifyAudit(
    grpc::CallbackServerContext* context, const api::VerifyAuditRequest* request) {
  auto work = [this, presented = proto::presented_by(*context), request = *request](Stream& stream) {
    return verify(stream, presented, request);
  };
  return Stream::serve(base::serial_executor(executor_), std::move(work));
}

AuditService::Work AuditService::list(const api::ListAuditEventsRequest& request,
                                      api::ListAuditEventsResponse& response) {
  CO_TRY(const size_t page_size, checked_page_size(request.page_size(), request.page_token()));
  CO_TRY(const uint64_t after, sequence_of(request.page_token()));
  CO_TRY(AuditFilter filter, filter_of(request));
  CO_TRY(const AuditPage page, co_await log_.page(std::move(filter), after, page_size));
  size_t octets = 0;
  for (const AuditEntry& entry : page.found) {
    *response.add_events() = message_of(entry, request.payloads());
    octets += response.events().rbegin()->ByteSizeLong();
    if (octets < kPageOctetsMax) continue;
    response.set_next_page_token(std::to_string(entry.entry.head.sequence));
    co_return Result<void>();
  }
  if (page.next) response.set_next_page_token(std::to_string(*page.next));
  co_return Result<void>();
}

AuditService::Work AuditService::head(api::GetAuditHeadResponse& response) {
  CO_TRY(const AuditExtent extent, co_await log_.extent());
  *response.mutable_head() = message_of(extent.last);
  *response.mutable_removed() = message_of(extent.before);
  co_return Result<void>();
}

Task<grpc::Status> AuditService::verify(Stream& stream, proto::Presented presented,
                                        api::VerifyAuditRequest request) {
  const auto caller = callers_.authorize(presented, Permission::audit);
  if (!caller) co_return caller.error();
  const auto outcome = co_await walk(stream, request);
  co_return outcome ? grpc::Status::OK : proto::to_status(outcome.error());
}

AuditService::Work AuditService::walk(Stream& stream, const api::VerifyAuditRequest& request) {
  CO_TRY(auto expected, expected_of(request));
  AuditWalk walk(log_, std::move(expected));
  for (bool done = false; !done;) {
    CO_TRY(const AuditCheck check, co_await walk.next());
    done = check.at_end || !check.fault.empty();
    api::VerifyAuditResponse response;
    *response.mutable_removed() = message_of(walk.removed());
    *response.mutable_intact() = message_of(check.intact);
    response.set_done(done);
    response.set_fault(check.fault);
    const bool heard = co_await stream.write(std::move(response));
    if (!heard) co_return fail(ErrorKind::unavailable, "the caller has gone");
  }
  co_return Result<void>();
}

}  // namespace acmecore::rpc
