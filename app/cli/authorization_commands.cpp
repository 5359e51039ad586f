#include <google/protobuf/util/time_util.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>
#include <ostream>
#include <string>

#include "app/cli/authorization_text.h"
#include "app/cli/client.h"
#include "app/cli/pages.h"
#include "app/cli/problem_text.h"
#include "assay/v1/authorization.grpc.pb.h"

namespace app {

namespace v1 = assay::v1;
using base::Result;
using google::protobuf::util::TimeUtil;
using v1::AuthorizationService;

namespace {

struct AuthorizationOptions {
  std::string id;
  std::string account;
};

grpc::Status list(const AuthorizationOptions& options, const Client& client, Terminal& terminal) {
  v1::ListAuthorizationsRequest request;
  request.set_account(options.account);
  const auto stub = client.stub<AuthorizationService>();
  const auto ask = [&](grpc::ClientContext& context, const auto& asked, auto& page) {
    return stub->ListAuthorizations(&context, asked, &page);
  };
  const auto tell = [&](const v1::ListAuthorizationsResponse& page) {
    for (const v1::Authorization& authorization : page.authorizations())
      print_authorization(terminal.out, authorization, "");
  };
  return print_pages<v1::ListAuthorizationsResponse>(client, terminal, request, ask, tell);
}

// A call that names an authorization and is answered with it.
template <class Request, class Response>
ServerCall call_for_one(std::shared_ptr<const AuthorizationOptions> options,
                        grpc::Status (AuthorizationService::Stub::*method)(grpc::ClientContext*,
                                                                           const Request&, Response*)) {
  return [options, method](const Client& client, Terminal& terminal) -> Result<grpc::Status> {
    Request request;
    request.set_id(options->id);
    Response response;
    const auto stub = client.stub<AuthorizationService>();
    const auto status = ((*stub).*method)(client.context().get(), request, &response);
    if (status.ok() && !client.printed_as_json(response, terminal.out))
      print_authorization(terminal.out, response.authorization(), "");
    return status;
  };
}

}  // namespace

void print_authorization(std::ostream& out, const v1::Authorization& authorization, std::string_view margin) {
  out << margin << authorization.id() << " " << authorization.name() << " " << authorization.status() << "\n"
      << margin << "  of account " << authorization.account() << ", made "
      << TimeUtil::ToString(authorization.create_time()) << ", until "
      << TimeUtil::ToString(authorization.expire_time()) << "\n";
  if (authorization.subdomain_auth_allowed()) out << margin << "  counts for all names below\n";
  if (authorization.has_deactivate_time())
    out << margin << "  deactivated " << TimeUtil::ToString(authorization.deactivate_time()) << "\n";
  if (authorization.has_revoke_time())
    out << margin << "  revoked " << TimeUtil::ToString(authorization.revoke_time()) << "\n";
  for (const auto& challenge : authorization.challenges()) {
    out << margin << "  " << challenge.type() << " " << challenge.status();
    if (challenge.has_validate_time()) out << ", validated " << TimeUtil::ToString(challenge.validate_time());
    if (challenge.has_next_look_time())
      out << ", next look " << TimeUtil::ToString(challenge.next_look_time());
    out << "\n";
    const std::string below = std::string(margin) + "    ";
    if (challenge.has_error()) print_problem(out, challenge.error(), below);
    for (const std::string& line : challenge.evidence())
      out << below << line << "\n";
  }
}

void add_authorization(CLI::App& program, Command& chosen) {
  const auto options = std::make_shared<AuthorizationOptions>();
  auto* group = program.add_subcommand("authorization", "What accounts have proved: see it, revoke it");
  group->require_subcommand(1);
  const auto server = add_server_options(*group);

  auto* all = group->add_subcommand("list", "List the authorizations, the oldest first");
  all->add_option("--account", options->account, "Only those of this account")->type_name("ID");
  calls_server(*all, chosen, server, [options](const Client& client, Terminal& terminal) {
    return list(*options, client, terminal);
  });

  const auto add_for_one = [&](const char* name, const char* description, ServerCall call) {
    auto* command = group->add_subcommand(name, description);
    command->add_option("ID", options->id, "The authorization, as list says; the end of its URL")->required();
    calls_server(*command, chosen, server, std::move(call));
  };
  using Stub = AuthorizationService::Stub;
  add_for_one("show", "Show one authorization with its evidence",
              call_for_one(options, &Stub::GetAuthorization));
  add_for_one("revoke", "Let no order rely on a valid authorization any more",
              call_for_one(options, &Stub::RevokeAuthorization));
}

}  // namespace app
