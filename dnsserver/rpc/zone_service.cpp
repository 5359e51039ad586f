#include "dnsserver/rpc/zone_service.h"

#include <memory>

#include "base/async/serial_executor.h"
#include "base/log.h"
#include "dnsserver/rdata.h"
#include "dnsserver/rpc/fields.h"
#include "dnsserver/rpc/serve.h"
#include "dnsserver/rpc/zone_export.h"
#include "dnsserver/rpc/zone_import.h"
#include "dnsserver/rpc/zone_messages.h"

namespace dnsserver::rpc {

namespace {

namespace api = assay::v1;
using grpc::StatusCode;
using proto::Permission;

}  // namespace

grpc::ServerUnaryReactor* ZoneService::CreateZone(grpc::CallbackServerContext* context,
                                                  const api::CreateZoneRequest* request,
                                                  api::CreateZoneResponse* response) {
  const auto method = [=, this](Administrator by) {
    return status_of(create_zone(std::move(by), *request, *response), StatusCode::ALREADY_EXISTS);
  };
  return serve(*context, callers_, Permission::zones, executor_, method);
}

grpc::ServerUnaryReactor* ZoneService::ListZones(grpc::CallbackServerContext* context,
                                                 const api::ListZonesRequest* request,
                                                 api::ListZonesResponse* response) {
  const auto method = [=, this](const Administrator&) {
    return status_of(list_zones(*request, *response), StatusCode::ABORTED);
  };
  return serve(*context, callers_, Permission::zones, executor_, method);
}

grpc::ServerUnaryReactor* ZoneService::DeleteZone(grpc::CallbackServerContext* context,
                                                  const api::DeleteZoneRequest* request,
                                                  api::DeleteZoneResponse*) {
  const auto method = [=, this](Administrator by) {
    return status_of(delete_zone(std::move(by), *request), StatusCode::ABORTED);
  };
  return serve(*context, callers_, Permission::zones, executor_, method);
}

grpc::ServerUnaryReactor* ZoneService::PutRRset(grpc::CallbackServerContext* context,
                                                const api::PutRRsetRequest* request,
                                                api::PutRRsetResponse* response) {
  const auto method = [=, this](Administrator by) {
    return status_of(put_rrset(std::move(by), *request, *response), StatusCode::FAILED_PRECONDITION);
  };
  return serve(*context, callers_, Permission::zones, executor_, method);
}

grpc::ServerUnaryReactor* ZoneService::DeleteRRset(grpc::CallbackServerContext* context,
                                                   const api::DeleteRRsetRequest* request,
                                                   api::DeleteRRsetResponse* response) {
  const auto method = [=, this](Administrator by) {
    return status_of(delete_rrset(std::move(by), *request, *response), StatusCode::FAILED_PRECONDITION);
  };
  return serve(*context, callers_, Permission::zones, executor_, method);
}

grpc::ServerUnaryReactor* ZoneService::ListRRsets(grpc::CallbackServerContext* context,
                                                  const api::ListRRsetsRequest* request,
                                                  api::ListRRsetsResponse* response) {
  const auto method = [=, this](const Administrator&) {
    return status_of(list_rrsets(*request, *response), StatusCode::ABORTED);
  };
  return serve(*context, callers_, Permission::zones, executor_, method);
}

grpc::ServerReadReactor<api::ImportZoneRequest>* ZoneService::ImportZone(grpc::CallbackServerContext* context,
                                                                         api::ImportZoneResponse* response) {
  auto caller = caller_of(*context, callers_, Permission::zones);
  const auto call = std::make_shared<ZoneImport>(publishing_, std::move(caller), importing_, *response);
  using Reader = proto::StreamReader<api::ImportZoneRequest>;
  Reader::Take take = [call](api::ImportZoneRequest& part) { return call->take(part); };
  Reader::Work work = [call] { return call->run(); };
  return Reader::serve(base::serial_executor(executor_), std::move(take), std::move(work));
}

grpc::ServerWriteReactor<api::ExportZoneResponse>* ZoneService::ExportZone(
    grpc::CallbackServerContext* context, const api::ExportZoneRequest* request) {
  auto caller = callers_.authorize(proto::presented_by(*context), Permission::zones);
  auto work = [this, caller = std::move(caller), request = *request](ExportStream& stream) {
    return export_zone(publishing_, caller, request, stream);
  };
  return ExportStream::serve(base::serial_executor(executor_), std::move(work));
}

Task<Result<void>> ZoneService::create_zone(Administrator by, const api::CreateZoneRequest& request,
                                            api::CreateZoneResponse& response) {
  CO_TRY(const Zone zone, read_zone(request.zone()));
  CO_TRY(const Zone created, co_await publishing_.create_zone(zone, by));
  write_zone(created, *response.mutable_zone());
  base::log::info("dns.zone.created", {{"credential", by.credential}, {"apex", created.apex.text()}});
  co_return Result<void>();
}

Task<Result<void>> ZoneService::list_zones(const api::ListZonesRequest& request,
                                           api::ListZonesResponse& response) {
  const std::string_view which = "ListZones";
  CO_TRY(const size_t page_size, parse_page_size(request.page_size()));
  CO_TRY(Bytes after, parse_page_token(which, request.page_token()));
  CO_TRY(const auto page, co_await publishing_.list_zones(std::move(after), page_size));
  for (const Zone& zone : page.items)
    write_zone(zone, *response.add_zones());
  response.set_next_page_token(page_token(which, page.next));
  co_return Result<void>();
}

Task<Result<void>> ZoneService::delete_zone(Administrator by, const api::DeleteZoneRequest& request) {
  CO_TRY(const Name apex, parse_name("apex", request.apex()));
  CO_CHECK(co_await publishing_.delete_zone(apex, by));
  base::log::info("dns.zone.deleted", {{"credential", by.credential}, {"apex", apex.text()}});
  co_return Result<void>();
}

Task<Result<void>> ZoneService::put_rrset(Administrator by, const api::PutRRsetRequest& request,
                                          api::PutRRsetResponse& response) {
  CO_TRY(const RRset rrset, read_rrset(request.rrset()));
  CO_TRY(const uint32_t serial, co_await publishing_.put_rrset(rrset, by));
  write_rrset(rrset, *response.mutable_rrset());
  response.set_zone_serial(serial);
  base::log::info(
      "dns.rrset.put",
      {{"credential", by.credential}, {"owner", rrset.owner.text()}, {"type", type_text(rrset.type)}});
  co_return Result<void>();
}

Task<Result<void>> ZoneService::delete_rrset(Administrator by, const api::DeleteRRsetRequest& request,
                                             api::DeleteRRsetResponse& response) {
  CO_TRY(const Name owner, parse_name("name", request.name()));
  CO_TRY(const uint16_t type, read_type(request.type()));
  CO_TRY(const uint32_t serial, co_await publishing_.delete_rrset(owner, type, by));
  response.set_zone_serial(serial);
  base::log::info("dns.rrset.deleted",
                  {{"credential", by.credential}, {"owner", owner.text()}, {"type", type_text(type)}});
  co_return Result<void>();
}

Task<Result<void>> ZoneService::list_rrsets(const api::ListRRsetsRequest& request,
                                            api::ListRRsetsResponse& response) {
  CO_TRY(const Name apex, parse_name("apex", request.apex()));
  const std::string which = "ListRRsets/" + base::lower(apex.text());
  CO_TRY(const size_t page_size, parse_page_size(request.page_size()));
  CO_TRY(Bytes after, parse_page_token(which, request.page_token()));
  CO_TRY(const auto page, co_await publishing_.list_rrsets(apex, std::move(after), page_size));
  for (const RRset& rrset : page.items)
    write_rrset(rrset, *response.add_rrsets());
  response.set_next_page_token(page_token(which, page.next));
  co_return Result<void>();
}

}  // namespace dnsserver::rpc
