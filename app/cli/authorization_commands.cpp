#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>
#include <ostream>
#include <string>

#include "app/cli/authorization_text.h"
#include "app/cli/call_for_one.h"
#include "app/cli/client.h"
#include "app/cli/pages.h"
#include "assay/v1/authorization.grpc.pb.h"

namespace app {

namespace v1 = assay::v1;
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

}  // namespace

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
  const auto name = [options](auto& request) { request.set_id(options->id); };
  const auto tell = [](std::ostream& out, const auto& response) {
    print_authorization(out, response.authorization(), "");
  };
  add_for_one("show", "Show one authorization with its evidence",
              call_for_one<AuthorizationService>(&Stub::GetAuthorization, name, tell));
  add_for_one("revoke", "Let no order rely on a valid authorization any more",
              call_for_one<AuthorizationService>(&Stub::RevokeAuthorization, name, tell));
}

}  // namespace app
