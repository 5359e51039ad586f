#include <google/protobuf/util/time_util.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <memory>
#include <ostream>
#include <string>

#include "app/cli/authorization_text.h"
#include "app/cli/call_for_one.h"
#include "app/cli/client.h"
#include "app/cli/pages.h"
#include "app/cli/problem_text.h"
#include "assay/v1/order.grpc.pb.h"

namespace app {

namespace v1 = assay::v1;
using base::Result;
using google::protobuf::util::TimeUtil;
using v1::OrderService;

namespace {

struct OrderOptions {
  std::string id;
  std::string account;
  std::string status;
  bool waiting = false;
  std::string reason;
};

void print(std::ostream& out, const v1::Order::Approval& approval) {
  if (approval.waiting()) {
    out << "  waits for approval since " << TimeUtil::ToString(approval.ask_time()) << ", until "
        << TimeUtil::ToString(approval.expire_time()) << "\n";
  } else if (approval.has_decide_time()) {
    out << "  decided by " << approval.by() << " " << TimeUtil::ToString(approval.decide_time()) << "\n";
  }
}

void print(std::ostream& out, const v1::Order& order) {
  out << order.id() << " " << order.status() << "\n  for";
  for (const std::string& name : order.names())
    out << " " << name;
  out << "\n  of account " << order.account() << ", made " << TimeUtil::ToString(order.create_time())
      << ", until " << TimeUtil::ToString(order.expire_time()) << "\n";
  if (order.has_not_before()) out << "  notBefore " << TimeUtil::ToString(order.not_before()) << "\n";
  if (order.has_not_after()) out << "  notAfter " << TimeUtil::ToString(order.not_after()) << "\n";
  if (!order.profile().empty()) out << "  profile " << order.profile() << "\n";
  if (order.has_auto_renewal()) {
    out << "  renews itself until " << TimeUtil::ToString(order.auto_renewal().end_time());
    if (order.auto_renewal().has_cancel_time())
      out << ", canceled " << TimeUtil::ToString(order.auto_renewal().cancel_time());
    out << "\n";
  }
  if (!order.replaces().empty()) out << "  replaces " << order.replaces() << "\n";
  if (order.has_approval()) print(out, order.approval());
  if (!order.serial().empty()) out << "  certificate " << order.serial() << "\n";
  if (order.has_error()) print_problem(out, order.error(), "  ");
  for (const v1::Authorization& authorization : order.authorizations())
    print_authorization(out, authorization, "  ");
}

grpc::Status list(const OrderOptions& options, const Client& client, Terminal& terminal) {
  v1::ListOrdersRequest request;
  request.set_account(options.account);
  request.set_status(options.status);
  request.set_waiting(options.waiting);
  const auto stub = client.stub<OrderService>();
  const auto ask = [&](grpc::ClientContext& context, const auto& asked, auto& page) {
    return stub->ListOrders(&context, asked, &page);
  };
  const auto tell = [&](const v1::ListOrdersResponse& page) {
    for (const v1::Order& order : page.orders())
      print(terminal.out, order);
  };
  return print_pages<v1::ListOrdersResponse>(client, terminal, request, ask, tell);
}

// What was approved may not be issued all the same, such as when the policy has changed.
Result<grpc::Status> approve(const OrderOptions& options, const Client& client, Terminal& terminal) {
  v1::ApproveOrderRequest request;
  request.set_id(options.id);
  v1::ApproveOrderResponse response;
  const auto status = client.stub<OrderService>()->ApproveOrder(client.context().get(), request, &response);
  if (!status.ok()) return status;
  const v1::Order& order = response.order();
  if (!client.printed_as_json(response, terminal.out)) print(terminal.out, order);
  if (order.status() != "invalid") return status;
  return base::fail(base::ErrorKind::order_not_ready,
                    "the order was approved, but is invalid: " + order.error().detail());
}

}  // namespace

void add_order(CLI::App& program, Command& chosen) {
  const auto options = std::make_shared<OrderOptions>();
  auto* group = program.add_subcommand("order", "Orders of certificates: see them, approve or reject them");
  group->require_subcommand(1);
  const auto server = add_server_options(*group);

  auto* all = group->add_subcommand("list", "List the orders, the oldest first");
  all->add_option("--account", options->account, "Only those of this account")->type_name("ID");
  all->add_option("--status", options->status,
                  "Only those that are pending, ready, processing, valid, invalid or canceled")
      ->type_name("STATUS")
      ->check(CLI::IsMember({"pending", "ready", "processing", "valid", "invalid", "canceled"}));
  all->add_flag("--waiting", options->waiting, "Only those that wait for somebody's approval");
  calls_server(*all, chosen, server, [options](const Client& client, Terminal& terminal) {
    return list(*options, client, terminal);
  });

  const auto add_for_one = [&](const char* name, const char* description, ServerCall call) {
    auto* command = group->add_subcommand(name, description);
    command->add_option("ID", options->id, "The order, as list says; the end of its URL")->required();
    calls_server(*command, chosen, server, std::move(call));
    return command;
  };
  using Stub = OrderService::Stub;
  const auto name = [options](auto& request) { request.set_id(options->id); };
  const auto name_with_reason = [options](v1::RejectOrderRequest& request) {
    request.set_id(options->id);
    request.set_reason(options->reason);
  };
  const auto tell = [](std::ostream& out, const auto& response) { print(out, response.order()); };
  add_for_one("show", "Show one order with its authorizations",
              call_for_one<OrderService>(&Stub::GetOrder, name, tell));
  add_for_one(
      "approve", "Issue the certificate of an order that waits",
      [options](const Client& client, Terminal& terminal) { return approve(*options, client, terminal); });
  auto* reject = add_for_one("reject", "Make an order that waits invalid",
                             call_for_one<OrderService>(&Stub::RejectOrder, name_with_reason, tell));
  reject->add_option("--reason", options->reason, "One line, which the subscriber is told")
      ->type_name("TEXT")
      ->required();
}

}  // namespace app
