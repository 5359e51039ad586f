#include <google/protobuf/util/time_util.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <utility>

#include "acmecore/ca_directory.h"
#include "acmecore/rpc/ca_messages.h"
#include "app/cli/ca_crl_command.h"
#include "app/cli/ca_file_commands.h"
#include "app/cli/client.h"
#include "app/cli/report.h"
#include "app/issuer_places.h"
#include "app/state.h"
#include "assay/v1/ca.grpc.pb.h"
#include "base/config.h"
#include "base/time.h"
#include "storage/lmdb/state_directory.h"

namespace app {

namespace v1 = assay::v1;
using base::Result;
using google::protobuf::util::TimeUtil;

namespace {

// What is done to files.
using Work = std::function<Result<void>(std::ostream&)>;

void print(std::ostream& out, const v1::Issuer& issuer) {
  out << issuer.name() << "\n";
  for (const v1::IssuingCertificate& certificate : issuer.certificates()) {
    out << "  " << certificate.role() << " " << certificate.file() << ", key " << certificate.key() << "\n";
    if (certificate.id().empty()) continue;
    out << "    " << certificate.subject() << "\n    by " << certificate.issuer() << "\n    "
        << certificate.key_type() << ", until " << TimeUtil::ToString(certificate.not_after()) << ", CA "
        << certificate.ca() << "\n";
    for (const std::string& name : certificate.permitted())
      out << "    may certify " << name << "\n";
    for (const std::string& name : certificate.excluded())
      out << "    may not certify " << name << "\n";
  }
}

Result<grpc::Status> list(const Client& client, Terminal& terminal) {
  v1::ListIssuersResponse response;
  const auto status =
      client.stub<v1::CaService>()->ListIssuers(client.context().get(), v1::ListIssuersRequest(), &response);
  if (!status.ok() || client.printed_as_json(response, terminal.out)) return status;
  for (const v1::Issuer& issuer : response.issuers())
    print(terminal.out, issuer);
  return status;
}

Result<void> list_files(const IssuerChoice& choice, std::ostream& out) {
  TRY(const base::Config config, base::load_config(choice.config));
  for (const base::CertificateIssuer& issuer : configured_issuers(config)) {
    const auto path = directory_of(issuer, config);
    TRY(const bool is_absent, acmecore::CaDirectory::is_absent(path));
    if (is_absent) out << issuer.name << "\n  nothing is in " << path.string() << " yet\n";
    if (is_absent) continue;
    TRY(const auto directory, acmecore::CaDirectory::read(path));
    TRY(const v1::Issuer message, acmecore::rpc::message_of(issuer.name, directory));
    print(out, message);
  }
  return {};
}

Result<grpc::Status> rotate(const IssuerChoice& choice, const Client& client, Terminal& terminal) {
  v1::RotateIssuerRequest request;
  request.set_name(choice.issuer);
  v1::RotateIssuerResponse response;
  const auto status = client.stub<v1::CaService>()->RotateIssuer(client.context().get(), request, &response);
  if (status.ok() && !client.printed_as_json(response, terminal.out)) print(terminal.out, response.issuer());
  return status;
}

// A server that runs would go on signing with the key that retires, so there must be none.
Result<void> rotate_files(const IssuerChoice& choice, std::ostream& out) {
  TRY(const base::Config config, base::load_config(choice.config));
  const auto store = config.state_directory / kStoreDirectory;
  std::optional<storage::lmdb::DirectoryLock> lock;
  if (storage::lmdb::holds_store(store)) {
    auto taken = storage::lmdb::DirectoryLock::take(store);
    if (!taken) {
      return base::fail(
          base::ErrorKind::unavailable,
          "a server uses this state directory: leave --config out, so that it is asked to rotate (" +
              taken.error().detail + ")");
    }
    lock.emplace(*std::move(taken));
  }
  TRY(const auto place, issuer_place(config, choice.issuer));
  CHECK(acmecore::rotate_ca(place.ca, place.duties, base::SystemClock().now()));
  TRY(const auto directory, acmecore::CaDirectory::read(place.ca.directory));
  TRY(const v1::Issuer message, acmecore::rpc::message_of(choice.issuer, directory));
  print(out, message);
  return {};
}

// One that asks the server, or works on files where --config is given.
CLI::App* add_command(CLI::App& group, Command& chosen, const char* name, const char* description,
                      const std::shared_ptr<IssuerChoice>& choice, ServerCall ask, Work work) {
  auto* command = group.add_subcommand(name, description);
  const auto server = add_server_options(*command);
  add_config(*command, *choice, "Work on the files instead, while no server runs");
  command->get_option("--config")->excludes(command->get_option("--output"));  // files are told as text
  command->callback([&chosen, choice, server, ask = std::move(ask), work = std::move(work)] {
    chosen = [=](Terminal& terminal) {
      if (choice->config.empty()) return call_server(*server, ask, terminal);
      const auto done = work(terminal.out);
      return done ? ExitCode::done : report(terminal, done.error());
    };
  });
  return command;
}

}  // namespace

void add_ca(CLI::App& program, Command& chosen) {
  auto* group = program.add_subcommand("ca", "The issuing CAs of a server: their keys and certificates");
  group->require_subcommand(1);
  add_ca_file_commands(*group, chosen);
  add_ca_crl(*group, chosen);
  const auto all = std::make_shared<IssuerChoice>();
  add_command(*group, chosen, "list", "List the issuers, and when their certificates end", all, list,
              [all](std::ostream& out) { return list_files(*all, out); });
  const auto one = std::make_shared<IssuerChoice>();
  auto* command = add_command(
      *group, chosen, "rotate", "Sign with the next certificate of an issuer from now on", one,
      [one](const Client& client, Terminal& terminal) { return rotate(*one, client, terminal); },
      [one](std::ostream& out) { return rotate_files(*one, out); });
  add_issuer(*command, *one);
}

}  // namespace app
