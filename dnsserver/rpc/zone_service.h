#pragma once

#include <atomic>
#include <string>

#include "assay/v1/zone.grpc.pb.h"
#include "base/task.h"
#include "dnsserver/publishing.h"
#include "proto/callers.h"

namespace dnsserver::rpc {

// assay.v1.ZoneService. What it refers to outlives it, and it outlives the server that it is registered with.
class ZoneService final : public assay::v1::ZoneService::CallbackService {
 public:
  ZoneService(Publishing& publishing, const proto::Callers& callers, Publishing::Executor executor)
      : publishing_(publishing), callers_(callers), executor_(std::move(executor)) {}

  grpc::ServerUnaryReactor* CreateZone(grpc::CallbackServerContext* context,
                                       const assay::v1::CreateZoneRequest* request,
                                       assay::v1::CreateZoneResponse* response) override;
  grpc::ServerUnaryReactor* ListZones(grpc::CallbackServerContext* context,
                                      const assay::v1::ListZonesRequest* request,
                                      assay::v1::ListZonesResponse* response) override;
  grpc::ServerUnaryReactor* DeleteZone(grpc::CallbackServerContext* context,
                                       const assay::v1::DeleteZoneRequest* request,
                                       assay::v1::DeleteZoneResponse* response) override;
  grpc::ServerUnaryReactor* PutRRset(grpc::CallbackServerContext* context,
                                     const assay::v1::PutRRsetRequest* request,
                                     assay::v1::PutRRsetResponse* response) override;
  grpc::ServerUnaryReactor* DeleteRRset(grpc::CallbackServerContext* context,
                                        const assay::v1::DeleteRRsetRequest* request,
                                        assay::v1::DeleteRRsetResponse* response) override;
  grpc::ServerUnaryReactor* ListRRsets(grpc::CallbackServerContext* context,
                                       const assay::v1::ListRRsetsRequest* request,
                                       assay::v1::ListRRsetsResponse* response) override;
  grpc::ServerReadReactor<assay::v1::ImportZoneRequest>* ImportZone(
      grpc::CallbackServerContext* context, assay::v1::ImportZoneResponse* response) override;
  grpc::ServerWriteReactor<assay::v1::ExportZoneResponse>* ExportZone(
      grpc::CallbackServerContext* context, const assay::v1::ExportZoneRequest* request) override;

 private:
  Task<Result<void>> create_zone(Administrator by, const assay::v1::CreateZoneRequest& request,
                                 assay::v1::CreateZoneResponse& response);
  Task<Result<void>> list_zones(const assay::v1::ListZonesRequest& request,
                                assay::v1::ListZonesResponse& response);
  Task<Result<void>> delete_zone(Administrator by, const assay::v1::DeleteZoneRequest& request);
  Task<Result<void>> put_rrset(Administrator by, const assay::v1::PutRRsetRequest& request,
                               assay::v1::PutRRsetResponse& response);
  Task<Result<void>> delete_rrset(Administrator by, const assay::v1::DeleteRRsetRequest& request,
                                  assay::v1::DeleteRRsetResponse& response);
  Task<Result<void>> list_rrsets(const assay::v1::ListRRsetsRequest& request,
                                 assay::v1::ListRRsetsResponse& response);

  Publishing& publishing_;
  const proto::Callers& callers_;
  Publishing::Executor executor_;
  std::atomic<bool> importing_ = false;  // one at a time, because each holds a whole zone in memory
};

}  // namespace dnsserver::rpc
