#pragma once

#include <string>

#include "assay/v1/challenge.grpc.pb.h"
#include "base/task.h"
#include "base/time.h"
#include "dnsserver/credentials.h"
#include "dnsserver/propagation.h"
#include "dnsserver/publishing.h"
#include "dnsserver/waiting_places.h"
#include "proto/callers.h"

namespace dnsserver::rpc {

// A shorter life than this nobody can make use of.
inline constexpr std::chrono::milliseconds kLifetimeMin = std::chrono::seconds(1);

// assay.v1.ChallengeService: each credential's own challenge values. What it refers to outlives it, and it
// outlives the server that it is registered with.
class ChallengeService final : public assay::v1::ChallengeService::CallbackService {
 public:
  // `propagation`: null where nothing outside can be looked at, and then nobody can wait.
  ChallengeService(Publishing& publishing, const Credentials& credentials, const proto::Callers& callers,
                   const base::Clock& clock, Publishing::Executor executor,
                   Propagation* propagation = nullptr)
      : publishing_(publishing),
        credentials_(credentials),
        callers_(callers),
        clock_(clock),
        executor_(std::move(executor)),
        propagation_(propagation) {}

  grpc::ServerUnaryReactor* PresentChallenge(grpc::CallbackServerContext* context,
                                             const assay::v1::PresentChallengeRequest* request,
                                             assay::v1::PresentChallengeResponse* response) override;
  grpc::ServerUnaryReactor* RemoveChallenge(grpc::CallbackServerContext* context,
                                            const assay::v1::RemoveChallengeRequest* request,
                                            assay::v1::RemoveChallengeResponse* response) override;
  grpc::ServerUnaryReactor* ListChallenges(grpc::CallbackServerContext* context,
                                           const assay::v1::ListChallengesRequest* request,
                                           assay::v1::ListChallengesResponse* response) override;

 private:
  Task<Result<void>> present(Writer writer, const grpc::CallbackServerContext& context,
                             const assay::v1::PresentChallengeRequest& request,
                             assay::v1::PresentChallengeResponse& response);
  // Once it is published.
  Task<Result<void>> wait(Challenge challenge, Patience patience,
                          assay::v1::PresentChallengeResponse& response);
  Task<Result<void>> remove(Writer writer, const assay::v1::RemoveChallengeRequest& request,
                            assay::v1::RemoveChallengeResponse& response);
  Task<Result<void>> list(Writer writer, const assay::v1::ListChallengesRequest& request,
                          assay::v1::ListChallengesResponse& response);

  Publishing& publishing_;
  const Credentials& credentials_;
  const proto::Callers& callers_;
  const base::Clock& clock_;
  Publishing::Executor executor_;
  Propagation* const propagation_;
  WaitingPlaces waiting_;
};

}  // namespace dnsserver::rpc
