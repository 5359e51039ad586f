#include "dnsserver/rpc/challenge_service.h"

#include "base/log.h"
#include "dnsserver/rpc/fields.h"
#include "dnsserver/rpc/serve.h"
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
using proto::Permission;

// The name cannot hold TXT as things are: it is an alias, or delegated.
constexpr auto kOnConflict = grpc::StatusCode::FAILED_PRECONDITION;

Result<std::chrono::milliseconds> lifetime_of(const PresentChallengeRequest& request) {
  if (!request.has_lifetime()) return kChallengeLifetimeDefault;
  TRY(const auto lifetime, parse_duration("lifetime", request.lifetime()));
  if (lifetime < kLifetimeMin || lifetime > kChallengeLifetimeMax) {
    return base::fail(ErrorKind::malformed, "lifetime: it is from 1 second to 30 days");
  }
  return lifetime;
}

void write(const Challenge& challenge, assay::v1::Challenge& message) {
  message.set_name(challenge.owner.text());
  message.set_value(challenge.value);
  *message.mutable_expire_time() = proto::to_timestamp(challenge.expires);
}

}  // namespace

grpc::ServerUnaryReactor* ChallengeService::PresentChallenge(grpc::CallbackServerContext* context,
                                                             const PresentChallengeRequest* request,
                                                             PresentChallengeResponse* response) {
  const auto method = [=, this](std::string credential) {
    return status_of(present(std::move(credential), *request, *response), kOnConflict);
  };
  return serve(*context, callers_, Permission::challenges, executor_, method);
}

grpc::ServerUnaryReactor* ChallengeService::RemoveChallenge(grpc::CallbackServerContext* context,
                                                            const RemoveChallengeRequest* request,
                                                            RemoveChallengeResponse* response) {
  const auto method = [=, this](std::string credential) {
    return status_of(remove(std::move(credential), *request, *response), kOnConflict);
  };
  return serve(*context, callers_, Permission::challenges, executor_, method);
}

grpc::ServerUnaryReactor* ChallengeService::ListChallenges(grpc::CallbackServerContext* context,
                                                           const ListChallengesRequest* request,
                                                           ListChallengesResponse* response) {
  const auto method = [=, this](std::string credential) {
    return status_of(list(std::move(credential), *request, *response), kOnConflict);
  };
  return serve(*context, callers_, Permission::challenges, executor_, method);
}

Task<Result<void>> ChallengeService::present(std::string credential, const PresentChallengeRequest& request,
                                             PresentChallengeResponse& response) {
  CO_TRY(const Name owner, parse_name("name", request.name()));
  CO_TRY(const auto lifetime, lifetime_of(request));
  const Time expires = clock_.now() + lifetime;
  Writer writer = Writer::of_configuration(credential);
  CO_TRY(const Presented presented,
         co_await publishing_.present(std::move(writer), owner, request.value(), expires));
  write(presented.challenge, *response.mutable_challenge());
  response.set_zone_serial(presented.zone_serial);
  base::log::info("dns.challenge.presented", {{"credential", credential}, {"owner", owner.text()}});
  co_return Result<void>();
}

Task<Result<void>> ChallengeService::remove(std::string credential, const RemoveChallengeRequest& request,
                                            RemoveChallengeResponse& response) {
  CO_TRY(const Name owner, parse_name("name", request.name()));
  std::optional<Bytes> value;
  if (!request.value().empty()) value = request.value();
  Writer writer = Writer::of_configuration(credential);
  CO_TRY(const size_t removed, co_await publishing_.remove(std::move(writer), owner, std::move(value)));
  response.set_removed_count(uint32_t(removed));
  base::log::info("dns.challenge.removed",
                  {{"credential", credential}, {"owner", owner.text()}, {"count", removed}});
  co_return Result<void>();
}

Task<Result<void>> ChallengeService::list(std::string credential, const ListChallengesRequest& request,
                                          ListChallengesResponse& response) {
  std::optional<Name> owner;
  if (!request.name().empty()) {
    CO_TRY(owner, parse_name("name", request.name()));
  }
  const std::string which = "ListChallenges/" + credential + "/" + (owner ? base::lower(owner->text()) : "");
  CO_TRY(const size_t page_size, parse_page_size(request.page_size()));
  CO_TRY(Bytes after, parse_page_token(which, request.page_token()));
  CO_TRY(const auto page,
         co_await publishing_.list_challenges(credential, owner, std::move(after), page_size));
  for (const Challenge& challenge : page.items)
    write(challenge, *response.add_challenges());
  response.set_next_page_token(page_token(which, page.next));
  co_return Result<void>();
}

}  // namespace dnsserver::rpc
