#pragma once

#include <string>

#include "assay/v1/account_import.grpc.pb.h"
#include "base/task.h"
#include "dnsserver/account_import.h"
#include "proto/callers.h"

namespace dnsserver::rpc {

// Of one call.
inline constexpr int kAccountsPerCallMax = 1000;

// assay.v1.AccountImportService. What it refers to outlives it, and it outlives the server that it is registered with.
class AccountImportService final : public assay::v1::AccountImportService::CallbackService {
 public:
  AccountImportService(Credentials& credentials, Publishing& publishing, const base::Clock& clock,
                       const proto::Callers& callers, Publishing::Executor executor)
      : credentials_(credentials),
        publishing_(publishing),
        clock_(clock),
        callers_(callers),
        executor_(std::move(executor)) {}

  grpc::ServerUnaryReactor* ImportAccounts(grpc::CallbackServerContext* context,
                                           const assay::v1::ImportAccountsRequest* request,
                                           assay::v1::ImportAccountsResponse* response) override;

 private:
  Task<Result<void>> import_accounts(Administrator by, const assay::v1::ImportAccountsRequest& request,
                                     assay::v1::ImportAccountsResponse& response);
  Task<Result<AccountImported>> import_one(const assay::v1::ForeignAccount& message, bool dry_run,
                                           Administrator by);

  Credentials& credentials_;
  Publishing& publishing_;
  const base::Clock& clock_;
  const proto::Callers& callers_;
  Publishing::Executor executor_;
};

}  // namespace dnsserver::rpc
