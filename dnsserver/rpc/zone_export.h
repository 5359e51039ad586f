#pragma once

#include <string>
#include <tl/expected.hpp>

#include "assay/v1/zone.pb.h"
#include "base/task.h"
#include "dnsserver/publishing.h"
#include "proto/bridge.h"

namespace dnsserver::rpc {

using ExportStream = proto::StreamWriter<assay::v1::ExportZoneResponse>;

// Serves one call of ExportZone: writes the zone to the stream as a master file, and returns what ends it. What it
// refers to outlives it.
Task<grpc::Status> export_zone(Publishing& publishing, tl::expected<std::string, grpc::Status> caller,
                               assay::v1::ExportZoneRequest request, ExportStream& stream);

}  // namespace dnsserver::rpc
