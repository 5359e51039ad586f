#include <google/protobuf/util/time_util.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "app/cli/client.h"
#include "app/cli/pages.h"
#include "assay/v1/pause.grpc.pb.h"

namespace app {

namespace v1 = assay::v1;
using google::protobuf::util::TimeUtil;
using v1::PauseService;

namespace {

struct PauseOptions {
  std::string account;
  std::vector<std::string> names;
};

void print(std::ostream& out, const v1::PausedName& paused) {
  out << paused.account() << " " << paused.name() << " failed " << paused.failures()
      << (paused.failures() == 1 ? " time" : " times") << ", last "
      << TimeUtil::ToString(paused.last_failure_time()) << "\n  paused until "
      << TimeUtil::ToString(paused.end_time()) << "\n  " << paused.last_error() << "\n";
}

grpc::Status list(const PauseOptions& options, const Client& client, Terminal& terminal) {
  v1::ListPausedNamesRequest request;
  request.set_account(options.account);
  const auto stub = client.stub<PauseService>();
  const auto ask = [&](grpc::ClientContext& context, const auto& asked, auto& page) {
    return stub->ListPausedNames(&context, asked, &page);
  };
  const auto tell = [&](const v1::ListPausedNamesResponse& page) {
    for (const v1::PausedName& paused : page.names())
      print(terminal.out, paused);
  };
  return print_pages<v1::ListPausedNamesResponse>(client, terminal, request, ask, tell);
}

grpc::Status remove(const PauseOptions& options, const Client& client, Terminal& terminal) {
  v1::RemovePausesRequest request;
  request.set_account(options.account);
  request.mutable_names()->Assign(options.names.begin(), options.names.end());
  v1::RemovePausesResponse response;
  const auto status = client.stub<PauseService>()->RemovePauses(client.context().get(), request, &response);
  if (status.ok() && !client.printed_as_json(response, terminal.out)) {
    for (const std::string& name : response.names())
      terminal.out << name << " is not paused any more\n";
  }
  return status;
}

}  // namespace

void add_pause(CLI::App& program, Command& chosen) {
  const auto options = std::make_shared<PauseOptions>();
  auto* group =
      program.add_subcommand("pause", "Names that are paused for accounts which failed to prove them");
  group->require_subcommand(1);
  const auto server = add_server_options(*group);

  auto* all = group->add_subcommand("list", "List what is paused, and what was wrong");
  all->add_option("--account", options->account, "For this account alone")->type_name("ID");
  calls_server(*all, chosen, server, [options](const Client& client, Terminal& terminal) {
    return list(*options, client, terminal);
  });

  auto* command = group->add_subcommand("remove", "Let an account order certificates for names again");
  command->add_option("ACCOUNT", options->account, "Its id, as list says")->required();
  command->add_option("NAME", options->names,
                      "Only these, each with its wildcard; else all that is paused for it");
  calls_server(*command, chosen, server, [options](const Client& client, Terminal& terminal) {
    return remove(*options, client, terminal);
  });
}

}  // namespace app
