#include <google/protobuf/util/time_util.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <filesystem>
#include <memory>
#include <ostream>
#include <system_error>

#include "acmecore/csr.h"
#include "app/cli/block_key_command.h"
#include "app/cli/certificate_request.h"
#include "app/cli/client.h"
#include "app/cli/inventory_commands.h"
#include "app/cli/revoke_command.h"
#include "app/files.h"
#include "assay/v1/certificate.grpc.pb.h"

namespace app {

namespace v1 = assay::v1;
using base::Result;
using google::protobuf::util::TimeUtil;
using v1::CertificateService;

namespace {

struct IssueOptions {
  std::vector<std::string> names;
  std::string profile;
  std::filesystem::path csr;
  std::filesystem::path key_out;
  std::filesystem::path cert_out;
};

// What is sent, and the key to write once there is a certificate for it.
struct Prepared {
  v1::IssueRequest request;
  std::string key_pem;  // empty: the caller has it
};

Result<Prepared> prepare(const IssueOptions& options) {
  Prepared prepared;
  std::vector<std::string> names = options.names;
  if (options.csr.empty()) {
    TRY(auto made, new_certificate_request(names));
    prepared.key_pem = std::move(made.key_pem);
    prepared.request.set_csr_der(std::move(made.csr_der));
  } else {
    TRY(const std::string file, read_file(options.csr));
    TRY(base::Bytes der, certificate_request_der(file));
    if (names.empty()) {
      TRY(const acmecore::Csr csr, acmecore::parse_csr(der));
      names = csr.dns_names;
    }
    prepared.request.set_csr_der(std::move(der));
  }
  prepared.request.set_profile(options.profile);
  prepared.request.mutable_names()->Assign(names.begin(), names.end());
  return prepared;
}

std::string joined(const google::protobuf::RepeatedPtrField<std::string>& parts, const char* separator) {
  std::string text;
  for (const std::string& part : parts)
    text += (text.empty() ? "" : separator) + part;
  return text;
}

void tell(std::ostream& out, const v1::IssueResponse& event) {
  switch (event.event_case()) {
    case v1::IssueResponse::kOrderCreated:
      out << "order " << event.order_created().order() << " for "
          << joined(event.order_created().names(), ", ") << "\n";
      return;
    case v1::IssueResponse::kDelegationFound:
      out << "delegation of " << event.delegation_found().name() << ": "
          << joined(event.delegation_found().path(), " → ") << " in zone " << event.delegation_found().zone()
          << "\n";
      return;
    case v1::IssueResponse::kTxtPublished:
      out << "published " << event.txt_published().owner() << " TXT \"" << event.txt_published().value()
          << "\"\n";
      return;
    case v1::IssueResponse::kValidated:
      out << "validated " << (event.validated().wildcard() ? "*." : "") << event.validated().name() << "\n";
      for (const std::string& line : event.validated().evidence())
        out << "  " << line << "\n";
      return;
    case v1::IssueResponse::kCertificateIssued:
      out << "certificate " << event.certificate_issued().serial() << " until "
          << TimeUtil::ToString(event.certificate_issued().not_after()) << "\n";
      return;
    case v1::IssueResponse::kApprovalNeeded:
      out << "order " << event.approval_needed().order() << " waits for somebody's approval until "
          << TimeUtil::ToString(event.approval_needed().expire_time()) << "\n";
      return;
    case v1::IssueResponse::EVENT_NOT_SET: return;  // of a newer server
  }
}

// A key that is made waits beside its place until it has a certificate, so that neither the call's failure nor
// the disk's costs the one that is in use.
std::filesystem::path waiting(const std::filesystem::path& key_out) { return key_out.string() + ".new"; }

Result<void> keep(const IssueOptions& options, const std::string& chain, bool to_stdout, std::ostream& out) {
  if (!options.key_out.empty()) {
    std::error_code failure;
    std::filesystem::rename(waiting(options.key_out), options.key_out, failure);
    if (failure) {
      return base::fail(base::ErrorKind::unavailable,
                        "cannot write " + options.key_out.string() + ": " + failure.message());
    }
  }
  if (!options.cert_out.empty()) return write_file(options.cert_out, chain, FileMode::open_to_all);
  if (to_stdout) out << chain;
  return {};
}

// Progress goes to stderr and the chain to --cert-out or stdout; with JSON, every event to stdout.
Result<grpc::Status> issue(const IssueOptions& options, const Client& client, Terminal& terminal) {
  TRY(const Prepared prepared, prepare(options));
  if (!prepared.key_pem.empty()) {
    CHECK(write_file(waiting(options.key_out), prepared.key_pem, FileMode::secret));
  }
  const auto context = client.context(kIssueTimeout);
  const auto stream = client.stub<CertificateService>()->Issue(context.get(), prepared.request);
  std::string chain;
  for (v1::IssueResponse event; stream->Read(&event);) {
    if (event.has_certificate_issued()) chain = event.certificate_issued().pem_chain();
    if (!client.printed_as_json(event, terminal.out)) tell(terminal.err, event);
  }
  const auto status = stream->Finish();
  if (status.ok()) {
    CHECK(keep(options, chain, !client.prints_json(), terminal.out));
  } else if (!prepared.key_pem.empty()) {
    std::error_code ignored;
    std::filesystem::remove(waiting(options.key_out), ignored);
  }
  return status;
}

}  // namespace

void add_cert(CLI::App& program, Command& chosen) {
  const auto options = std::make_shared<IssueOptions>();
  auto* group = program.add_subcommand("cert", "Certificates of the server's CA");
  group->require_subcommand(1);
  const auto server = add_server_options(*group);

  auto* command = group->add_subcommand(
      "issue", "Issue a certificate, after proving its names by TXT values in the server's zones");
  command
      ->add_option("--name", options->names,
                   "A name to certify, also \"*.corp.example\"; else those of the CSR")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command->add_option("--profile", options->profile, "The certificate's profile; else the server chooses")
      ->type_name("NAME");
  auto* csr =
      command->add_option("--csr", options->csr, "Certification request, PEM or DER; else one is made")
          ->type_name("FILE");
  command->add_option("--key-out", options->key_out, "Where to write the key that is made without --csr")
      ->type_name("FILE")
      ->excludes(csr);
  command
      ->add_option("--cert-out", options->cert_out, "Where to write the chain, PEM, leaf first; else stdout")
      ->type_name("FILE");
  command->parse_complete_callback([options] {
    if (!options->csr.empty()) return;
    if (options->names.empty()) throw CLI::RequiredError("--name or --csr");
    if (options->key_out.empty()) throw CLI::RequiredError("--key-out, where there is no --csr,");
  });
  calls_server(*command, chosen, server, [options](const Client& client, Terminal& terminal) {
    return issue(*options, client, terminal);
  });
  add_cert_inventory(*group, chosen, server);
  add_cert_revoke(*group, chosen, server);
  add_cert_block_key(*group, chosen, server);
}

}  // namespace app
