#include "app/cli/rrset_commands.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <ostream>

#include "app/cli/client.h"
#include "app/cli/duration_option.h"
#include "app/cli/pages.h"
#include "assay/v1/zone.grpc.pb.h"
#include "proto/time.h"

namespace app {

namespace v1 = assay::v1;
using v1::ZoneService;

namespace {

constexpr std::chrono::milliseconds kTtlDefault = std::chrono::minutes(1);

struct RRsetOptions {
  std::string apex;
  std::string owner;
  std::string type;
  std::optional<std::chrono::milliseconds> ttl;
  std::vector<std::string> rdata;
};

// As a zone file has it.
void print(std::ostream& out, const v1::RRset& rrset) {
  for (const std::string& rdata : rrset.rdata()) {
    out << rrset.name() << " " << rrset.ttl().seconds() << " IN " << rrset.type() << " " << rdata << "\n";
  }
}

grpc::Status put_rrset(const RRsetOptions& options, const Client& client, Terminal& terminal) {
  v1::PutRRsetRequest request;
  v1::RRset& rrset = *request.mutable_rrset();
  rrset.set_name(options.owner);
  rrset.set_type(options.type);
  *rrset.mutable_ttl() = proto::to_duration(options.ttl.value_or(kTtlDefault));
  rrset.mutable_rdata()->Assign(options.rdata.begin(), options.rdata.end());
  v1::PutRRsetResponse response;
  const auto status = client.stub<ZoneService>()->PutRRset(client.context().get(), request, &response);
  if (status.ok() && !client.printed_as_json(response, terminal.out)) print(terminal.out, response.rrset());
  return status;
}

grpc::Status delete_rrset(const RRsetOptions& options, const Client& client, Terminal& terminal) {
  v1::DeleteRRsetRequest request;
  request.set_name(options.owner);
  request.set_type(options.type);
  v1::DeleteRRsetResponse response;
  const auto status = client.stub<ZoneService>()->DeleteRRset(client.context().get(), request, &response);
  if (status.ok()) client.printed_as_json(response, terminal.out);
  return status;
}

grpc::Status list_rrsets(const RRsetOptions& options, const Client& client, Terminal& terminal) {
  const auto stub = client.stub<ZoneService>();
  v1::ListRRsetsRequest request;
  request.set_apex(options.apex);
  const auto ask = [&](grpc::ClientContext& context, const auto& asked, auto& page) {
    return stub->ListRRsets(&context, asked, &page);
  };
  const auto tell = [&](const v1::ListRRsetsResponse& page) {
    for (const v1::RRset& rrset : page.rrsets())
      print(terminal.out, rrset);
  };
  return print_pages<v1::ListRRsetsResponse>(client, terminal, request, ask, tell);
}

}  // namespace

void add_rrset(CLI::App& zone, std::shared_ptr<const ServerOptions> server, Command& chosen) {
  const auto options = std::make_shared<RRsetOptions>();
  auto* group = zone.add_subcommand("rrset", "Static RRsets of a zone");
  group->require_subcommand(1);
  group->fallthrough();

  auto* put = group->add_subcommand("put", "Put an RRset in the place of what was there");
  put->add_option("OWNER", options->owner, "Absolute, with or without the final dot")->required();
  put->add_option("TYPE", options->type, "A, AAAA, CAA and so on, or TYPEnnn")->required();
  put->add_option("RDATA", options->rdata, "As in a zone file, each record one argument")->required();
  add_duration_option(*put, "--ttl", options->ttl, "For how long resolvers may keep it; else 1m");
  calls_server(*put, chosen, server, [options](const Client& client, Terminal& terminal) {
    return put_rrset(*options, client, terminal);
  });

  auto* list = group->add_subcommand("list", "List the RRsets of a zone, as a zone file has them");
  list->add_option("APEX", options->apex, "Of the zone")->required();
  calls_server(*list, chosen, server, [options](const Client& client, Terminal& terminal) {
    return list_rrsets(*options, client, terminal);
  });

  auto* remove = group->add_subcommand("delete", "Delete an RRset");
  remove->add_option("OWNER", options->owner, "Absolute, with or without the final dot")->required();
  remove->add_option("TYPE", options->type, "A, AAAA, CAA and so on, or TYPEnnn")->required();
  calls_server(*remove, chosen, server, [options](const Client& client, Terminal& terminal) {
    return delete_rrset(*options, client, terminal);
  });
}

}  // namespace app
