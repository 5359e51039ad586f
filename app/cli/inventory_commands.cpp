#include "app/cli/inventory_commands.h"

#include <google/protobuf/util/time_util.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <optional>
#include <ostream>
#include <string>

#include "app/cli/call_for_one.h"
#include "app/cli/client.h"
#include "app/cli/octets_text.h"
#include "app/cli/pages.h"
#include "app/cli/time_option.h"
#include "assay/v1/inventory.grpc.pb.h"
#include "base/time.h"
#include "proto/time.h"

namespace app {

namespace v1 = assay::v1;
using google::protobuf::util::TimeUtil;
using v1::InventoryService;

namespace {

struct InventoryOptions {
  std::string serial;
  std::string name;
  std::string domain;
  std::string account;
  std::string issuer;
  std::string key;
  std::string profile;
  std::string status;
  std::optional<base::Time> ends_from;
  std::optional<base::Time> ends_before;
};

void print_line(std::ostream& out, const char* what, const std::string& value) {
  if (!value.empty()) out << "  " << what << " " << value << "\n";
}

void print(std::ostream& out, const v1::Certificate& certificate) {
  out << certificate.serial() << " " << certificate.status() << "\n  for";
  for (const std::string& name : certificate.names())
    out << " " << name;
  out << "\n";
  if (certificate.account().empty()) {
    out << "  of this server's own listeners\n";
  } else {
    out << "  of account " << certificate.account() << ", by order " << certificate.order() << "\n";
  }
  print_line(out, "profile", certificate.profile());
  out << "  from " << TimeUtil::ToString(certificate.not_before()) << " until "
      << TimeUtil::ToString(certificate.not_after()) << "\n";
  if (certificate.has_revoke_time()) {
    out << "  revoked " << TimeUtil::ToString(certificate.revoke_time()) << ", " << certificate.reason()
        << "\n";
  }
}

void print_details(std::ostream& out, const v1::Certificate& certificate) {
  const auto& details = certificate.details();
  out << "  issued " << TimeUtil::ToString(certificate.issue_time()) << " by CA " << certificate.issuer()
      << "\n";
  out << "  key " << certificate.key_type() << " " << certificate.key_sha256() << "\n";
  for (const std::string& authorization : details.authorizations())
    print_line(out, "proved by authorization", authorization);
  if (details.has_crl_shard()) out << "  in CRL " << details.crl_shard() << " once it is revoked\n";
  if (details.has_renew_from()) {
    out << "  to be renewed from " << TimeUtil::ToString(details.renew_from()) << " until "
        << TimeUtil::ToString(details.renew_until()) << "\n";
  }
  if (details.auto_renewed()) out << "  renews itself\n";
  print_line(out, "replaced by order", details.replaced_by());
  out << "  kept until " << TimeUtil::ToString(details.remove_time())
      << (details.publicly_trusted() ? ", as the Baseline Requirements ask\n" : "\n") << details.pem();
}

v1::ListCertificatesRequest request_of(const InventoryOptions& options) {
  v1::ListCertificatesRequest request;
  request.set_name(options.name);
  request.set_domain(options.domain);
  request.set_account(options.account);
  request.set_issuer(options.issuer);
  request.set_key_sha256(without_colons(options.key));
  request.set_profile(options.profile);
  request.set_status(options.status);
  if (options.ends_from) *request.mutable_ends_from() = proto::to_timestamp(*options.ends_from);
  if (options.ends_before) *request.mutable_ends_before() = proto::to_timestamp(*options.ends_before);
  return request;
}

grpc::Status list(const InventoryOptions& options, const Client& client, Terminal& terminal) {
  const auto stub = client.stub<InventoryService>();
  const auto ask = [&](grpc::ClientContext& context, const auto& asked, auto& page) {
    return stub->ListCertificates(&context, asked, &page);
  };
  const auto tell = [&](const v1::ListCertificatesResponse& page) {
    for (const v1::Certificate& certificate : page.certificates())
      print(terminal.out, certificate);
  };
  return print_pages<v1::ListCertificatesResponse>(client, terminal, request_of(options), ask, tell);
}

void add_filter_options(CLI::App& command, InventoryOptions& options) {
  command
      .add_option("--name", options.name, "Only those for this very name, which may be \"*.corp.example\"")
      ->type_name("NAME");
  command.add_option("--domain", options.domain, "Only those for this name or any below it")
      ->type_name("NAME");
  command.add_option("--account", options.account, "Only those that this account ordered")->type_name("ID");
  command.add_option("--issuer", options.issuer, "Only those of this CA, as the URLs of its CRLs name it")
      ->type_name("CA");
  command.add_option("--key", options.key, "Only those for the key whose SPKI has this SHA-256")
      ->type_name("HEX");
  command.add_option("--profile", options.profile, "Only those that were made by this profile")
      ->type_name("NAME");
  command.add_option("--status", options.status, "Only those that are valid, expired or revoked")
      ->type_name("STATUS")
      ->check(CLI::IsMember({"valid", "expired", "revoked"}));
  add_time_option(command, "--ends-from", options.ends_from,
                  "Only those that end then or later: a day, or RFC 3339");
  add_time_option(command, "--ends-before", options.ends_before, "Only those that end before");
}

}  // namespace

void add_cert_inventory(CLI::App& group, Command& chosen,
                        const std::shared_ptr<const ServerOptions>& server) {
  const auto options = std::make_shared<InventoryOptions>();
  auto* all = group.add_subcommand("list", "List certificates, all or those that fit what is given");
  add_filter_options(*all, *options);
  calls_server(*all, chosen, server, [options](const Client& client, Terminal& terminal) {
    return list(*options, client, terminal);
  });

  auto* one = group.add_subcommand("show", "Show all that is known of one certificate");
  one->add_option("SERIAL", options->serial, "Its serial number in hexadecimal")->required();
  const auto fill = [options](v1::GetCertificateRequest& request) {
    request.set_serial(without_colons(options->serial));
  };
  const auto tell = [](std::ostream& out, const v1::GetCertificateResponse& response) {
    print(out, response.certificate());
    print_details(out, response.certificate());
  };
  calls_server(*one, chosen, server,
               call_for_one<InventoryService>(&InventoryService::Stub::GetCertificate, fill, tell));
}

}  // namespace app
