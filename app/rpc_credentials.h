#pragma once

#include <grpcpp/security/server_credentials.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/tls.h"

namespace app {

// What the gRPC listener proves its name with, and whose client certificates it accepts.
struct RpcTls {
  std::string chain_pem;      // leaf first
  std::string key_pem;        // secret
  std::string client_ca_pem;  // empty: no client certificate is asked for
};

// TLS for a gRPC server whose certificate can be renewed while it runs: each handshake takes the newest.
//
// grpc::SslServerCredentials keeps what it is made with, and TlsServerCredentials renews only from files, where
// a key of ours would have to lie. gRPC's C interface asks for the certificate at each handshake.
class RpcCredentials final : public grpc::ServerCredentials {
 public:
  explicit RpcCredentials(RpcTls tls);
  // REQUIRES: the server has gone.
  ~RpcCredentials() override;

  // Connections from now on are served with `identity`. REQUIRES: chain and key belong together. Thread-safe.
  void renew(base::TlsIdentity identity);
  // The client certificates of connections from now on are signed by this CA. Whether clients are asked for some stays.
  // Thread-safe.
  void renew_client_ca(std::string pem);

 private:
  class Port;

  int AddPortToServer(const std::string& address, grpc_server* server) override;
  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>&) override;

  // Handshakes read on gRPC's threads what another thread renews. Held while strings are copied.
  std::mutex mutex_;
  RpcTls tls_;
  uint64_t generation_ = 1;
  std::vector<std::unique_ptr<Port>> ports_;
};

}  // namespace app
