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

#include "app/cli/client.h"
#include "app/cli/duration_option.h"
#include "app/cli/pages.h"
#include "app/cli/time_option.h"
#include "assay/v1/credential.grpc.pb.h"
#include "base/time.h"
#include "proto/time.h"

namespace app {

namespace v1 = assay::v1;
using v1::CredentialService;

namespace {

struct CredentialOptions {
  std::string id;
  std::string comment;
  std::vector<std::string> names, subtrees, excluded;
  std::vector<std::string> sources;
  std::string user;
  std::vector<std::string> tsig_keys, removed_tsig_keys;
  std::optional<base::Time> expires;
  std::optional<std::chrono::milliseconds> lifetime_max;
  uint32_t values_per_name = 0, names_max = 0, writes_per_minute = 0, burst = 0;
  bool no_password = false, new_password = false, never_expires = false, anywhere = false;
  bool disable = false, enable = false;
};

template <class Message>
void add_scopes(const CredentialOptions& options, Message& message) {
  const auto add = [&](const std::vector<std::string>& names, bool subtree, bool excluded) {
    for (const std::string& name : names) {
      v1::Scope& scope = *message.add_scopes();
      scope.set_name(name);
      scope.set_subtree(subtree);
      scope.set_excluded(excluded);
    }
  };
  add(options.names, false, false);
  add(options.subtrees, true, false);
  add(options.excluded, true, true);
}

// "key.corp.example", "hmac-sha512:key.corp.example", either with "=SECRET" behind it.
v1::TsigKey tsig_key_of(std::string text) {
  v1::TsigKey key;
  if (const size_t equals = text.find('='); equals != std::string::npos) {
    key.set_secret(text.substr(equals + 1));
    text.resize(equals);
  }
  if (const size_t colon = text.find(':'); colon != std::string::npos) {
    key.set_algorithm(text.substr(0, colon));
    text.erase(0, colon + 1);
  }
  key.set_name(text);
  return key;
}

void set_limits(const CredentialOptions& options, v1::WriteLimits& limits) {
  limits.set_values_per_name(options.values_per_name);
  limits.set_names(options.names_max);
  limits.set_writes_per_minute(options.writes_per_minute);
  limits.set_burst(options.burst);
  if (options.lifetime_max) *limits.mutable_lifetime_max() = proto::to_duration(*options.lifetime_max);
}

void print(std::ostream& out, const v1::Credential& credential) {
  out << credential.id();
  if (!credential.comment().empty()) out << " \"" << credential.comment() << "\"";
  if (credential.disabled()) out << " disabled";
  out << "\n";
  for (const v1::Scope& scope : credential.scopes()) {
    out << "  " << (scope.excluded() ? "never " : "writes ") << scope.name()
        << (scope.subtree() ? " and below\n" : "\n");
  }
  const v1::WriteLimits& limits = credential.limits();
  out << "  " << limits.values_per_name() << " values a name, " << limits.names() << " names, "
      << limits.writes_per_minute() << " writes a minute (" << limits.burst() << " at once), each for up to "
      << google::protobuf::util::TimeUtil::ToString(limits.lifetime_max()) << "\n";
  for (const std::string& source : credential.sources())
    out << "  from " << source << "\n";
  if (credential.has_expire_time()) {
    out << "  until " << google::protobuf::util::TimeUtil::ToString(credential.expire_time()) << "\n";
  }
  if (!credential.user_name().empty()) out << "  user " << credential.user_name() << "\n";
  for (const v1::TsigKey& key : credential.tsig_keys()) {
    out << "  TSIG " << key.algorithm() << ":" << key.name()
        << (key.secret().empty() ? "" : " " + key.secret()) << "\n";
  }
}

void print_once(std::ostream& out, const std::string& password) {
  if (!password.empty()) out << "  password " << password << "\n";
}

grpc::Status create(const CredentialOptions& options, const Client& client, Terminal& terminal) {
  v1::CreateCredentialRequest request;
  v1::Credential& credential = *request.mutable_credential();
  credential.set_comment(options.comment);
  add_scopes(options, credential);
  set_limits(options, *credential.mutable_limits());
  for (const std::string& source : options.sources)
    credential.add_sources(source);
  credential.set_user_name(options.user);
  for (const std::string& key : options.tsig_keys)
    *credential.add_tsig_keys() = tsig_key_of(key);
  if (options.expires) *credential.mutable_expire_time() = proto::to_timestamp(*options.expires);
  request.set_with_password(!options.no_password);
  v1::CreateCredentialResponse response;
  const auto status =
      client.stub<CredentialService>()->CreateCredential(client.context().get(), request, &response);
  if (status.ok() && !client.printed_as_json(response, terminal.out)) {
    print(terminal.out, response.credential());
    print_once(terminal.out, response.password());
  }
  return status;
}

grpc::Status list(const Client& client, Terminal& terminal) {
  const auto stub = client.stub<CredentialService>();
  const auto ask = [&](grpc::ClientContext& context, const auto& asked, auto& page) {
    return stub->ListCredentials(&context, asked, &page);
  };
  const auto tell = [&](const v1::ListCredentialsResponse& page) {
    for (const v1::Credential& credential : page.credentials())
      print(terminal.out, credential);
  };
  const v1::ListCredentialsRequest request;
  return print_pages<v1::ListCredentialsResponse>(client, terminal, request, ask, tell);
}

grpc::Status show(const CredentialOptions& options, const Client& client, Terminal& terminal) {
  v1::GetCredentialRequest request;
  request.set_id(options.id);
  v1::GetCredentialResponse response;
  const auto status =
      client.stub<CredentialService>()->GetCredential(client.context().get(), request, &response);
  if (status.ok() && !client.printed_as_json(response, terminal.out))
    print(terminal.out, response.credential());
  return status;
}

grpc::Status update(const CredentialOptions& options, bool has_comment, const Client& client,
                    Terminal& terminal) {
  v1::UpdateCredentialRequest request;
  request.set_id(options.id);
  if (has_comment) request.set_comment(options.comment);
  add_scopes(options, request);
  set_limits(options, *request.mutable_limits());
  for (const std::string& source : options.sources)
    request.add_sources(source);
  if (options.anywhere) request.add_sources("");
  if (options.expires) *request.mutable_expire_time() = proto::to_timestamp(*options.expires);
  request.set_clear_expire_time(options.never_expires);
  if (options.disable || options.enable) request.set_disabled(options.disable);
  request.set_renew_password(options.new_password);
  for (const std::string& key : options.tsig_keys)
    *request.add_add_tsig_keys() = tsig_key_of(key);
  for (const std::string& name : options.removed_tsig_keys)
    request.add_remove_tsig_keys(name);
  v1::UpdateCredentialResponse response;
  const auto status =
      client.stub<CredentialService>()->UpdateCredential(client.context().get(), request, &response);
  if (status.ok() && !client.printed_as_json(response, terminal.out)) {
    print(terminal.out, response.credential());
    print_once(terminal.out, response.password());
  }
  return status;
}

grpc::Status remove(const CredentialOptions& options, const Client& client, Terminal& terminal) {
  v1::DeleteCredentialRequest request;
  request.set_id(options.id);
  v1::DeleteCredentialResponse response;
  const auto status =
      client.stub<CredentialService>()->DeleteCredential(client.context().get(), request, &response);
  if (status.ok() && !client.printed_as_json(response, terminal.out)) {
    terminal.out << "deleted with " << response.removed_count() << " values\n";
  }
  return status;
}

// Those that create and update share.
void add_common(CLI::App& command, CredentialOptions& options) {
  const auto add_many = [&](const char* name, std::vector<std::string>& into, const char* type,
                            const char* text) {
    command.add_option(name, into, text)->type_name(type)->allow_extra_args(false);
  };
  add_many("--name", options.names, "NAME", "A name that it may write at");
  add_many("--subtree", options.subtrees, "NAME", "A name that it may write at and below");
  add_many("--except", options.excluded, "NAME", "A name at and below which it may not, inside a subtree");
  add_many("--source", options.sources, "CIDR", "A network that it may be used from; else from anywhere");
  add_many("--tsig-key", options.tsig_keys, "[ALGORITHM:]NAME[=SECRET]",
           "A TSIG key (RFC 8945); else hmac-sha256 and a secret that the server makes");
  command.add_option("--comment", options.comment, "What it is for")->type_name("TEXT");
  add_time_option(command, "--expires", options.expires, "Such as 2030-01-31T00:00:00Z; else never");
  command.add_option("--values-per-name", options.values_per_name, "Values at one name; else 20");
  command.add_option("--names-max", options.names_max, "Names that hold its values; else 100");
  command.add_option("--writes-per-minute", options.writes_per_minute, "On the long run; else 120");
  command.add_option("--burst", options.burst, "Writes at once; else 60");
  add_duration_option(command, "--lifetime-max", options.lifetime_max,
                      "The longest life of a value; else 30d");
}

}  // namespace

void add_credential(CLI::App& program, Command& chosen) {
  const auto options = std::make_shared<CredentialOptions>();
  auto* group = program.add_subcommand("credential", "Who may publish which challenge values");
  group->require_subcommand(1);
  const auto server = add_server_options(*group);

  auto* make =
      group->add_subcommand("create", "Create a credential; its secrets are shown now and never again");
  add_common(*make, *options);
  make->add_option("--user", options->user, "For HTTP Basic and X-Api-User; else random")->type_name("NAME");
  make->add_flag("--no-password", options->no_password, "With TSIG keys alone");
  calls_server(*make, chosen, server, [options](const Client& client, Terminal& terminal) {
    return create(*options, client, terminal);
  });

  auto* all = group->add_subcommand("list", "List the credentials, the oldest first");
  calls_server(*all, chosen, server, list);

  auto* one = group->add_subcommand("show", "Show one credential");
  one->add_option("ID", options->id, "As create and list say")->required();
  calls_server(*one, chosen, server, [options](const Client& client, Terminal& terminal) {
    return show(*options, client, terminal);
  });

  auto* change = group->add_subcommand("update", "Change what is given, and leave the rest");
  change->add_option("ID", options->id, "As create and list say")->required();
  add_common(*change, *options);
  change->add_flag("--anywhere", options->anywhere, "No sources any more")->excludes("--source");
  change->add_flag("--never-expires", options->never_expires, "No expiry any more")->excludes("--expires");
  change->add_flag("--disable", options->disable, "It may do nothing until it is enabled");
  change->add_flag("--enable", options->enable, "The other way round")->excludes("--disable");
  change->add_flag("--new-password", options->new_password, "In the place of the old one");
  change->add_option("--remove-tsig-key", options->removed_tsig_keys, "The name of a TSIG key")
      ->type_name("NAME")
      ->allow_extra_args(false);
  calls_server(*change, chosen, server, [options, change](const Client& client, Terminal& terminal) {
    return update(*options, change->count("--comment") > 0, client, terminal);
  });

  auto* drop = group->add_subcommand("delete", "Delete a credential with its values");
  drop->add_option("ID", options->id, "As create and list say")->required();
  calls_server(*drop, chosen, server, [options](const Client& client, Terminal& terminal) {
    return remove(*options, client, terminal);
  });
}

}  // namespace app
