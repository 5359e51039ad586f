#include <google/protobuf/util/time_util.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>
#include <ostream>

#include "app/cli/client.h"
#include "app/cli/duration_option.h"
#include "app/cli/pages.h"
#include "assay/v1/challenge.grpc.pb.h"
#include "dnsserver/propagation.h"
#include "proto/time.h"

namespace app {

namespace v1 = assay::v1;
using v1::ChallengeService;

namespace {

struct TxtOptions {
  std::string name;
  std::string value;
  bool all = false;
  std::optional<std::chrono::milliseconds> lifetime;
  bool wait = false;
  std::optional<std::chrono::milliseconds> timeout;
};

void print(std::ostream& out, const v1::Challenge& challenge) {
  out << challenge.name() << " TXT \"" << challenge.value() << "\" until "
      << google::protobuf::util::TimeUtil::ToString(challenge.expire_time()) << "\n";
}

// Nothing, where nobody waited.
void print_served(std::ostream& out, const v1::PresentChallengeResponse& response) {
  for (const v1::ServedAt& served : response.served_at()) {
    out << "  served by " << served.name_server() << " (" << served.address() << ") since "
        << google::protobuf::util::TimeUtil::ToString(served.seen_time()) << "\n";
  }
  if (response.has_safe_to_validate_time()) {
    out << "  safe to validate from "
        << google::protobuf::util::TimeUtil::ToString(response.safe_to_validate_time()) << "\n";
  }
}

grpc::Status present(const TxtOptions& options, const Client& client, Terminal& terminal) {
  v1::PresentChallengeRequest request;
  request.set_name(options.name);
  request.set_value(options.value);
  if (options.lifetime) *request.mutable_lifetime() = proto::to_duration(*options.lifetime);
  std::chrono::milliseconds patience = kCallTimeout;
  if (options.wait) {
    request.mutable_wait()->set_servers(v1::Wait::SERVERS_ALL);
    if (options.timeout) *request.mutable_wait()->mutable_timeout() = proto::to_duration(*options.timeout);
    // How long the server waits by itself is for it to say.
    patience += options.timeout.value_or(dnsserver::kWaitMax);
  }
  v1::PresentChallengeResponse response;
  const auto context = client.context(patience);
  const auto status = client.stub<ChallengeService>()->PresentChallenge(context.get(), request, &response);
  if (status.ok() && !client.printed_as_json(response, terminal.out)) {
    print(terminal.out, response.challenge());
    print_served(terminal.out, response);
  }
  return status;
}

grpc::Status remove(const TxtOptions& options, const Client& client, Terminal& terminal) {
  v1::RemoveChallengeRequest request;
  request.set_name(options.name);
  request.set_value(options.value);
  v1::RemoveChallengeResponse response;
  const auto status =
      client.stub<ChallengeService>()->RemoveChallenge(client.context().get(), request, &response);
  if (status.ok() && !client.printed_as_json(response, terminal.out)) {
    terminal.out << response.removed_count() << " removed\n";
  }
  return status;
}

grpc::Status list(const TxtOptions& options, const Client& client, Terminal& terminal) {
  const auto stub = client.stub<ChallengeService>();
  v1::ListChallengesRequest request;
  request.set_name(options.name);
  const auto ask = [&](grpc::ClientContext& context, const auto& asked, auto& page) {
    return stub->ListChallenges(&context, asked, &page);
  };
  const auto tell = [&](const v1::ListChallengesResponse& page) {
    for (const v1::Challenge& challenge : page.challenges())
      print(terminal.out, challenge);
  };
  return print_pages<v1::ListChallengesResponse>(client, terminal, request, ask, tell);
}

}  // namespace

void add_txt(CLI::App& program, Command& chosen) {
  const auto options = std::make_shared<TxtOptions>();
  auto* group = program.add_subcommand("txt", "TXT values by which a CA sees control of a name");
  group->require_subcommand(1);
  const auto server = add_server_options(*group);

  auto* add = group->add_subcommand("present", "Publish a value; once more renews its expiry");
  add->add_option("NAME", options->name, "Such as _acme-challenge.www.corp.example")->required();
  add->add_option("VALUE", options->value, "What the client of a CA is told to publish")->required();
  add_duration_option(*add, "--lifetime", options->lifetime,
                      "After it the value disappears by itself; else 1h");
  auto* wait = add->add_flag("--wait", options->wait, "Return when every name server of the zone serves it");
  add_duration_option(*add, "--wait-timeout", options->timeout, "How long to wait; else 1m");
  add->get_option("--wait-timeout")->needs(wait);
  calls_server(*add, chosen, server, [options](const Client& client, Terminal& terminal) {
    return present(*options, client, terminal);
  });

  auto* drop = group->add_subcommand("remove", "Remove a value of the caller's");
  drop->add_option("NAME", options->name, "As it was presented")->required();
  drop->add_option("VALUE", options->value, "As it was presented");
  drop->add_flag("--all", options->all, "All of the caller's values at the name");
  drop->parse_complete_callback([options] {
    if (options->all != options->value.empty())
      throw CLI::ValidationError("VALUE", "either a value or --all");
  });
  calls_server(*drop, chosen, server, [options](const Client& client, Terminal& terminal) {
    return remove(*options, client, terminal);
  });

  auto* show = group->add_subcommand("list", "List the live values of the caller");
  show->add_option("NAME", options->name, "Else those of all names");
  calls_server(*show, chosen, server, [options](const Client& client, Terminal& terminal) {
    return list(*options, client, terminal);
  });
}

}  // namespace app
