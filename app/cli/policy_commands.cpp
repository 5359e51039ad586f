#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <memory>
#include <ostream>

#include "app/cli/client.h"
#include "assay/v1/policy.grpc.pb.h"

namespace app {

namespace v1 = assay::v1;
using base::Result;
using v1::PolicyService;

namespace {

struct TestOptions {
  std::vector<std::string> names;
  std::string account;
  std::string external_account;
  std::string key_type;
  std::string profile;
  std::string directory;
};

constexpr std::string_view kErrorSpace = "urn:ietf:params:acme:error:";

void tell(std::ostream& out, const v1::TestPolicyResponse& response) {
  if (response.would_be_issued())
    out << (response.needs_approval() ? "would be issued once somebody approves it\n" : "would be issued\n");
  for (const auto& refusal : response.refusals()) {
    const std::string& type = refusal.type();
    out << (type.starts_with(kErrorSpace) ? type.substr(kErrorSpace.size()) : type) << ": "
        << refusal.detail() << "\n";
  }
}

Result<grpc::Status> test(const TestOptions& options, const Client& client, Terminal& terminal) {
  v1::TestPolicyRequest request;
  request.mutable_names()->Assign(options.names.begin(), options.names.end());
  request.set_account(options.account);
  request.set_external_account(options.external_account);
  request.set_key_type(options.key_type);
  request.set_profile(options.profile);
  request.set_directory(options.directory);
  v1::TestPolicyResponse response;
  const auto status = client.stub<PolicyService>()->Test(client.context().get(), request, &response);
  if (!status.ok()) return status;
  if (!client.printed_as_json(response, terminal.out)) tell(terminal.out, response);
  if (!response.would_be_issued()) {
    return base::fail(base::ErrorKind::rejected_identifier, "such a certificate would not be issued");
  }
  return status;
}

}  // namespace

void add_policy(CLI::App& program, Command& chosen) {
  const auto options = std::make_shared<TestOptions>();
  auto* group = program.add_subcommand("policy", "What the server's CA would certify");
  group->require_subcommand(1);
  const auto server = add_server_options(*group);

  auto* command = group->add_subcommand(
      "test", "Say whether a certificate for these names would be issued, and if not why; order nothing");
  command->add_option("NAME", options->names, "As in an order, also \"*.corp.example\"")->required();
  auto* account =
      command->add_option("--account", options->account, "For this account; else one that no rule is about")
          ->type_name("ID");
  command
      ->add_option("--external-account", options->external_account,
                   "For an account that would be made with this external account key")
      ->type_name("ID")
      ->excludes(account);
  command
      ->add_option("--directory", options->directory,
                   "For an account that would be made in this ACME directory")
      ->type_name("NAME")
      ->excludes(account);
  command->add_option("--key-type", options->key_type, "For a key of this type: rsa, p256, p384 or p521")
      ->type_name("TYPE")
      ->check(CLI::IsMember({"rsa", "p256", "p384", "p521"}));
  command->add_option("--profile", options->profile, "By this profile; else that of an order that names none")
      ->type_name("NAME");
  calls_server(*command, chosen, server, [options](const Client& client, Terminal& terminal) {
    return test(*options, client, terminal);
  });
}

}  // namespace app
