#include <google/protobuf/util/time_util.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "app/cli/call_for_one.h"
#include "app/cli/client.h"
#include "app/cli/pages.h"
#include "assay/v1/account.grpc.pb.h"

namespace app {

namespace v1 = assay::v1;
using google::protobuf::util::TimeUtil;
using v1::AccountService;

namespace {

struct AccountOptions {
  std::string id;
  std::string status;
  std::string directory;
  std::vector<std::string> contacts;
};

void print(std::ostream& out, const v1::Account& account) {
  out << account.id() << " " << account.status() << "\n  directory " << account.directory() << ", made "
      << TimeUtil::ToString(account.create_time()) << "\n";
  if (account.has_revoke_time()) out << "  disabled " << TimeUtil::ToString(account.revoke_time()) << "\n";
  for (const std::string& contact : account.contacts())
    out << "  contact " << contact << "\n";
  if (!account.terms_of_service().empty()) out << "  agreed to " << account.terms_of_service() << "\n";
  if (!account.external_account().empty())
    out << "  external account key " << account.external_account() << "\n";
  if (!account.principal().empty()) out << "  of the gRPC credential " << account.principal() << "\n";
  out << "  key thumbprint " << account.key_thumbprint() << "\n";
}

grpc::Status list(const AccountOptions& options, const Client& client, Terminal& terminal) {
  v1::ListAccountsRequest request;
  request.set_status(options.status);
  request.set_directory(options.directory);
  const auto stub = client.stub<AccountService>();
  const auto ask = [&](grpc::ClientContext& context, const auto& asked, auto& page) {
    return stub->ListAccounts(&context, asked, &page);
  };
  const auto tell = [&](const v1::ListAccountsResponse& page) {
    for (const v1::Account& account : page.accounts())
      print(terminal.out, account);
  };
  return print_pages<v1::ListAccountsResponse>(client, terminal, request, ask, tell);
}

}  // namespace

void add_account(CLI::App& program, Command& chosen) {
  const auto options = std::make_shared<AccountOptions>();
  auto* group = program.add_subcommand("account", "ACME accounts: see them, disable them");
  group->require_subcommand(1);
  const auto server = add_server_options(*group);

  auto* all = group->add_subcommand("list", "List the accounts, the oldest first");
  all->add_option("--status", options->status, "Only those that are valid, deactivated or revoked")
      ->type_name("STATUS")
      ->check(CLI::IsMember({"valid", "deactivated", "revoked"}));
  all->add_option("--directory", options->directory, "Only those of this ACME directory")->type_name("NAME");
  calls_server(*all, chosen, server, [options](const Client& client, Terminal& terminal) {
    return list(*options, client, terminal);
  });

  const auto add_for_one = [&](const char* name, const char* description, ServerCall call) {
    auto* command = group->add_subcommand(name, description);
    command->add_option("ID", options->id, "The account, as list says; the end of its URL")->required();
    calls_server(*command, chosen, server, std::move(call));
    return command;
  };
  using Stub = AccountService::Stub;
  const auto name = [options](auto& request) { request.set_id(options->id); };
  const auto name_with_contacts = [options](v1::SetAccountContactsRequest& request) {
    request.set_id(options->id);
    request.mutable_contacts()->Assign(options->contacts.begin(), options->contacts.end());
  };
  const auto tell = [](std::ostream& out, const auto& response) { print(out, response.account()); };
  add_for_one("show", "Show one account", call_for_one<AccountService>(&Stub::GetAccount, name, tell));
  add_for_one("disable", "Refuse for ever what an account signs; its certificates stay",
              call_for_one<AccountService>(&Stub::DisableAccount, name, tell));
  auto* contacts =
      add_for_one("contacts", "Set whom to write to about an account; without any, nobody",
                  call_for_one<AccountService>(&Stub::SetAccountContacts, name_with_contacts, tell));
  contacts->add_option("URL", options->contacts, "Such as mailto:team@corp.example");
}

}  // namespace app
