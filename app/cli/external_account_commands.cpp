#include <google/protobuf/util/time_util.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "app/cli/call_for_one.h"
#include "app/cli/client.h"
#include "app/cli/duration_option.h"
#include "app/cli/pages.h"
#include "app/cli/time_option.h"
#include "assay/v1/external_account.grpc.pb.h"
#include "base/quantity.h"
#include "base/time.h"
#include "proto/time.h"

namespace app {

namespace v1 = assay::v1;
using google::protobuf::util::TimeUtil;
using v1::ExternalAccountService;

namespace {

struct KeyOptions {
  std::string id;
  std::string directory;
  std::string comment;
  std::vector<std::string> allowed_names;
  std::vector<std::string> profiles;
  std::optional<std::chrono::milliseconds> certificate_lifetime_max;
  std::optional<base::Time> expires;
  uint32_t uses_max = 1;
};

void print(std::ostream& out, const v1::ExternalAccountKey& key) {
  out << key.id();
  if (!key.comment().empty()) out << " \"" << key.comment() << "\"";
  if (key.disabled()) out << " disabled";
  out << "\n  directory " << key.directory() << "\n";
  for (const std::string& name : key.allowed_names())
    out << "  allows " << name << "\n";
  for (const std::string& profile : key.profiles())
    out << "  profile " << profile << "\n";
  if (key.has_certificate_lifetime_max()) {
    const auto lifetime =
        std::chrono::milliseconds(TimeUtil::DurationToMilliseconds(key.certificate_lifetime_max()));
    out << "  certificates of up to " << base::duration_text(lifetime) << "\n";
  }
  out << "  used " << key.uses() << " of " << key.uses_max() << (key.uses_max() == 1 ? " time" : " times");
  if (key.has_last_use_time()) out << ", last " << TimeUtil::ToString(key.last_use_time());
  out << "\n";
  if (key.has_expire_time()) out << "  until " << TimeUtil::ToString(key.expire_time()) << "\n";
}

void fill(const KeyOptions& options, v1::ExternalAccountKey& key) {
  key.set_directory(options.directory);
  key.set_comment(options.comment);
  key.mutable_allowed_names()->Assign(options.allowed_names.begin(), options.allowed_names.end());
  key.mutable_profiles()->Assign(options.profiles.begin(), options.profiles.end());
  if (options.certificate_lifetime_max) {
    *key.mutable_certificate_lifetime_max() = proto::to_duration(*options.certificate_lifetime_max);
  }
  if (options.expires) *key.mutable_expire_time() = proto::to_timestamp(*options.expires);
  key.set_uses_max(options.uses_max);
}

void print_once(std::ostream& out, const v1::CreateExternalAccountKeyResponse& response) {
  print(out, response.key());
  out << "  key identifier " << response.key().id() << "\n  HMAC key " << response.mac_key() << "\n";
}

grpc::Status list(const Client& client, Terminal& terminal) {
  const auto stub = client.stub<ExternalAccountService>();
  const auto ask = [&](grpc::ClientContext& context, const auto& asked, auto& page) {
    return stub->ListExternalAccountKeys(&context, asked, &page);
  };
  const auto tell = [&](const v1::ListExternalAccountKeysResponse& page) {
    for (const v1::ExternalAccountKey& key : page.keys())
      print(terminal.out, key);
  };
  const v1::ListExternalAccountKeysRequest request;
  return print_pages<v1::ListExternalAccountKeysResponse>(client, terminal, request, ask, tell);
}

void add_create_options(CLI::App& command, KeyOptions& options) {
  command
      .add_option("--directory", options.directory, "The ACME directory it is for, where there are several")
      ->type_name("NAME");
  command
      .add_option(
          "--allow", options.allowed_names,
          "A name that its accounts may order; \"*.NAME\": with one label more, \"**.NAME\": all below; "
          "else any")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command
      .add_option("--profile", options.profiles,
                  "A profile that its accounts may choose; else those that the directory offers")
      ->type_name("NAME")
      ->allow_extra_args(false);
  add_duration_option(command, "--certificate-lifetime-max", options.certificate_lifetime_max,
                      "The longest life of their certificates; else the server's");
  command.add_option("--uses", options.uses_max, "How many accounts it may make; else 1")->type_name("COUNT");
  add_time_option(command, "--expires", options.expires, "Such as 2030-01-31T00:00:00Z; else never");
  command.add_option("--comment", options.comment, "What it is for")->type_name("TEXT");
}

}  // namespace

void add_external_account(CLI::App& program, Command& chosen) {
  const auto options = std::make_shared<KeyOptions>();
  auto* group =
      program.add_subcommand("eab", "Keys for external account binding: who may have ACME accounts");
  group->require_subcommand(1);
  const auto server = add_server_options(*group);

  auto* make = group->add_subcommand("create", "Create a key; its HMAC key is shown now and never again");
  add_create_options(*make, *options);
  using Stub = ExternalAccountService::Stub;
  const auto wanted = [options](auto& request) { fill(*options, *request.mutable_key()); };
  calls_server(*make, chosen, server,
               call_for_one<ExternalAccountService>(&Stub::CreateExternalAccountKey, wanted, print_once));

  auto* all = group->add_subcommand("list", "List the keys, the oldest first");
  calls_server(*all, chosen, server, list);

  const auto add_for_one = [&](const char* name, const char* description, ServerCall call) {
    auto* command = group->add_subcommand(name, description);
    command->add_option("ID", options->id, "The key identifier, as create and list say")->required();
    calls_server(*command, chosen, server, std::move(call));
  };
  const auto name = [options](auto& request) { request.set_id(options->id); };
  const auto tell = [](std::ostream& out, const auto& response) { print(out, response.key()); };
  const auto tell_end = [](std::ostream& out, const auto&) { out << "deleted\n"; };
  add_for_one("show", "Show one key",
              call_for_one<ExternalAccountService>(&Stub::GetExternalAccountKey, name, tell));
  add_for_one("disable", "Let a key make no more accounts; those that it made stay",
              call_for_one<ExternalAccountService>(&Stub::DisableExternalAccountKey, name, tell));
  add_for_one("enable", "The other way round",
              call_for_one<ExternalAccountService>(&Stub::EnableExternalAccountKey, name, tell));
  add_for_one("delete", "Delete a key; the accounts that it made stay",
              call_for_one<ExternalAccountService>(&Stub::DeleteExternalAccountKey, name, tell_end));
}

}  // namespace app
