#include <google/protobuf/util/time_util.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <chrono>
#include <ostream>

#include "app/cli/client.h"
#include "assay/v1/directory.grpc.pb.h"
#include "base/quantity.h"

namespace app {

namespace v1 = assay::v1;
using google::protobuf::util::TimeUtil;

namespace {

void print(std::ostream& out, const v1::Directory& directory) {
  out << directory.name() << " " << directory.url() << "\n  external account binding "
      << directory.external_account() << "\n  issuer " << directory.issuer() << "\n";
  for (const std::string& type : directory.challenges())
    out << "  challenge " << type << "\n";
  if (!directory.terms_of_service().empty()) {
    out << "  terms of service " << directory.terms_of_service()
        << (directory.must_agree_again() ? ", to be agreed to again after a change" : "") << "\n";
  }
  if (!directory.website().empty()) out << "  website " << directory.website() << "\n";
  for (const std::string& identity : directory.caa_identities())
    out << "  CAA identity " << identity << "\n";
  for (const std::string& profile : directory.profiles())
    out << "  profile " << profile << (profile == directory.default_profile() ? ", the default" : "") << "\n";
  if (directory.pre_authorization()) out << "  has newAuthz\n";
  if (directory.subdomain_authorization()) out << "  authorizations may count for subdomains\n";
  if (directory.has_auto_renewal_max()) {
    const auto most =
        std::chrono::milliseconds(TimeUtil::DurationToMilliseconds(directory.auto_renewal_max()));
    out << "  certificates renew themselves for up to " << base::duration_text(most) << "\n";
  }
}

grpc::Status list(const Client& client, Terminal& terminal) {
  v1::ListDirectoriesResponse response;
  const auto status = client.stub<v1::DirectoryService>()->ListDirectories(
      client.context().get(), v1::ListDirectoriesRequest(), &response);
  if (!status.ok() || client.printed_as_json(response, terminal.out)) return status;
  for (const v1::Directory& directory : response.directories())
    print(terminal.out, directory);
  return status;
}

}  // namespace

void add_directory(CLI::App& program, Command& chosen) {
  auto* group = program.add_subcommand("directory", "The ACME directories of the server");
  group->require_subcommand(1);
  const auto server = add_server_options(*group);
  auto* all = group->add_subcommand("list", "List the directories");
  calls_server(*all, chosen, server, list);
}

}  // namespace app
