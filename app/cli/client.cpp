#include "app/cli/client.h"

#include <google/protobuf/util/json_util.h>
#include <grpc/support/log.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <ostream>

#include "app/cli/report.h"
#include "assay/v1/problem.pb.h"

namespace app {

using base::Result;

namespace {

// The Problem that a status of ours carries; with nothing in it where it has none (proto/status.h).
assay::v1::Problem problem_of(const grpc::Status& status) {
  assay::v1::StatusDetails details;
  assay::v1::Problem problem;
  if (!details.ParseFromString(status.error_details())) return problem;
  for (const auto& detail : details.details()) {
    if (detail.UnpackTo(&problem)) return problem;
  }
  return problem;
}

// "NOT_FOUND" as "notFound", which is how ACME spells its own words.
std::string word_of(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::NOT_FOUND: return "notFound";
    case grpc::StatusCode::ABORTED: return "aborted";
    case grpc::StatusCode::RESOURCE_EXHAUSTED: return "resourceExhausted";
    case grpc::StatusCode::UNAVAILABLE: return "unavailable";
    default: return "code " + std::to_string(code);
  }
}

// Types that ACME has a word for are URNs that end in it.
bool is_named(const std::string& type) { return type.starts_with("urn:"); }
std::string word_of(const std::string& type) { return type.substr(type.rfind(':') + 1); }

}  // namespace

Result<Client> Client::open(const ServerOptions& options) {
  TRY(const ServerAccess access, find_server(options));
  gpr_set_log_function([](gpr_log_func_args*) {});  // a status says all that a user is told
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = access.ca_pem;
  tls.pem_cert_chain = access.client_certificate_pem;
  tls.pem_private_key = access.client_key_pem;
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);  // the server is our own
  auto channel = grpc::CreateCustomChannel(access.server, grpc::SslCredentials(tls), arguments);
  return Client(std::move(channel), access.token, options.output);
}

std::unique_ptr<grpc::ClientContext> Client::context(std::chrono::milliseconds timeout) const {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + timeout);
  if (!token_.empty()) context->AddMetadata("authorization", "Bearer " + token_);
  return context;
}

bool Client::printed_as_json(const google::protobuf::Message& message, std::ostream& out) const {
  if (!prints_json()) return false;
  google::protobuf::util::JsonPrintOptions format;
  format.always_print_primitive_fields = true;
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(message, &text, format);
  out << (status.ok() ? text : "null") << std::endl;  // null: a time that no calendar has
  return true;
}

ExitCode report(Terminal& terminal, const grpc::Status& status) {
  const assay::v1::Problem problem = problem_of(status);
  const bool from_transport = problem.type().empty();
  if (from_transport && (status.error_code() == grpc::StatusCode::UNAVAILABLE ||
                         status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED)) {
    terminal.err << "assay: the server does not answer: " << status.error_message() << "\n";
    return ExitCode::unreachable;
  }
  terminal.err << "assay: " << status.error_message();
  if (!from_transport) {
    terminal.err << " ("
                 << (is_named(problem.type()) ? word_of(problem.type()) : word_of(status.error_code()))
                 << ")";
  }
  terminal.err << "\n";
  for (const auto& subproblem : problem.subproblems()) {
    terminal.err << "  " << subproblem.identifier() << ": " << subproblem.detail();
    if (is_named(subproblem.type())) terminal.err << " (" << word_of(subproblem.type()) << ")";
    terminal.err << "\n";
  }
  return ExitCode::failed;
}

void calls_server(CLI::App& command, Command& chosen, std::shared_ptr<const ServerOptions> options,
                  ServerCall call) {
  command.callback([&chosen, options = std::move(options), call = std::move(call)] {
    chosen = [options, call](Terminal& terminal) { return call_server(*options, call, terminal); };
  });
}

ExitCode call_server(const ServerOptions& options, const ServerCall& call, Terminal& terminal) {
  const auto client = Client::open(options);
  if (!client) return report(terminal, client.error());
  const auto status = call(*client, terminal);
  if (!status) return report(terminal, status.error());
  return status->ok() ? ExitCode::done : report(terminal, *status);
}

}  // namespace app
