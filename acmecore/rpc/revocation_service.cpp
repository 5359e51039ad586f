#include "acmecore/rpc/revocation_service.h"

#include <utility>

#include "base/openssl.h"
#include "proto/time.h"

namespace acmecore::rpc {

namespace api = assay::v1;
using base::ErrorKind;
using base::fail;
using base::Result;
using proto::Permission;

namespace {

Result<std::vector<Serial>> serials_of(const api::RevokeCertificatesRequest& request) {
  std::vector<Serial> serials;
  for (const std::string& text : request.serials()) {
    auto serial = parse_serial(text);
    if (!serial) return fail(ErrorKind::malformed, "serials: \"" + text + "\": " + serial.error().detail);
    serials.push_back(*std::move(serial));
  }
  if (serials.empty()) return fail(ErrorKind::malformed, "serials: it is not said what is to be revoked");
  return serials;
}

Result<RevocationReason> reason_of(const std::string& name) {
  auto reason = parse_reason_name(name);
  if (!reason) return fail(ErrorKind::malformed, "reason: " + reason.error().detail);
  return reason;
}

Result<RevocationFilter> filter_of(const api::RevocationJob::Filter& message) {
  RevocationFilter filter;
  filter.account = message.account();
  filter.ca = message.issuer();
  if (message.has_issued_from()) {
    TRY(filter.issued_from, proto::from_timestamp(message.issued_from()));
  }
  if (message.has_issued_before()) {
    TRY(filter.issued_before, proto::from_timestamp(message.issued_before()));
  }
  filter.profile = message.profile();
  filter.spki_digest = message.key_sha256();
  if (!filter.spki_digest.empty() && filter.spki_digest.size() != base::kSha256Size)
    return fail(ErrorKind::malformed, "filter.key_sha256: it is no SHA-256");
  return filter;
}

api::RevocationJob message_of(const RevocationJob& job) {
  api::RevocationJob message;
  message.set_id(job.id);
  auto& filter = *message.mutable_filter();
  filter.set_account(job.filter.account);
  filter.set_issuer(job.filter.ca);
  if (job.filter.issued_from) *filter.mutable_issued_from() = proto::to_timestamp(*job.filter.issued_from);
  if (job.filter.issued_before)
    *filter.mutable_issued_before() = proto::to_timestamp(*job.filter.issued_before);
  filter.set_key_sha256(job.filter.spki_digest);
  filter.set_profile(job.filter.profile);
  message.set_reason(std::string(name_of(job.reason)));
  message.set_by(job.by);
  *message.mutable_create_time() = proto::to_timestamp(job.created);
  message.set_examined(job.examined);
  message.set_revoked(job.revoked);
  if (job.ended) *message.mutable_end_time() = proto::to_timestamp(*job.ended);
  message.set_stopped(job.stopped);
  return message;
}

void write(const RevocationOutcome& outcome, api::RevokeCertificatesResponse::Outcome& message) {
  message.set_serial(text_of(outcome.serial));
  message.set_status(std::string(name_of(outcome.status)));
  if (!outcome.revocation) return;
  *message.mutable_revoke_time() = proto::to_timestamp(outcome.revocation->time);
  message.set_reason(std::string(name_of(outcome.revocation->reason)));
}

}  // namespace

grpc::ServerUnaryReactor* RevocationService::RevokeCertificates(grpc::CallbackServerContext* context,
                                                                const api::RevokeCertificatesRequest* request,
                                                                api::RevokeCertificatesResponse* response) {
  return calls_.serve(*context, {Permission::administration},
                      [=, this](Actor by) { return revoke(std::move(by), *request, *response); });
}

grpc::ServerUnaryReactor* RevocationService::StartRevocationJob(grpc::CallbackServerContext* context,
                                                                const api::StartRevocationJobRequest* request,
                                                                api::StartRevocationJobResponse* response) {
  return calls_.serve(*context, {Permission::administration}, [=, this](Actor by) {
    return start(std::move(by), *request, *response->mutable_job());
  });
}

grpc::ServerUnaryReactor* RevocationService::GetRevocationJob(grpc::CallbackServerContext* context,
                                                              const api::GetRevocationJobRequest* request,
                                                              api::GetRevocationJobResponse* response) {
  return calls_.serve(*context, {Permission::administration},
                      [=, this](const Actor&) { return get(request->id(), *response->mutable_job()); });
}

grpc::ServerUnaryReactor* RevocationService::ListRevocationJobs(grpc::CallbackServerContext* context,
                                                                const api::ListRevocationJobsRequest* request,
                                                                api::ListRevocationJobsResponse* response) {
  return calls_.serve(*context, {Permission::administration},
                      [=, this](const Actor&) { return list(*request, *response); });
}

grpc::ServerUnaryReactor* RevocationService::StopRevocationJob(grpc::CallbackServerContext* context,
                                                               const api::StopRevocationJobRequest* request,
                                                               api::StopRevocationJobResponse* response) {
  return calls_.serve(*context, {Permission::administration}, [=, this](Actor by) {
    return stop(std::move(by), request->id(), *response->mutable_job());
  });
}

grpc::ServerUnaryReactor* RevocationService::BlockKeys(grpc::CallbackServerContext* context,
                                                       const api::BlockKeysRequest* request,
                                                       api::BlockKeysResponse* response) {
  return calls_.serve(*context, {Permission::administration},
                      [=, this](Actor by) { return block(std::move(by), *request, *response); });
}

RevocationService::Work RevocationService::revoke(Actor by, const api::RevokeCertificatesRequest& request,
                                                  api::RevokeCertificatesResponse& response) {
  CO_TRY(auto serials, serials_of(request));
  CO_TRY(const RevocationReason reason, reason_of(request.reason()));
  CO_TRY(const auto outcomes, co_await revocations_.revoke(std::move(serials), reason, std::move(by)));
  for (const RevocationOutcome& outcome : outcomes)
    write(outcome, *response.add_outcomes());
  co_return Result<void>();
}

RevocationService::Work RevocationService::start(Actor by, const api::StartRevocationJobRequest& request,
                                                 api::RevocationJob& message) {
  CO_TRY(auto filter, filter_of(request.filter()));
  CO_TRY(const RevocationReason reason, reason_of(request.reason()));
  CO_TRY(const RevocationJob job, co_await revocations_.start(std::move(filter), reason, std::move(by)));
  message = message_of(job);
  co_return Result<void>();
}

RevocationService::Work RevocationService::get(std::string id, api::RevocationJob& message) {
  CO_TRY(const RevocationJob job, co_await revocations_.job(std::move(id)));
  message = message_of(job);
  co_return Result<void>();
}

RevocationService::Work RevocationService::list(const api::ListRevocationJobsRequest& request,
                                                api::ListRevocationJobsResponse& response) {
  CO_TRY(const size_t page_size, checked_page_size(request.page_size(), request.page_token()));
  CO_TRY(const auto page, co_await revocations_.jobs(request.page_token(), page_size));
  const auto add = [&](const RevocationJob& job) -> const api::RevocationJob& {
    return *response.add_jobs() = message_of(job);
  };
  response.set_next_page_token(fill_page(page, add));
  co_return Result<void>();
}

RevocationService::Work RevocationService::stop(Actor by, std::string id, api::RevocationJob& message) {
  CO_TRY(const RevocationJob job, co_await revocations_.stop(std::move(id), std::move(by)));
  message = message_of(job);
  co_return Result<void>();
}

RevocationService::Work RevocationService::block(Actor by, const api::BlockKeysRequest& request,
                                                 api::BlockKeysResponse& response) {
  if (request.keys_sha256().empty())
    co_return fail(ErrorKind::malformed, "keys_sha256: it is not said what is to be blocked");
  std::vector<base::Bytes> digests(request.keys_sha256().begin(), request.keys_sha256().end());
  CO_TRY(const size_t blocked, co_await revocations_.block_keys(std::move(digests), std::move(by)));
  response.set_blocked(uint32_t(blocked));
  co_return Result<void>();
}

}  // namespace acmecore::rpc
