#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <string>
#include <utility>

#include "acmecore/administration.h"
#include "acmecore/rpc/operator_calls.h"
#include "assay/v1/account.grpc.pb.h"

namespace acmecore::rpc {

// AccountService (proto/assay/v1/account.proto).
class AccountService final : public assay::v1::AccountService::CallbackService {
 public:
  // Each call runs on `executor`. The references outlive the service and its calls.
  AccountService(Administration& administration, const proto::Callers& callers,
                 boost::asio::any_io_executor executor)
      : administration_(administration), calls_(callers, std::move(executor)) {}

  grpc::ServerUnaryReactor* ListAccounts(grpc::CallbackServerContext* context,
                                         const assay::v1::ListAccountsRequest* request,
                                         assay::v1::ListAccountsResponse* response) override;
  grpc::ServerUnaryReactor* GetAccount(grpc::CallbackServerContext* context,
                                       const assay::v1::GetAccountRequest* request,
                                       assay::v1::GetAccountResponse* response) override;
  grpc::ServerUnaryReactor* DisableAccount(grpc::CallbackServerContext* context,
                                           const assay::v1::DisableAccountRequest* request,
                                           assay::v1::DisableAccountResponse* response) override;
  grpc::ServerUnaryReactor* SetAccountContacts(grpc::CallbackServerContext* context,
                                               const assay::v1::SetAccountContactsRequest* request,
                                               assay::v1::SetAccountContactsResponse* response) override;

 private:
  using Work = OperatorCalls::Work;

  Work list(const assay::v1::ListAccountsRequest& request, assay::v1::ListAccountsResponse& response);
  Work get(const assay::v1::GetAccountRequest& request, assay::v1::GetAccountResponse& response);
  Work disable(Actor by, const assay::v1::DisableAccountRequest& request,
               assay::v1::DisableAccountResponse& response);
  Work set_contacts(Actor by, const assay::v1::SetAccountContactsRequest& request,
                    assay::v1::SetAccountContactsResponse& response);

  Administration& administration_;
  const OperatorCalls calls_;
};

}  // namespace acmecore::rpc
