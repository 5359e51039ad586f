#include "acmecore/rpc/order_service.h"

#include <optional>
#include <utility>

#include "acmecore/dns_name_syntax.h"
#include "acmecore/rpc/administration_messages.h"

namespace acmecore::rpc {

namespace api = assay::v1;
using base::ErrorKind;
using base::Result;
using proto::Permission;

namespace {

// Nothing: any.
Result<std::optional<OrderStatus>> order_status(const std::string& text) {
  if (text.empty()) return std::nullopt;
  for (const OrderStatus status : {OrderStatus::pending, OrderStatus::ready, OrderStatus::processing,
                                   OrderStatus::valid, OrderStatus::invalid, OrderStatus::canceled}) {
    if (name_of(status) == text) return status;
  }
  return base::fail(
      ErrorKind::malformed,
      "an order is pending, ready, processing, valid, invalid or canceled, never " + in_quotes(text));
}

}  // namespace

grpc::ServerUnaryReactor* OrderService::ListOrders(grpc::CallbackServerContext* context,
                                                   const api::ListOrdersRequest* request,
                                                   api::ListOrdersResponse* response) {
  return calls_.serve(*context, {Permission::administration, Permission::approval},
                      [=, this](const Actor&) { return list(*request, *response); });
}

grpc::ServerUnaryReactor* OrderService::GetOrder(grpc::CallbackServerContext* context,
                                                 const api::GetOrderRequest* request,
                                                 api::GetOrderResponse* response) {
  return calls_.serve(*context, {Permission::administration, Permission::approval},
                      [=, this](const Actor&) { return get(request->id(), *response->mutable_order()); });
}

grpc::ServerUnaryReactor* OrderService::ApproveOrder(grpc::CallbackServerContext* context,
                                                     const api::ApproveOrderRequest* request,
                                                     api::ApproveOrderResponse* response) {
  return calls_.serve(*context, {Permission::approval}, [=, this](Actor by) {
    return approve(std::move(by), request->id(), *response->mutable_order());
  });
}

grpc::ServerUnaryReactor* OrderService::RejectOrder(grpc::CallbackServerContext* context,
                                                    const api::RejectOrderRequest* request,
                                                    api::RejectOrderResponse* response) {
  return calls_.serve(*context, {Permission::approval}, [=, this](Actor by) {
    return reject(std::move(by), *request, *response->mutable_order());
  });
}

OrderService::Work OrderService::list(const api::ListOrdersRequest& request,
                                      api::ListOrdersResponse& response) {
  CO_TRY(const size_t page_size, checked_page_size(request.page_size(), request.page_token()));
  OrderFilter filter;
  filter.account = request.account();
  CO_TRY(filter.status, order_status(request.status()));
  filter.waiting = request.waiting();
  CO_TRY(const auto page, co_await administration_.orders(filter, request.page_token(), page_size));
  const auto add = [&](const OrderView& record) -> const api::Order& {
    return *response.add_orders() = message_of(record);
  };
  response.set_next_page_token(fill_page(page, add));
  co_return Result<void>();
}

OrderService::Work OrderService::get(std::string id, api::Order& message) {
  CO_TRY(const OrderDetails details, co_await administration_.order(std::move(id)));
  message = message_of(details);
  co_return Result<void>();
}

OrderService::Work OrderService::approve(Actor by, std::string id, api::Order& message) {
  CO_TRY(const OrderView view, co_await authority_.approve(std::move(id), std::move(by), kIssuancePatience));
  message = message_of(view);
  co_return Result<void>();
}

OrderService::Work OrderService::reject(Actor by, const api::RejectOrderRequest& request,
                                        api::Order& message) {
  CO_TRY(const OrderView view, co_await authority_.reject(request.id(), std::move(by), request.reason()));
  message = message_of(view);
  co_return Result<void>();
}

}  // namespace acmecore::rpc
