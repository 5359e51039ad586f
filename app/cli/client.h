#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "app/cli/command.h"
#include "app/cli/server_options.h"
#include "base/error.h"

namespace google::protobuf {
class Message;
}

namespace app {

// A call that takes longer has failed. Issuing waits for the DNS of others.
inline constexpr std::chrono::seconds kCallTimeout{30};
inline constexpr std::chrono::minutes kIssueTimeout{10};
// A zone of a million records takes a while.
inline constexpr std::chrono::minutes kZoneFileTimeout{10};

// A connection to a server's gRPC, always TLS. Made at its first call.
class Client {
 public:
  // The errors of find_server.
  static base::Result<Client> open(const ServerOptions& options);

  template <class Service>
  std::unique_ptr<typename Service::Stub> stub() const {
    return Service::NewStub(channel_);
  }

  // Of one call: who calls, and until when.
  std::unique_ptr<grpc::ClientContext> context(std::chrono::milliseconds timeout = kCallTimeout) const;

  bool prints_json() const { return output_ == Output::json; }

  // With --output json: prints `message` as JSON (https://protobuf.dev/programming-guides/json), on one line,
  // and returns true.
  bool printed_as_json(const google::protobuf::Message& message, std::ostream& out) const;

 private:
  Client(std::shared_ptr<grpc::Channel> channel, std::string token, Output output)
      : channel_(std::move(channel)), token_(std::move(token)), output_(output) {}

  std::shared_ptr<grpc::Channel> channel_;
  std::string token_;
  Output output_;
};

// Says on stderr why a call failed, with a line for each subproblem, and returns what to exit with.
ExitCode report(Terminal& terminal, const grpc::Status& status);

// What a command asks of the server; an error, and a status that is not OK, is reported.
using ServerCall = std::function<base::Result<grpc::Status>(const Client&, Terminal&)>;
ExitCode call_server(const ServerOptions& options, const ServerCall& call, Terminal& terminal);

// Makes `command` one that does so.
void calls_server(CLI::App& command, Command& chosen, std::shared_ptr<const ServerOptions> options,
                  ServerCall call);

}  // namespace app
