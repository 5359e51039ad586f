#include "app/cli/zone_file_commands.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <ostream>

#include "app/cli/client.h"
#include "app/cli/report.h"
#include "app/files.h"
#include "assay/v1/zone.grpc.pb.h"
#include "dnsserver/zone_file.h"

namespace app {

namespace v1 = assay::v1;
using base::Name;
using base::Result;
using dnsserver::Severity;
using v1::ZoneService;

namespace {

// Half of what our server takes in one message (RpcLimits).
constexpr size_t kPartSize = 128 * 1024;

struct FileOptions {
  std::string file;
  std::string origin;
  bool dry_run = false;
};

struct ExportOptions {
  std::string apex;
  bool with_challenges = false;
};

// The text of a file, in which nothing is wrong.
struct CheckedFile {
  std::string text;
  std::string apex;
  uint32_t serial = 0;
  size_t record_count = 0;
};

// Tells all findings, as compilers do. malformed: there are mistakes.
Result<CheckedFile> check_file(const FileOptions& options, std::ostream& err) {
  CheckedFile checked;
  TRY(checked.text, read_file(options.file, dnsserver::kZoneFileSizeMax));
  std::optional<Name> origin;
  if (!options.origin.empty()) {
    TRY(origin, Name::parse(options.origin));
  }
  const dnsserver::ZoneFile read = dnsserver::read_zone_file(checked.text, origin);
  for (const dnsserver::Finding& finding : read.findings) {
    err << options.file << ":";
    if (finding.line > 0) err << finding.line << ":";
    err << " " << dnsserver::name_of(finding.severity) << ": " << finding.text << "\n";
  }
  if (const size_t errors = dnsserver::count_of(read.findings, Severity::error); errors > 0) {
    return base::fail(base::ErrorKind::malformed,
                      options.file + " is no zone that can be held: " + std::to_string(errors) +
                          (errors == 1 ? " mistake" : " mistakes"));
  }
  checked.apex = read.zone.apex.text();
  checked.serial = read.zone.serial;
  checked.record_count = read.record_count;
  return checked;
}

ExitCode check(const FileOptions& options, Terminal& terminal) {
  const auto checked = check_file(options, terminal.err);
  if (!checked) return report(terminal, checked.error());
  terminal.out << checked->apex << " serial " << checked->serial << ": " << checked->record_count
               << " records, nothing wrong\n";
  return ExitCode::done;
}

// "corp.test. created, serial 12 (7 in the file): 3 RRsets added, 0 changed, 0 removed, 0 unchanged"
void print(std::ostream& out, const v1::ImportZoneResponse& response, bool dry_run) {
  const bool differs = response.created() || response.serial_before() != response.zone().serial();
  out << response.zone().apex() << (dry_run && differs ? " would be " : " ")
      << (response.created() ? "created"
          : differs          ? "changed"
                             : "unchanged")
      << ", serial " << response.zone().serial() << " (" << response.serial_of_file()
      << " in the file): " << response.added_count() << " RRsets added, " << response.changed_count()
      << " changed, " << response.removed_count() << " removed, " << response.unchanged_count()
      << " unchanged\n";
}

// The file is checked here, so that all that is to be said is said, and again by the server.
Result<grpc::Status> import_zone(const FileOptions& options, const Client& client, Terminal& terminal) {
  TRY(const CheckedFile checked, check_file(options, terminal.err));
  const auto context = client.context(kZoneFileTimeout);
  v1::ImportZoneResponse response;
  const auto stub = client.stub<ZoneService>();
  const auto writer = stub->ImportZone(context.get(), &response);
  v1::ImportZoneRequest request;
  request.set_size(checked.text.size());
  request.set_origin(options.origin);
  request.set_dry_run(options.dry_run);
  for (size_t at = 0; at < checked.text.size(); at += kPartSize) {
    request.set_text(checked.text.substr(at, kPartSize));
    if (!writer->Write(request)) break;  // Finish tells why
    request.Clear();
  }
  writer->WritesDone();
  const grpc::Status status = writer->Finish();
  if (status.ok() && !client.printed_as_json(response, terminal.out)) {
    print(terminal.out, response, options.dry_run);
  }
  return status;
}

grpc::Status export_zone(const ExportOptions& options, const Client& client, Terminal& terminal) {
  v1::ExportZoneRequest request;
  request.set_apex(options.apex);
  request.set_with_challenges(options.with_challenges);
  const auto context = client.context(kZoneFileTimeout);
  const auto stub = client.stub<ZoneService>();
  const auto reader = stub->ExportZone(context.get(), request);
  for (v1::ExportZoneResponse part; reader->Read(&part);) {
    if (!client.printed_as_json(part, terminal.out)) terminal.out << part.text();
  }
  return reader->Finish();
}

void add_file(CLI::App& command, const std::shared_ptr<FileOptions>& options) {
  command.add_option("FILE", options->file, "A master file (RFC 1035)")->required();
  command.add_option("--origin", options->origin, "What its names are relative to until it has an $ORIGIN")
      ->type_name("NAME");
}

}  // namespace

void add_zone_files(CLI::App& zone, std::shared_ptr<const ServerOptions> server, Command& chosen) {
  const auto options = std::make_shared<FileOptions>();
  auto* import_command =
      zone.add_subcommand("import", "Make a zone what a file says; what was put there before goes");
  add_file(*import_command, options);
  import_command->add_flag("--dry-run", options->dry_run, "Only say what would be done");
  calls_server(*import_command, chosen, server, [options](const Client& client, Terminal& terminal) {
    return import_zone(*options, client, terminal);
  });

  auto* check_command = zone.add_subcommand("check", "Say all that is wrong with a file; asks no server");
  check_command->fallthrough(false);
  add_file(*check_command, options);
  check_command->callback(
      [&chosen, options] { chosen = [options](Terminal& terminal) { return check(*options, terminal); }; });

  const auto exported = std::make_shared<ExportOptions>();
  auto* export_command = zone.add_subcommand("export", "Write a zone as a file that import takes");
  export_command->add_option("APEX", exported->apex, "Of the zone")->required();
  export_command->add_flag("--with-challenges", exported->with_challenges,
                           "With the values that are published now");
  calls_server(*export_command, chosen, server, [exported](const Client& client, Terminal& terminal) {
    return export_zone(*exported, client, terminal);
  });
}

}  // namespace app
