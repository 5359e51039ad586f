#pragma once

#include <grpcpp/impl/service_type.h>
#include <grpcpp/server.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "app/rpc_credentials.h"
#include "base/endpoint.h"
#include "base/error.h"

namespace app {

// The gRPC listener: services over TLS, with health (grpc.health.v1, also one status for each service) and
// reflection. Those two answer anyone; the services ask who calls.
class RpcServer {
 public:
  struct NamedService {
    std::string name;  // "assay.v1.ZoneService"
    std::unique_ptr<grpc::Service> service;
  };

  // Serves from now on. unavailable: an endpoint cannot be listened at. The services outlive the server.
  static base::Result<std::unique_ptr<RpcServer>> open(const std::vector<base::Endpoint>& endpoints,
                                                       RpcTls tls, const std::vector<NamedService>& services);
  ~RpcServer();  // ends every call at once
  RpcServer(const RpcServer&) = delete;
  RpcServer& operator=(const RpcServer&) = delete;

  // Where it listens, with the ports that the kernel chose.
  const std::vector<base::Endpoint>& endpoints() const { return endpoints_; }

  void renew(RpcTls tls) { credentials_->renew(std::move(tls)); }

  // From now on health says NOT_SERVING; no new call is accepted; returns when the last has ended, or
  // `deadline` later, when they are cancelled. Blocks.
  void drain(std::chrono::milliseconds deadline);

 private:
  RpcServer(std::shared_ptr<RpcCredentials> credentials) : credentials_(std::move(credentials)) {}

  const std::shared_ptr<RpcCredentials> credentials_;  // shared with gRPC's builder
  std::vector<base::Endpoint> endpoints_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace app
