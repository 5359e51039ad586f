#include "app/cli/revoke_command.h"

#include <google/protobuf/util/time_util.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <chrono>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "app/cli/client.h"
#include "app/cli/first_words.h"
#include "app/cli/octets_text.h"
#include "app/cli/revocation_text.h"
#include "assay/v1/revocation.grpc.pb.h"
#include "base/hexadecimal.h"
#include "base/time.h"
#include "proto/time.h"

namespace app {

namespace v1 = assay::v1;
using base::ErrorKind;
using base::fail;
using base::Result;
using v1::RevocationService;

namespace {

// As many as the server takes in one call.
constexpr size_t kSerialsAtOnce = 1000;

constexpr std::chrono::seconds kLookInterval{1};

struct RevokeOptions {
  std::vector<std::string> serials;
  std::string file;  // "-": standard input
  std::string reason;
  std::string account;
  std::string issuer;
  std::string key;
  std::string profile;
  std::string issued_from;
  std::string issued_before;
  bool no_wait = false;

  bool has_serials() const { return !serials.empty() || !file.empty(); }
  bool has_filter() const {
    return !account.empty() || !issuer.empty() || !key.empty() || !profile.empty() || !issued_from.empty() ||
           !issued_before.empty();
  }
};

Result<std::vector<std::string>> serials_of(const RevokeOptions& options) {
  std::vector<std::string> serials = options.serials;
  if (!options.file.empty()) {
    TRY(const auto more, read_first_words(options.file, "serial number"));
    serials.insert(serials.end(), more.begin(), more.end());
  }
  for (std::string& serial : serials)
    serial = without_colons(std::move(serial));
  return serials;
}

void tell(std::ostream& out, const v1::RevokeCertificatesResponse& response) {
  for (const auto& outcome : response.outcomes()) {
    const bool was_revoked = outcome.status() == "was_revoked";
    out << outcome.serial() << " " << (was_revoked ? "was revoked before" : outcome.status());
    if (!outcome.reason().empty()) out << ", " << outcome.reason();
    out << "\n";
  }
}

// Page by page: what was revoked when a call fails stays so, and the same command goes on where it was.
Result<grpc::Status> revoke_serials(const RevokeOptions& options, const Client& client, Terminal& terminal) {
  TRY(const auto serials, serials_of(options));
  const auto stub = client.stub<RevocationService>();
  size_t left_alone = 0;
  for (size_t done = 0; done < serials.size();) {
    const auto page = std::span(serials).subspan(done, std::min(kSerialsAtOnce, serials.size() - done));
    v1::RevokeCertificatesRequest request;
    request.mutable_serials()->Assign(page.begin(), page.end());
    request.set_reason(options.reason);
    v1::RevokeCertificatesResponse response;
    const auto status = stub->RevokeCertificates(client.context().get(), request, &response);
    if (!status.ok()) return status;
    if (!client.printed_as_json(response, terminal.out)) tell(terminal.out, response);
    left_alone += size_t(std::ranges::count_if(response.outcomes(), [](const auto& outcome) {
      return outcome.status() != "revoked" && outcome.status() != "was_revoked";
    }));
    done += page.size();
    if (serials.size() > kSerialsAtOnce) terminal.err << done << " of " << serials.size() << "\n";
  }
  if (left_alone == 0) return grpc::Status::OK;
  return fail(ErrorKind::not_found, std::to_string(left_alone) + " of " + std::to_string(serials.size()) +
                                        " certificates were not revoked: unknown or expired");
}

Result<v1::RevocationJob::Filter> filter_of(const RevokeOptions& options) {
  v1::RevocationJob::Filter filter;
  filter.set_account(options.account);
  filter.set_issuer(options.issuer);
  filter.set_profile(options.profile);
  const auto key = base::parse_hexadecimal(without_colons(options.key));
  if (!key) return fail(ErrorKind::malformed, "--key: it is no SHA-256 in hexadecimal");
  filter.set_key_sha256(*key);
  if (!options.issued_from.empty()) {
    TRY(const base::Time from, base::parse_rfc3339(options.issued_from));
    *filter.mutable_issued_from() = proto::to_timestamp(from);
  }
  if (!options.issued_before.empty()) {
    TRY(const base::Time before, base::parse_rfc3339(options.issued_before));
    *filter.mutable_issued_before() = proto::to_timestamp(before);
  }
  return filter;
}

// Shows how far it is until it is done. The job goes on without us.
Result<grpc::Status> revoke_all(const RevokeOptions& options, const Client& client, Terminal& terminal) {
  v1::StartRevocationJobRequest request;
  TRY(*request.mutable_filter(), filter_of(options));
  request.set_reason(options.reason);
  const auto stub = client.stub<RevocationService>();
  v1::StartRevocationJobResponse started;
  const auto status = stub->StartRevocationJob(client.context().get(), request, &started);
  if (!status.ok()) return status;
  v1::GetRevocationJobResponse now;
  *now.mutable_job() = started.job();
  while (!options.no_wait && !now.job().has_end_time()) {
    std::this_thread::sleep_for(kLookInterval);
    v1::GetRevocationJobRequest which;
    which.set_id(started.job().id());
    const auto looked = stub->GetRevocationJob(client.context().get(), which, &now);
    if (!looked.ok()) return looked;
    terminal.err << now.job().examined() << " looked at, " << now.job().revoked() << " revoked\n";
  }
  if (!client.printed_as_json(now, terminal.out)) print_revocation_job(terminal.out, now.job());
  return grpc::Status::OK;
}

}  // namespace

void add_cert_revoke(CLI::App& group, Command& chosen, std::shared_ptr<const ServerOptions> server) {
  const auto options = std::make_shared<RevokeOptions>();
  auto* command = group.add_subcommand("revoke", "Revoke certificates by serial number, or all that fit");
  command->add_option("SERIAL", options->serials, "Serial numbers in hexadecimal");
  command->add_option("--serials", options->file, "More of them, one a line; \"-\" is standard input")
      ->type_name("FILE");
  command
      ->add_option("--reason", options->reason,
                   "unspecified, keyCompromise (its keys are blocked, too), affiliationChanged, superseded, "
                   "cessationOfOperation or privilegeWithdrawn")
      ->type_name("REASON")
      ->required();
  command->add_option("--account", options->account, "All that this account ordered")->type_name("ID");
  command->add_option("--issuer", options->issuer, "All of this CA, as the URLs of its CRLs name it")
      ->type_name("CA");
  command->add_option("--key", options->key, "All for the key whose SPKI has this SHA-256")
      ->type_name("SHA256");
  command->add_option("--profile", options->profile, "All that were made by this profile")->type_name("NAME");
  command->add_option("--issued-from", options->issued_from, "All that were issued then or later (RFC 3339)")
      ->type_name("TIME");
  command->add_option("--issued-before", options->issued_before, "All that were issued earlier (RFC 3339)")
      ->type_name("TIME");
  command->add_flag("--no-wait", options->no_wait, "Do not wait until all that fit are revoked");
  command->parse_complete_callback([options] {
    if (options->has_serials() == options->has_filter()) {
      throw CLI::ValidationError("either serial numbers, or what all have in common");
    }
  });
  calls_server(*command, chosen, std::move(server), [options](const Client& client, Terminal& terminal) {
    return options->has_serials() ? revoke_serials(*options, client, terminal)
                                  : revoke_all(*options, client, terminal);
  });
}

}  // namespace app
