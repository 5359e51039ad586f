#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <functional>
#include <memory>
#include <ostream>
#include <sstream>

#include "app/cli/client.h"
#include "app/cli/doctor_from_here.h"
#include "app/cli/report.h"
#include "assay/v1/doctor.grpc.pb.h"
#include "base/time.h"
#include "proto/time.h"

namespace app {

namespace v1 = assay::v1;
using v1::DoctorService;
using v1::Finding;

namespace {

// An address that is silent costs seconds for each question that it gets.
constexpr std::chrono::minutes kExamineTimeout{10};

struct DoctorOptions {
  std::string name;
  std::vector<std::string> issuers;
  std::vector<std::string> resolvers;
  std::string account;
  std::string credential;
  std::string client;
  bool read_only = false;
  bool from_here = false;
  DnsFromHere dns;
  std::string paste_for;  // empty: all
};

const char* word_of(Finding::Grade grade) {
  switch (grade) {
    case Finding::GRADE_OK: return "OK  ";
    case Finding::GRADE_SKIPPED: return "skip";
    case Finding::GRADE_WARN: return "WARN";
    case Finding::GRADE_FAIL: return "FAIL";
    default: return "?   ";  // of a newer server
  }
}

void print_lines(std::ostream& out, const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    out << "         " << line << "\n";
}

void print(std::ostream& out, const v1::Remedy& remedy, const std::string& paste_for) {
  out << "     " << remedy.title() << ", in the zone " << remedy.zone() << "\n";
  for (const std::string& record : remedy.remove())
    out << "       remove  " << record << "\n";
  for (const std::string& record : remedy.add())
    out << "       add     " << record << "\n";
  const auto paste = [&](const std::string& who, const char* title, const std::string& text) {
    if (!paste_for.empty() && paste_for != who) return;
    out << "       " << title << "\n";
    print_lines(out, text);
  };
  paste("bind", "BIND (nsupdate)", remedy.bind());
  paste("knot", "Knot DNS", remedy.knot());
  paste("windows", "Windows DNS (PowerShell)", remedy.windows());
  paste("route53", "Route 53 (change batch)", remedy.route53());
}

void print(std::ostream& out, const Finding& finding, const std::string& paste_for) {
  out << word_of(finding.grade()) << " " << finding.id() << ": " << finding.sentence() << "\n";
  for (const v1::Remedy& remedy : finding.remedies())
    print(out, remedy, paste_for);
  out << std::flush;
}

ExitCode exit_code_of(Finding::Grade worst) {
  if (worst >= Finding::GRADE_FAIL) return ExitCode::failed;
  return worst == Finding::GRADE_WARN ? ExitCode::warned : ExitCode::done;
}

v1::ExamineRequest request_of(const DoctorOptions& options) {
  v1::ExamineRequest request;
  request.set_name(options.name);
  request.mutable_issuers()->Assign(options.issuers.begin(), options.issuers.end());
  request.mutable_resolvers()->Assign(options.resolvers.begin(), options.resolvers.end());
  request.set_read_only(options.read_only);
  request.set_account(options.account);
  request.set_credential(options.credential);
  request.set_client(options.client);
  *request.mutable_caller_time() = proto::to_timestamp(base::SystemClock().now());
  return request;
}

using Tell = std::function<void(const Finding&)>;

grpc::Status examine_from_server(const v1::ExamineRequest& request, const Client& client, const Tell& tell) {
  const auto context = client.context(kExamineTimeout);
  const auto stream = client.stub<DoctorService>()->Examine(context.get(), request);
  for (v1::ExamineResponse response; stream->Read(&response);)
    tell(response.finding());
  return stream->Finish();
}

ExitCode examine(const DoctorOptions& options, const Client& client, Terminal& terminal) {
  Finding::Grade worst = Finding::GRADE_OK;
  const Tell tell = [&](const Finding& finding) {
    worst = std::max(worst, finding.grade());
    if (!client.printed_as_json(finding, terminal.out)) print(terminal.out, finding, options.paste_for);
  };
  const auto request = request_of(options);
  const auto status = options.from_here ? examine_from_here(request, options.dns, client, tell)
                                        : examine_from_server(request, client, tell);
  return status.ok() ? exit_code_of(worst) : report(terminal, status);
}

// Where the questions go out from, and what is looked at beside the name.
void add_perspective(CLI::App& command, DoctorOptions& options) {
  auto* from_here =
      command.add_flag("--from-here", options.from_here, "Ask from this host, and not from the server's");
  command
      .add_option("--root-hints", options.dns.root_hints, "With --from-here: the root's NS, as a zone file")
      ->type_name("FILE")
      ->needs(from_here);
  command
      .add_option("--trust-anchors", options.dns.trust_anchors,
                  "With --from-here: DS or DNSKEY of the root, as a zone file")
      ->type_name("FILE")
      ->needs(from_here);
  auto* credential = command.add_option("--credential", options.credential,
                                        "A credential of assay credential to look at; else the caller's own");
  credential->type_name("ID");
  command.add_option("--client", options.client, "Where that credential is used from")
      ->type_name("ADDRESS")
      ->needs(credential);
}

}  // namespace

void add_doctor(CLI::App& program, Command& chosen) {
  const auto options = std::make_shared<DoctorOptions>();
  auto* command = program.add_subcommand(
      "doctor",
      "Find out whether a name's challenges reach this server, and what to change where they do not");
  const auto server = add_server_options(*command);
  command->add_option("NAME", options->name, "A name to certify: www.corp.example, *.corp.example")
      ->required();
  command
      ->add_option("--issuer", options->issuers, "The CA's name in CAA records; else this server's own CA's")
      ->type_name("DOMAIN")
      ->allow_extra_args(false);
  command
      ->add_option("--account", options->account,
                   "The URI of the ACME account, for CAA's accounturi (RFC 8657)")
      ->type_name("URI");
  command
      ->add_option("--resolver", options->resolvers,
                   "A resolver to compare with; else those of the server's host")
      ->type_name("ADDRESS:PORT")
      ->allow_extra_args(false);
  command->add_flag("--read-only", options->read_only, "Publish nothing, not even for a moment");
  add_perspective(*command, *options);
  command
      ->add_option_function<std::string>(
          "--for",
          [options](const std::string& word) {
            if (word != "bind" && word != "knot" && word != "windows" && word != "route53")
              throw CLI::ValidationError("--for", "bind, knot, windows or route53");
            options->paste_for = word;
          },
          "Whose tools to show changes for; else all")
      ->type_name("bind|knot|windows|route53");
  command->callback([&chosen, options, server] {
    chosen = [options, server](Terminal& terminal) {
      const auto client = Client::open(*server);
      return client ? examine(*options, *client, terminal) : report(terminal, client.error());
    };
  });
}

}  // namespace app
