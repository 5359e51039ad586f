#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>
#include <ostream>
#include <string>

#include "app/cli/client.h"
#include "app/cli/pages.h"
#include "app/cli/rrset_commands.h"
#include "app/cli/zone_creation.h"
#include "app/cli/zone_file_commands.h"
#include "assay/v1/zone.grpc.pb.h"

namespace app {

namespace v1 = assay::v1;
using v1::ZoneService;

namespace {

grpc::Status list_zones(const Client& client, Terminal& terminal) {
  const auto stub = client.stub<ZoneService>();
  const v1::ListZonesRequest request;
  const auto ask = [&](grpc::ClientContext& context, const auto& asked, auto& page) {
    return stub->ListZones(&context, asked, &page);
  };
  const auto tell = [&](const v1::ListZonesResponse& page) {
    for (const v1::Zone& zone : page.zones())
      print(terminal.out, zone);
  };
  return print_pages<v1::ListZonesResponse>(client, terminal, request, ask, tell);
}

grpc::Status delete_zone(const std::string& apex, const Client& client, Terminal& terminal) {
  v1::DeleteZoneRequest request;
  request.set_apex(apex);
  v1::DeleteZoneResponse response;
  const auto status = client.stub<ZoneService>()->DeleteZone(client.context().get(), request, &response);
  if (status.ok()) client.printed_as_json(response, terminal.out);
  return status;
}

}  // namespace

void print(std::ostream& out, const v1::Zone& zone) {
  out << zone.apex() << " serial " << zone.serial();
  for (const std::string& name_server : zone.name_servers())
    out << " NS " << name_server;
  out << "\n";
}

void add_zone(CLI::App& program, Command& chosen) {
  const auto apex = std::make_shared<std::string>();
  auto* group = program.add_subcommand("zone", "Zones that the server is authoritative for");
  group->require_subcommand(1);
  const auto server = add_server_options(*group);

  add_zone_creation(*group, server, chosen);

  auto* list = group->add_subcommand("list", "List the zones");
  calls_server(*list, chosen, server, list_zones);

  auto* remove = group->add_subcommand("delete", "Delete a zone with all that is in it");
  remove->add_option("APEX", *apex, "As it was created")->required();
  calls_server(*remove, chosen, server, [apex](const Client& client, Terminal& terminal) {
    return delete_zone(*apex, client, terminal);
  });

  add_zone_files(*group, server, chosen);
  add_rrset(*group, server, chosen);
}

}  // namespace app
