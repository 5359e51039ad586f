#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>
#include <ostream>

#include "app/cli/client.h"
#include "app/cli/duration_option.h"
#include "app/cli/rrset_commands.h"
#include "assay/v1/zone.grpc.pb.h"
#include "proto/time.h"

namespace app {

namespace v1 = assay::v1;
using v1::ZoneService;

namespace {

constexpr int kPageSize = 1000;

struct ZoneOptions {
  std::string apex;
  std::vector<std::string> name_servers;
  std::string contact;
  std::optional<std::chrono::milliseconds> negative_ttl;
};

void print(std::ostream& out, const v1::Zone& zone) {
  out << zone.apex() << " serial " << zone.serial();
  for (const std::string& name_server : zone.name_servers())
    out << " NS " << name_server;
  out << "\n";
}

grpc::Status create_zone(const ZoneOptions& options, const Client& client, Terminal& terminal) {
  v1::CreateZoneRequest request;
  v1::Zone& zone = *request.mutable_zone();
  zone.set_apex(options.apex);
  zone.mutable_name_servers()->Assign(options.name_servers.begin(), options.name_servers.end());
  zone.set_contact(options.contact);
  if (options.negative_ttl) *zone.mutable_negative_ttl() = proto::to_duration(*options.negative_ttl);
  v1::CreateZoneResponse response;
  const auto status = client.stub<ZoneService>()->CreateZone(client.context().get(), request, &response);
  if (status.ok() && !client.printed_as_json(response, terminal.out)) print(terminal.out, response.zone());
  return status;
}

grpc::Status list_zones(const Client& client, Terminal& terminal) {
  const auto stub = client.stub<ZoneService>();
  v1::ListZonesResponse all;
  v1::ListZonesRequest request;
  request.set_page_size(kPageSize);
  do {
    v1::ListZonesResponse page;
    const auto status = stub->ListZones(client.context().get(), request, &page);
    if (!status.ok()) return status;
    request.set_page_token(page.next_page_token());
    all.mutable_zones()->MergeFrom(page.zones());
  } while (!request.page_token().empty());
  if (!client.printed_as_json(all, terminal.out)) {
    for (const v1::Zone& zone : all.zones())
      print(terminal.out, zone);
  }
  return grpc::Status::OK;
}

grpc::Status delete_zone(const ZoneOptions& options, const Client& client, Terminal& terminal) {
  v1::DeleteZoneRequest request;
  request.set_apex(options.apex);
  v1::DeleteZoneResponse response;
  const auto status = client.stub<ZoneService>()->DeleteZone(client.context().get(), request, &response);
  if (status.ok()) client.printed_as_json(response, terminal.out);
  return status;
}

}  // namespace

void add_zone(CLI::App& program, Command& chosen) {
  const auto options = std::make_shared<ZoneOptions>();
  auto* group = program.add_subcommand("zone", "Zones that the server is authoritative for");
  group->require_subcommand(1);
  const auto server = add_server_options(*group);

  auto* create = group->add_subcommand("create", "Create a zone");
  create->add_option("APEX", options->apex, "Such as acme.corp.example")->required();
  create
      ->add_option("--name-server", options->name_servers,
                   "A name server of the zone; the first is its primary")
      ->type_name("NAME")
      ->required()
      ->allow_extra_args(false);
  create->add_option("--contact", options->contact, "The SOA's RNAME; else hostmaster.APEX")
      ->type_name("NAME");
  add_duration_option(*create, "--negative-ttl", options->negative_ttl,
                      "For how long resolvers may keep a negative answer; else 5s");
  calls_server(*create, chosen, server, [options](const Client& client, Terminal& terminal) {
    return create_zone(*options, client, terminal);
  });

  auto* list = group->add_subcommand("list", "List the zones");
  calls_server(*list, chosen, server, list_zones);

  auto* remove = group->add_subcommand("delete", "Delete a zone with all that is in it");
  remove->add_option("APEX", options->apex, "As it was created")->required();
  calls_server(*remove, chosen, server, [options](const Client& client, Terminal& terminal) {
    return delete_zone(*options, client, terminal);
  });

  add_rrset(*group, server, chosen);
}

}  // namespace app
