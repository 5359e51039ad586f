#include "dnsserver/rpc/challenge_service.h"

#include <algorithm>

#include "base/log.h"
#include "dnsserver/rpc/fields.h"
#include "dnsserver/rpc/serve.h"
#include "dnsserver/rpc/writer.h"
#include "proto/time.h"

namespace dnsserver::rpc {

namespace {

using assay::v1::ListChallengesRequest;
using assay::v1::ListChallengesResponse;
using assay::v1::PresentChallengeRequest;
using assay::v1::PresentChallengeResponse;
using assay::v1::RemoveChallengeRequest;
using assay::v1::RemoveChallengeResponse;
using base::ErrorKind;

// The name cannot hold TXT as things are: it is an alias, or delegated.
constexpr auto kOnConflict = grpc::StatusCode::FAILED_PRECONDITION;

Result<std::chrono::milliseconds> lifetime_of(const PresentChallengeRequest& request, const Writer& writer) {
  if (!request.has_lifetime()) {
    return writer.credential ? std::min(kChallengeLifetimeDefault, writer.credential->limits.lifetime_max)
                             : kChallengeLifetimeDefault;
  }
  TRY(const auto lifetime, parse_duration("lifetime", request.lifetime()));
  if (lifetime < kLifetimeMin || lifetime > kChallengeLifetimeMax) {
    return base::fail(ErrorKind::malformed, "lifetime: it is from 1 second to 30 days");
  }
  return lifetime;
}

// Nothing: the caller does not wait.
Result<std::optional<std::chrono::milliseconds>> timeout_of(const PresentChallengeRequest& request) {
  if (request.wait().servers() == assay::v1::Wait::SERVERS_NONE) return std::nullopt;
  if (request.wait().servers() != assay::v1::Wait::SERVERS_ALL)
    return base::fail(ErrorKind::malformed, "wait.servers: not a word that this server knows");
  if (!request.wait().has_timeout()) return kWaitDefault;
  TRY(const auto timeout, parse_duration("wait.timeout", request.wait().timeout()));
  if (timeout > kWaitMax) return base::fail(ErrorKind::malformed, "wait.timeout: it is at most 10 minutes");
  return timeout;
}

void write(const Challenge& challenge, assay::v1::Challenge& message) {
  message.set_name(challenge.owner.text());
  message.set_value(challenge.value);
  message.set_tag(challenge.tag);
  *message.mutable_expire_time() = proto::to_timestamp(challenge.expires);
}

}  // namespace

grpc::ServerUnaryReactor* ChallengeService::PresentChallenge(grpc::CallbackServerContext* context,
                                                             const PresentChallengeRequest* request,
                                                             PresentChallengeResponse* response) {
  const auto method = [=, this](Writer writer) {
    return status_of(present(std::move(writer), *context, *request, *response), kOnConflict);
  };
  return serve_writer(*context, callers_, credentials_, executor_, method);
}

grpc::ServerUnaryReactor* ChallengeService::RemoveChallenge(grpc::CallbackServerContext* context,
                                                            const RemoveChallengeRequest* request,
                                                            RemoveChallengeResponse* response) {
  const auto method = [=, this](Writer writer) {
    return status_of(remove(std::move(writer), *request, *response), kOnConflict);
  };
  return serve_writer(*context, callers_, credentials_, executor_, method);
}

grpc::ServerUnaryReactor* ChallengeService::ListChallenges(grpc::CallbackServerContext* context,
                                                           const ListChallengesRequest* request,
                                                           ListChallengesResponse* response) {
  const auto method = [=, this](Writer writer) {
    return status_of(list(std::move(writer), *request, *response), kOnConflict);
  };
  return serve_writer(*context, callers_, credentials_, executor_, method);
}

Task<Result<void>> ChallengeService::present(Writer writer, const grpc::CallbackServerContext& context,
                                             const PresentChallengeRequest& request,
                                             PresentChallengeResponse& response) {
  CO_TRY(const Name owner, parse_name("name", request.name()));
  CO_TRY(const auto lifetime, lifetime_of(request, writer));
  CO_TRY(const auto timeout, timeout_of(request));
  if (timeout && propagation_ == nullptr) {
    co_return base::fail(
        ErrorKind::unavailable,
        "wait: this server cannot look at other name servers; it lacks the role \"validator\"");
  }
  const Time expires = clock_.now() + lifetime;
  writer.tag = request.tag();
  CO_TRY(const Presented presented, co_await publishing_.present(writer, owner, request.value(), expires));
  write(presented.challenge, *response.mutable_challenge());
  response.set_zone_serial(presented.zone_serial);
  base::log::info("dns.challenge.presented", {{"credential", writer.name}, {"owner", owner.text()}});
  if (!timeout) co_return Result<void>();
  const Patience patience{*timeout, [&context] { return context.IsCancelled(); }};
  co_return co_await wait(presented.challenge, patience, response);
}

Task<Result<void>> ChallengeService::wait(Challenge challenge, Patience patience,
                                          PresentChallengeResponse& response) {
  const auto place = waiting_.take(challenge.credential);
  if (!place) co_return base::fail(place.error().kind, "the value is published, and " + place.error().detail);
  CO_TRY(const Name apex, publishing_.zone_of(challenge.owner));
  CO_TRY(const auto served,
         co_await await_served(*propagation_, clock_, apex, challenge.owner, challenge.value, patience));
  for (const AddressSeen& seen : served.addresses) {
    auto& message = *response.add_served_at();
    message.set_name_server(seen.server);
    message.set_address(seen.address);
    *message.mutable_seen_time() = proto::to_timestamp(seen.when);
  }
  *response.mutable_safe_to_validate_time() = proto::to_timestamp(served.safe_to_validate);
  co_return Result<void>();
}

Task<Result<void>> ChallengeService::remove(Writer writer, const RemoveChallengeRequest& request,
                                            RemoveChallengeResponse& response) {
  CO_TRY(const Name owner, parse_name("name", request.name()));
  std::optional<Bytes> value;
  if (!request.value().empty()) value = request.value();
  writer.tag = request.tag();
  CO_TRY(const size_t removed, co_await publishing_.remove(writer, owner, std::move(value)));
  response.set_removed_count(uint32_t(removed));
  base::log::info("dns.challenge.removed",
                  {{"credential", writer.name}, {"owner", owner.text()}, {"count", removed}});
  co_return Result<void>();
}

Task<Result<void>> ChallengeService::list(Writer writer, const ListChallengesRequest& request,
                                          ListChallengesResponse& response) {
  std::optional<Name> owner;
  if (!request.name().empty()) {
    CO_TRY(owner, parse_name("name", request.name()));
  }
  const std::string which = "ListChallenges/" + writer.name + "/" + (owner ? base::lower(owner->text()) : "");
  CO_TRY(const size_t page_size, parse_page_size(request.page_size()));
  CO_TRY(Bytes after, parse_page_token(which, request.page_token()));
  CO_TRY(const auto page,
         co_await publishing_.list_challenges(writer.name, owner, std::move(after), page_size));
  for (const Challenge& challenge : page.items)
    write(challenge, *response.add_challenges());
  response.set_next_page_token(page_token(which, page.next));
  co_return Result<void>();
}

}  // namespace dnsserver::rpc
