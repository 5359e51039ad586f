#include "app/cli/zone_creation.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <ostream>
#include <sstream>

#include "app/cli/client.h"
#include "app/cli/duration_option.h"
#include "app/files.h"
#include "assay/v1/zone.grpc.pb.h"
#include "proto/time.h"

namespace app {

namespace v1 = assay::v1;
using base::Result;
using v1::ZoneService;

namespace {

// Calls under way at once: what comes together is one commit of the server's.
constexpr size_t kCallsAtOnce = 64;

struct CreationOptions {
  std::string apex;
  std::string from;
  std::vector<std::string> name_servers;
  std::string contact;
  std::optional<std::chrono::milliseconds> negative_ttl;
};

v1::CreateZoneRequest request_for(const CreationOptions& options, const std::string& apex) {
  v1::CreateZoneRequest request;
  v1::Zone& zone = *request.mutable_zone();
  zone.set_apex(apex);
  zone.mutable_name_servers()->Assign(options.name_servers.begin(), options.name_servers.end());
  zone.set_contact(options.contact);
  if (options.negative_ttl) *zone.mutable_negative_ttl() = proto::to_duration(*options.negative_ttl);
  return request;
}

void show(const v1::CreateZoneResponse& response, const Client& client, Terminal& terminal) {
  if (!client.printed_as_json(response, terminal.out)) print(terminal.out, response.zone());
}

// One apex a line; ";" and "#" begin a comment.
Result<std::vector<std::string>> read_apexes(const std::string& path) {
  TRY(const std::string text, read_file(path, kZonesFileSizeMax));
  std::vector<std::string> apexes;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(0, line.find_first_of(";#")));
    for (std::string apex; words >> apex;)
      apexes.push_back(apex);
  }
  return apexes;
}

struct Call {
  std::unique_ptr<grpc::ClientContext> context;
  v1::CreateZoneRequest request;
  v1::CreateZoneResponse response;
  std::optional<grpc::Status> status;
};

// Calls that are under way at once, and what they came to. gRPC answers on threads of its own.
class Creation {
 public:
  Creation(const Client& client, Terminal& terminal)
      : client_(client), terminal_(terminal), stub_(client.stub<ZoneService>()) {}

  void begin(v1::CreateZoneRequest request) {
    if (under_way_.size() == kCallsAtOnce) finish_first();
    Call& call = *under_way_.emplace_back(std::make_unique<Call>());
    call.context = client_.context();
    call.request = std::move(request);
    stub_->async()->CreateZone(call.context.get(), &call.request, &call.response,
                               [this, &call](grpc::Status status) {
                                 const std::lock_guard lock(mutex_);
                                 call.status = std::move(status);
                                 answered_.notify_all();
                               });
  }

  bool has_failed() const { return !worst_.ok(); }

  // Some zones may be there already, and stay as they are: so a file is read again after a failure.
  grpc::Status finish() {
    while (!under_way_.empty())
      finish_first();
    terminal_.err << created_ << " zones created, " << there_ << " were there already\n";
    return worst_;
  }

 private:
  void finish_first() {
    const Call& call = *under_way_.front();
    {
      std::unique_lock lock(mutex_);
      answered_.wait(lock, [&] { return call.status.has_value(); });
    }
    if (call.status->ok()) {
      ++created_;
      show(call.response, client_, terminal_);
    } else if (call.status->error_code() == grpc::StatusCode::ALREADY_EXISTS) {
      ++there_;
    } else if (worst_.ok()) {
      worst_ = *call.status;
    }
    under_way_.pop_front();
  }

  const Client& client_;
  Terminal& terminal_;
  std::unique_ptr<ZoneService::Stub> stub_;
  std::deque<std::unique_ptr<Call>> under_way_;
  size_t created_ = 0;
  size_t there_ = 0;
  grpc::Status worst_;
  std::mutex mutex_;  // of the calls' statuses
  std::condition_variable answered_;
};

grpc::Status create_all(const CreationOptions& options, const std::vector<std::string>& apexes,
                        const Client& client, Terminal& terminal) {
  Creation creation(client, terminal);
  for (auto apex = apexes.begin(); apex != apexes.end() && !creation.has_failed(); ++apex)
    creation.begin(request_for(options, *apex));
  return creation.finish();
}

Result<grpc::Status> create(const CreationOptions& options, const Client& client, Terminal& terminal) {
  if (!options.from.empty()) {
    TRY(const auto apexes, read_apexes(options.from));
    return create_all(options, apexes, client, terminal);
  }
  const v1::CreateZoneRequest request = request_for(options, options.apex);
  v1::CreateZoneResponse response;
  const auto status = client.stub<ZoneService>()->CreateZone(client.context().get(), request, &response);
  if (status.ok()) show(response, client, terminal);
  return status;
}

}  // namespace

void add_zone_creation(CLI::App& zone, std::shared_ptr<const ServerOptions> server, Command& chosen) {
  const auto options = std::make_shared<CreationOptions>();
  auto* command = zone.add_subcommand("create", "Create a zone");
  auto* apex = command->add_option("APEX", options->apex, "Such as acme.corp.example");
  command
      ->add_option("--from", options->from, "A file with an apex in each line, instead; what is there stays")
      ->type_name("FILE")
      ->excludes(apex);
  command
      ->add_option("--name-server", options->name_servers,
                   "A name server of the zone; the first is its primary")
      ->type_name("NAME")
      ->required()
      ->allow_extra_args(false);
  command->add_option("--contact", options->contact, "The SOA's RNAME; else hostmaster.APEX")
      ->type_name("NAME");
  add_duration_option(*command, "--negative-ttl", options->negative_ttl,
                      "For how long resolvers may keep a negative answer; else 5s");
  command->parse_complete_callback([options] {
    if (options->apex.empty() && options->from.empty()) throw CLI::RequiredError("APEX or --from");
  });
  calls_server(*command, chosen, std::move(server), [options](const Client& client, Terminal& terminal) {
    return create(*options, client, terminal);
  });
}

}  // namespace app
