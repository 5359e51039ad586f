#include "app/cli/audit_report_command.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <filesystem>
#include <memory>
#include <ostream>

#include "app/cli/audit_query.h"
#include "app/cli/audit_report.h"
#include "app/cli/audit_report_text.h"
#include "app/cli/client.h"
#include "app/cli/duration_option.h"
#include "app/cli/time_option.h"
#include "app/files.h"

namespace app {

namespace v1 = assay::v1;
using base::ErrorKind;
using base::Result;

namespace {

constexpr std::chrono::minutes kVerifyTimeout{60};
constexpr std::chrono::days kPeriodDefault{30};

struct ReportOptions {
  std::string format = "html";
  std::optional<base::Time> since;
  std::optional<base::Time> until;
  std::optional<std::chrono::milliseconds> expiring;
  std::filesystem::path out;
};

// What the report says of the chain, whether or not it is intact: both are for its reader.
grpc::Status verify(const Client& client, ReportSource& source) {
  const auto context = client.context(kVerifyTimeout);
  const auto stream = client.stub<v1::AuditService>()->VerifyAudit(context.get(), {});
  v1::VerifyAuditResponse last;
  while (stream->Read(&last)) {
  }
  const auto status = stream->Finish();
  if (!status.ok()) return status;
  const std::string first = std::to_string(last.removed().sequence() + 1);
  const std::string end = std::to_string(last.intact().sequence());
  source.is_intact = last.done() && last.fault().empty();
  source.chain = source.is_intact
                     ? "The server verified its audit log from entry " + first + " to entry " + end +
                           ": nothing was changed, left out or put between. The log's head is " + end + ":" +
                           last.intact().link() + "."
                     : "The audit log is not intact: " + last.fault() + ". It is intact from entry " + first +
                           " to entry " + end + ".";
  return status;
}

grpc::Status gather(const Client& client, AuditReport& report) {
  AuditQuery known;
  known.until = report.period().until;
  known.kinds = AuditReport::kKinds;
  const auto learnt = for_each_event(client, request_of(known),
                                     [&report](const v1::AuditEvent& event) { report.learn(event); });
  if (!learnt.ok()) return learnt;
  AuditQuery happened;
  happened.since = report.period().since;
  happened.until = report.period().until;
  return for_each_event(client, request_of(happened),
                        [&report](const v1::AuditEvent& event) { report.add(event); });
}

Result<grpc::Status> make_report(const ReportOptions& options, const Client& client, Terminal& terminal) {
  if (client.prints_json()) {
    return base::fail(ErrorKind::malformed,
                      "--output json: a report is HTML or CSV; assay audit export writes JSON");
  }
  ReportSource source;
  source.made = base::SystemClock().now();
  ReportPeriod period;
  period.until = options.until.value_or(source.made);
  period.since = options.since.value_or(period.until - kPeriodDefault);
  period.expiring = std::chrono::floor<std::chrono::seconds>(options.expiring.value_or(kPeriodDefault));
  if (period.since >= period.until) return base::fail(ErrorKind::malformed, "--since is not before --until");
  AuditReport report(period);
  auto status = verify(client, source);
  if (status.ok()) status = gather(client, report);
  if (!status.ok()) return status;
  const std::string text = options.format == "csv" ? csv_report(report) : html_report(report, source);
  if (!options.out.empty()) {
    CHECK(write_file(options.out, text, FileMode::secret));
  } else {
    terminal.out << text;
  }
  if (!source.is_intact) return base::fail(ErrorKind::conflict, source.chain);
  return status;
}

}  // namespace

void add_audit_report(CLI::App& audit, std::shared_ptr<const ServerOptions> server, Command& chosen) {
  const auto options = std::make_shared<ReportOptions>();
  auto* command = audit.add_subcommand(
      "report", "Report what was issued on what proof, refused, revoked, and is about to expire");
  command->add_option("--format", options->format, "html, a page whole in itself, or csv")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"html", "csv"}))
      ->capture_default_str();
  add_time_option(*command, "--since", options->since,
                  "A day or an RFC 3339 time; else 30 days before --until");
  add_time_option(*command, "--until", options->until, "Up to then; else now");
  add_duration_option(*command, "--expiring", options->expiring,
                      "Tell certificates that end within so long behind --until; else 30d");
  command->add_option("--out", options->out, "Where to write it; else stdout")->type_name("FILE");
  calls_server(*command, chosen, std::move(server), [options](const Client& client, Terminal& terminal) {
    return make_report(*options, client, terminal);
  });
}

}  // namespace app
