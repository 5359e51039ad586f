#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <string>

#include "acmecore/inventory.h"
#include "acmecore/rpc/operator_calls.h"
#include "assay/v1/inventory.grpc.pb.h"

namespace acmecore::rpc {

// InventoryService (proto/assay/v1/inventory.proto).
class InventoryService final : public assay::v1::InventoryService::CallbackService {
 public:
  // Each call runs on `executor`. The references outlive the service and its calls.
  InventoryService(Inventory& inventory, const proto::Callers& callers, boost::asio::any_io_executor executor)
      : inventory_(inventory), calls_(callers, std::move(executor)) {}

  grpc::ServerUnaryReactor* ListCertificates(grpc::CallbackServerContext* context,
                                             const assay::v1::ListCertificatesRequest* request,
                                             assay::v1::ListCertificatesResponse* response) override;
  grpc::ServerUnaryReactor* GetCertificate(grpc::CallbackServerContext* context,
                                           const assay::v1::GetCertificateRequest* request,
                                           assay::v1::GetCertificateResponse* response) override;

 private:
  using Work = OperatorCalls::Work;

  Work list(const assay::v1::ListCertificatesRequest& request, assay::v1::ListCertificatesResponse& response);
  Work get(const std::string& serial, assay::v1::Certificate& message);

  Inventory& inventory_;
  const OperatorCalls calls_;
};

}  // namespace acmecore::rpc
