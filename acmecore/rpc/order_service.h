#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <string>
#include <utility>

#include "acmecore/administration.h"
#include "acmecore/authority.h"
#include "acmecore/rpc/operator_calls.h"
#include "assay/v1/order.grpc.pb.h"

namespace acmecore::rpc {

// OrderService (proto/assay/v1/order.proto).
class OrderService final : public assay::v1::OrderService::CallbackService {
 public:
  // Each call runs on `executor`. The references outlive the service and its calls.
  OrderService(Administration& administration, Authority& authority, const proto::Callers& callers,
               boost::asio::any_io_executor executor)
      : administration_(administration), authority_(authority), calls_(callers, std::move(executor)) {}

  grpc::ServerUnaryReactor* ListOrders(grpc::CallbackServerContext* context,
                                       const assay::v1::ListOrdersRequest* request,
                                       assay::v1::ListOrdersResponse* response) override;
  grpc::ServerUnaryReactor* GetOrder(grpc::CallbackServerContext* context,
                                     const assay::v1::GetOrderRequest* request,
                                     assay::v1::GetOrderResponse* response) override;
  grpc::ServerUnaryReactor* ApproveOrder(grpc::CallbackServerContext* context,
                                         const assay::v1::ApproveOrderRequest* request,
                                         assay::v1::ApproveOrderResponse* response) override;
  grpc::ServerUnaryReactor* RejectOrder(grpc::CallbackServerContext* context,
                                        const assay::v1::RejectOrderRequest* request,
                                        assay::v1::RejectOrderResponse* response) override;

 private:
  using Work = OperatorCalls::Work;

  Work list(const assay::v1::ListOrdersRequest& request, assay::v1::ListOrdersResponse& response);
  Work get(std::string id, assay::v1::Order& message);
  Work approve(Actor by, std::string id, assay::v1::Order& message);
  Work reject(Actor by, const assay::v1::RejectOrderRequest& request, assay::v1::Order& message);

  Administration& administration_;
  Authority& authority_;
  const OperatorCalls calls_;
};

}  // namespace acmecore::rpc
