#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <memory>
#include <ostream>

#include "app/cli/acme_dns_accounts.h"
#include "app/cli/client.h"
#include "assay/v1/account_import.grpc.pb.h"

namespace app {

namespace v1 = assay::v1;
using base::Name;
using base::Result;
using v1::AccountImportService;

namespace {

constexpr size_t kAccountsPerCall = 500;
// Each account is a durable commit of the server's.
constexpr std::chrono::minutes kImportTimeout{5};

struct ImportOptions {
  std::string file;
  std::string domain;
  bool dry_run = false;
};

struct Counts {
  size_t taken = 0;
  size_t known = 0;
  size_t left_out = 0;
  size_t values = 0;
};

void tell_left_out(const std::string& what, const std::string& why, Counts& counts, std::ostream& err) {
  ++counts.left_out;
  err << "left out: " << what << ": " << why << "\n";
}

void count(const v1::ImportAccountsRequest& request, const v1::ImportAccountsResponse& response,
           Counts& counts, std::ostream& err) {
  for (int i = 0; i < response.outcomes_size(); ++i) {
    const v1::AccountOutcome& outcome = response.outcomes(i);
    counts.values += outcome.value_count();
    if (outcome.outcome() == v1::AccountOutcome::TAKEN) {
      ++counts.taken;
    } else if (outcome.outcome() == v1::AccountOutcome::KNOWN) {
      ++counts.known;
    } else {
      const v1::ForeignAccount& account = request.accounts(i);
      tell_left_out("account " + account.user_name() + " (" + account.name() + ")", outcome.reason(), counts,
                    err);
    }
  }
}

Result<grpc::Status> import_acme_dns(const ImportOptions& options, const Client& client, Terminal& terminal) {
  TRY(const Name domain, Name::parse(options.domain));
  TRY(const AcmeDnsDatabase database, read_acme_dns_database(options.file));
  const AcmeDnsAccounts all = accounts_of(database, domain, base::SystemClock().now());
  Counts counts;
  for (const auto& [what, why] : all.left_out)
    tell_left_out(what, why, counts, terminal.err);
  const auto stub = client.stub<AccountImportService>();
  for (size_t at = 0; at < all.accounts.size(); at += kAccountsPerCall) {
    const size_t end = std::min(all.accounts.size(), at + kAccountsPerCall);
    v1::ImportAccountsRequest request;
    request.set_dry_run(options.dry_run);
    request.mutable_accounts()->Assign(all.accounts.begin() + long(at), all.accounts.begin() + long(end));
    v1::ImportAccountsResponse response;
    const auto status = stub->ImportAccounts(client.context(kImportTimeout).get(), request, &response);
    if (!status.ok()) return status;
    count(request, response, counts, terminal.err);
    client.printed_as_json(response, terminal.out);
  }
  if (!client.prints_json()) {
    terminal.out << counts.taken << (options.dry_run ? " accounts would be taken, " : " accounts taken, ")
                 << counts.known << " here already, " << counts.left_out << " left out; " << counts.values
                 << " values live, " << all.old_value_count << " left out because they are over 7 days old\n";
  }
  return grpc::Status::OK;
}

}  // namespace

void add_import(CLI::App& program, Command& chosen) {
  const auto options = std::make_shared<ImportOptions>();
  auto* group = program.add_subcommand("import", "Take over what another server has");
  group->require_subcommand(1);
  const auto server = add_server_options(*group);

  auto* acme_dns = group->add_subcommand("acme-dns", "Accounts, passwords and values of an acme-dns");
  acme_dns->add_option("FILE", options->file, "Its SQLite database, which may be in use")->required();
  acme_dns
      ->add_option("--domain", options->domain, "Its general.domain, which a zone of the server must hold")
      ->type_name("NAME")
      ->required();
  acme_dns->add_flag("--dry-run", options->dry_run, "Only say what would be done");
  calls_server(*acme_dns, chosen, server, [options](const Client& client, Terminal& terminal) {
    return import_acme_dns(*options, client, terminal);
  });
}

}  // namespace app
