#include <google/protobuf/util/time_util.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>
#include <ostream>

#include "app/cli/client.h"
#include "app/cli/duration_option.h"
#include "assay/v1/external_account.grpc.pb.h"
#include "base/quantity.h"
#include "base/time.h"
#include "proto/time.h"

namespace app {

namespace v1 = assay::v1;
using base::Result;
using google::protobuf::util::TimeUtil;
using v1::ExternalAccountService;

namespace {

constexpr int kPageSize = 1000;

struct KeyOptions {
  std::string id;
  std::string directory;
  std::string comment;
  std::vector<std::string> allowed_names;
  std::vector<std::string> profiles;
  std::optional<std::chrono::milliseconds> certificate_lifetime_max;
  std::string expires;
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

Result<grpc::Status> create(const KeyOptions& options, const Client& client, Terminal& terminal) {
  v1::CreateExternalAccountKeyRequest request;
  v1::ExternalAccountKey& key = *request.mutable_key();
  key.set_directory(options.directory);
  key.set_comment(options.comment);
  for (const std::string& name : options.allowed_names)
    key.add_allowed_names(name);
  key.mutable_profiles()->Assign(options.profiles.begin(), options.profiles.end());
  if (options.certificate_lifetime_max) {
    *key.mutable_certificate_lifetime_max() = proto::to_duration(*options.certificate_lifetime_max);
  }
  if (!options.expires.empty()) {
    TRY(const base::Time time, base::parse_rfc3339(options.expires));
    *key.mutable_expire_time() = proto::to_timestamp(time);
  }
  key.set_uses_max(options.uses_max);
  v1::CreateExternalAccountKeyResponse response;
  const auto status = client.stub<ExternalAccountService>()->CreateExternalAccountKey(client.context().get(),
                                                                                      request, &response);
  if (status.ok() && !client.printed_as_json(response, terminal.out)) {
    print(terminal.out, response.key());
    terminal.out << "  key identifier " << response.key().id() << "\n  HMAC key " << response.mac_key()
                 << "\n";
  }
  return status;
}

grpc::Status list(const Client& client, Terminal& terminal) {
  const auto stub = client.stub<ExternalAccountService>();
  v1::ListExternalAccountKeysResponse all;
  v1::ListExternalAccountKeysRequest request;
  request.set_page_size(kPageSize);
  do {
    v1::ListExternalAccountKeysResponse page;
    const auto status = stub->ListExternalAccountKeys(client.context().get(), request, &page);
    if (!status.ok()) return status;
    request.set_page_token(page.next_page_token());
    all.mutable_keys()->MergeFrom(page.keys());
  } while (!request.page_token().empty());
  if (!client.printed_as_json(all, terminal.out)) {
    for (const v1::ExternalAccountKey& key : all.keys())
      print(terminal.out, key);
  }
  return grpc::Status::OK;
}

// A call that names a key and is answered with it.
template <class Request, class Response>
ServerCall call_for_one(std::shared_ptr<const KeyOptions> options,
                        grpc::Status (ExternalAccountService::Stub::*method)(grpc::ClientContext*,
                                                                             const Request&, Response*)) {
  return [options, method](const Client& client, Terminal& terminal) -> Result<grpc::Status> {
    Request request;
    request.set_id(options->id);
    Response response;
    const auto stub = client.stub<ExternalAccountService>();
    const auto status = ((*stub).*method)(client.context().get(), request, &response);
    if (status.ok() && !client.printed_as_json(response, terminal.out)) print(terminal.out, response.key());
    return status;
  };
}

grpc::Status remove(const KeyOptions& options, const Client& client, Terminal& terminal) {
  v1::DeleteExternalAccountKeyRequest request;
  request.set_id(options.id);
  v1::DeleteExternalAccountKeyResponse response;
  const auto status = client.stub<ExternalAccountService>()->DeleteExternalAccountKey(client.context().get(),
                                                                                      request, &response);
  if (status.ok() && !client.printed_as_json(response, terminal.out)) terminal.out << "deleted\n";
  return status;
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
  command.add_option("--expires", options.expires, "Such as 2030-01-31T00:00:00Z; else never")
      ->type_name("TIME");
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
  calls_server(*make, chosen, server, [options](const Client& client, Terminal& terminal) {
    return create(*options, client, terminal);
  });

  auto* all = group->add_subcommand("list", "List the keys, the oldest first");
  calls_server(*all, chosen, server, list);

  const auto add_for_one = [&](const char* name, const char* description, ServerCall call) {
    auto* command = group->add_subcommand(name, description);
    command->add_option("ID", options->id, "The key identifier, as create and list say")->required();
    calls_server(*command, chosen, server, std::move(call));
  };
  using Stub = ExternalAccountService::Stub;
  add_for_one("show", "Show one key", call_for_one(options, &Stub::GetExternalAccountKey));
  add_for_one("disable", "Let a key make no more accounts; those that it made stay",
              call_for_one(options, &Stub::DisableExternalAccountKey));
  add_for_one("enable", "The other way round", call_for_one(options, &Stub::EnableExternalAccountKey));
  add_for_one(
      "delete", "Delete a key; the accounts that it made stay",
      [options](const Client& client, Terminal& terminal) { return remove(*options, client, terminal); });
}

}  // namespace app
