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

// What strangers may take of us, for they get as far as this before a service asks who calls. All listeners of
// a process share its descriptors and its memory. docs/configuration.md tells them.
struct RpcLimits {
  int message_size_max = 256 * 1024;      // an RRset of 48 KiB, all of it escaped, is less
  size_t memory_max = size_t{256} << 20;  // of what is received and sent; above it connections are refused
  int threads_max = 32;                   // of gRPC's own that wait in reflection
  int streams_max = 100;                  // calls at once on one connection; further ones wait
  std::chrono::milliseconds handshake{10'000};
  std::chrono::milliseconds idle{300'000};  // of a connection without a call; then it is closed
};

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
                                                       RpcTls tls, const std::vector<NamedService>& services,
                                                       const RpcLimits& limits = RpcLimits());
  ~RpcServer();  // ends every call at once
  RpcServer(const RpcServer&) = delete;
  RpcServer& operator=(const RpcServer&) = delete;

  // Where it listens, with the ports that the kernel chose.
  const std::vector<base::Endpoint>& endpoints() const { return endpoints_; }

  // As RpcCredentials.
  void renew(base::TlsIdentity identity) { credentials_->renew(std::move(identity)); }
  void renew_client_ca(std::string pem) { credentials_->renew_client_ca(std::move(pem)); }

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
