#include "app/rpc_server.h"

#include <grpc/support/log.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server_builder.h>

#include "base/log.h"

namespace app {

using base::Endpoint;
using base::Result;

namespace {

// Idle connections are asked for a sign of life, so that peers which vanished do not stay.
constexpr int kKeepaliveTimeMs = 60'000;
constexpr int kKeepaliveTimeoutMs = 20'000;
// Clients that ask more often than this are sent away.
constexpr int kPingIntervalMinMs = 10'000;

// gRPC has words for every stranger whose handshake fails.
void log_transport(gpr_log_func_args* event) {
  base::log::debug("grpc.transport", {{"text", event->message}});
}

void set_limits(grpc::ServerBuilder& builder, const RpcLimits& limits) {
  grpc::ResourceQuota quota;
  quota.Resize(limits.memory_max).SetMaxThreads(limits.threads_max);
  builder.SetResourceQuota(quota);
  builder.SetMaxReceiveMessageSize(limits.message_size_max);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, limits.streams_max);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, int(limits.handshake.count()));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, int(limits.idle.count()));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTimeMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kPingIntervalMinMs);
}

}  // namespace

Result<std::unique_ptr<RpcServer>> RpcServer::open(const std::vector<Endpoint>& endpoints, RpcTls tls,
                                                   const std::vector<NamedService>& services,
                                                   const RpcLimits& limits) {
  gpr_set_log_function(log_transport);
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  std::unique_ptr<RpcServer> self(new RpcServer(std::make_shared<RpcCredentials>(std::move(tls))));
  grpc::ServerBuilder builder;
  set_limits(builder, limits);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // a port that is in use is an error
  std::vector<int> ports(endpoints.size());
  for (size_t i = 0; i < endpoints.size(); ++i)
    builder.AddListeningPort(endpoints[i].text(), self->credentials_, &ports[i]);
  for (const NamedService& service : services)
    builder.RegisterService(service.service.get());
  self->server_ = builder.BuildAndStart();
  for (size_t i = 0; i < endpoints.size(); ++i) {
    if (ports[i] == 0) {
      return base::fail(base::ErrorKind::unavailable,
                        "grpc.listen: cannot listen at " + endpoints[i].text() + "; is the port in use?");
    }
    self->endpoints_.push_back({endpoints[i].address, uint16_t(ports[i])});
  }
  if (self->server_ == nullptr)
    return base::fail(
        base::ErrorKind::unavailable,
        "gRPC does not start; with log.level = \"debug\" the events \"grpc.transport\" say why");
  for (const NamedService& service : services)
    self->server_->GetHealthCheckService()->SetServingStatus(service.name, true);
  return self;
}

RpcServer::~RpcServer() {
  if (server_) drain(std::chrono::milliseconds::zero());
}

void RpcServer::drain(std::chrono::milliseconds deadline) {
  server_->GetHealthCheckService()->SetServingStatus(false);
  server_->Shutdown(std::chrono::system_clock::now() + deadline);
  server_->Wait();
}

}  // namespace app
