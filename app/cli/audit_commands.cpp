#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>
#include <charconv>
#include <memory>
#include <ostream>

#include "app/cli/audit_query.h"
#include "app/cli/audit_report_command.h"
#include "app/cli/audit_text.h"
#include "app/cli/client.h"
#include "app/cli/csv.h"
#include "app/cli/pages.h"

namespace app {

namespace v1 = assay::v1;
using base::ErrorKind;
using base::fail;
using base::Result;

namespace {

// A log of some hundred million entries.
constexpr std::chrono::minutes kVerifyTimeout{60};

struct ExportOptions {
  std::shared_ptr<AuditQuery> query = std::make_shared<AuditQuery>();
  std::string format = "jsonl";
};

struct VerifyOptions {
  std::vector<std::string> expected;
};

// "17:9f86d0…".
Result<v1::AuditHead> parse_head(const std::string& text) {
  v1::AuditHead head;
  const size_t colon = text.find(':');
  uint64_t sequence = 0;
  const char* const end = text.data() + std::min(colon, text.size());
  const auto parsed = std::from_chars(text.data(), end, sequence);
  if (colon == text.npos || parsed.ec != std::errc() || parsed.ptr != end) {
    return fail(ErrorKind::malformed, "--expect \"" + text + "\": it is a number, a colon and a link");
  }
  head.set_sequence(sequence);
  head.set_link(text.substr(colon + 1));
  return head;
}

std::string text_of(const v1::AuditHead& head) { return std::to_string(head.sequence()) + ":" + head.link(); }

grpc::Status list(const AuditQuery& query, const Client& client, Terminal& terminal) {
  const auto stub = client.stub<v1::AuditService>();
  const auto ask = [&](grpc::ClientContext& context, const auto& asked, auto& page) {
    return stub->ListAuditEvents(&context, asked, &page);
  };
  const auto tell = [&](const v1::ListAuditEventsResponse& page) {
    for (const v1::AuditEvent& event : page.events())
      print_event(terminal.out, event);
  };
  return print_pages<v1::ListAuditEventsResponse>(client, terminal, request_of(query), ask, tell);
}

// Where a whole log begins of which older entries were removed: the link that its first entry goes on from.
grpc::Status find_removed(const Client& client, v1::AuditEvent& removed) {
  v1::GetAuditHeadResponse response;
  const auto status = client.stub<v1::AuditService>()->GetAuditHead(client.context().get(), {}, &response);
  removed.set_sequence(response.removed().sequence());
  removed.set_link(response.removed().link());
  return status;
}

Result<grpc::Status> export_log(const ExportOptions& options, const Client& client, Terminal& terminal) {
  const bool is_csv = options.format == "csv";
  if (is_csv && client.prints_json())
    return fail(ErrorKind::malformed, "--output json and --format csv are two formats");
  const auto write = [&](const v1::AuditEvent& event) {
    terminal.out << (is_csv ? csv_record(csv_fields(event)) : json_line(event));
  };
  v1::AuditEvent removed;
  if (options.query->is_everything()) {
    const auto status = find_removed(client, removed);
    if (!status.ok()) return status;
  }
  if (is_csv) terminal.out << csv_record(csv_header());
  if (removed.sequence() != 0) write(removed);
  v1::ListAuditEventsRequest request = request_of(*options.query);
  request.set_payloads(!is_csv);
  return for_each_event(client, std::move(request), write);
}

Result<grpc::Status> verify(const VerifyOptions& options, const Client& client, Terminal& terminal) {
  v1::VerifyAuditRequest request;
  for (const std::string& text : options.expected) {
    TRY(*request.add_expected(), parse_head(text));
  }
  const auto context = client.context(kVerifyTimeout);
  const auto stream = client.stub<v1::AuditService>()->VerifyAudit(context.get(), request);
  v1::VerifyAuditResponse last;
  for (v1::VerifyAuditResponse response; stream->Read(&response);) {
    if (!client.printed_as_json(response, terminal.out) && !response.done())
      terminal.err << "intact up to entry " << response.intact().sequence() << "\n";
    last = response;
  }
  const auto status = stream->Finish();
  if (!status.ok()) return status;
  if (!last.done()) return fail(ErrorKind::unavailable, "the server ended before the log did");
  if (!last.fault().empty()) {
    return fail(ErrorKind::conflict, "the audit log is not intact: " + last.fault() +
                                         "; it is intact up to " + text_of(last.intact()));
  }
  if (client.prints_json()) return status;
  if (last.intact().sequence() == 0) {
    terminal.out << "the audit log is empty\n";
  } else {
    terminal.out << "the audit log is intact from entry " << last.removed().sequence() + 1 << " to the last, "
                 << last.intact().sequence() << "\n"
                 << text_of(last.intact()) << "\n";
  }
  return status;
}

}  // namespace

void add_audit(CLI::App& program, Command& chosen) {
  auto* group = program.add_subcommand("audit", "The audit log: read it, verify it, report from it");
  group->require_subcommand(1);
  const auto server = add_server_options(*group);

  const auto query = std::make_shared<AuditQuery>();
  auto* listed = group->add_subcommand("list", "List what happened, the oldest first");
  add_query_options(*listed, query);
  calls_server(*listed, chosen, server,
               [query](const Client& client, Terminal& terminal) { return list(*query, client, terminal); });

  const auto verified = std::make_shared<VerifyOptions>();
  auto* verify_command =
      group->add_subcommand("verify", "Follow the log's links from its first entry to its last");
  verify_command
      ->add_option("--expect", verified->expected,
                   "A head that was kept elsewhere, as verify printed it; may be repeated")
      ->type_name("NUMBER:LINK")
      ->allow_extra_args(false);
  calls_server(*verify_command, chosen, server, [verified](const Client& client, Terminal& terminal) {
    return verify(*verified, client, terminal);
  });

  const auto exported = std::make_shared<ExportOptions>();
  auto* export_command = group->add_subcommand("export", "Write the log for other programs");
  add_query_options(*export_command, exported->query);
  export_command
      ->add_option("--format", exported->format,
                   "jsonl, one JSON object a line with what its link is over, or csv")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"jsonl", "csv"}))
      ->capture_default_str();
  calls_server(*export_command, chosen, server, [exported](const Client& client, Terminal& terminal) {
    return export_log(*exported, client, terminal);
  });

  add_audit_report(*group, server, chosen);
}

}  // namespace app
