#include "app/rpc_credentials.h"

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>

#include <cassert>

namespace app {

// One address of the server, which has seen its own newest certificate.
class RpcCredentials::Port {
 public:
  explicit Port(RpcCredentials& credentials) : credentials_(credentials) {}

  static grpc_ssl_certificate_config_reload_status fetch(void* port,
                                                         grpc_ssl_server_certificate_config** config) {
    return static_cast<Port*>(port)->fetch(config);
  }

 private:
  grpc_ssl_certificate_config_reload_status fetch(grpc_ssl_server_certificate_config** config) {
    const std::lock_guard lock(credentials_.mutex_);
    if (seen_ == credentials_.generation_) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
    const RpcTls& tls = credentials_.tls_;
    const grpc_ssl_pem_key_cert_pair pair = {tls.key_pem.c_str(), tls.chain_pem.c_str()};
    // gRPC wants some even where it asks for no client certificate.
    const std::string& client_ca = tls.client_ca_pem.empty() ? tls.chain_pem : tls.client_ca_pem;
    *config = grpc_ssl_server_certificate_config_create(client_ca.c_str(), &pair, 1);
    seen_ = credentials_.generation_;
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
  }

  RpcCredentials& credentials_;
  uint64_t seen_ = 0;
};

RpcCredentials::RpcCredentials(RpcTls tls) : tls_(std::move(tls)) {}

RpcCredentials::~RpcCredentials() = default;

void RpcCredentials::renew(base::TlsIdentity identity) {
  const std::lock_guard lock(mutex_);
  tls_.chain_pem = std::move(identity.chain_pem);
  tls_.key_pem = std::move(identity.key_pem);
  ++generation_;
}

void RpcCredentials::renew_client_ca(std::string pem) {
  const std::lock_guard lock(mutex_);
  tls_.client_ca_pem = std::move(pem);
  ++generation_;
}

int RpcCredentials::AddPortToServer(const std::string& address, grpc_server* server) {
  ports_.push_back(std::make_unique<Port>(*this));
  const auto request = tls_.client_ca_pem.empty() ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                                                  : GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY;
  auto* options = grpc_ssl_server_credentials_create_options_using_config_fetcher(request, Port::fetch,
                                                                                  ports_.back().get());
  grpc_server_credentials* credentials = grpc_ssl_server_credentials_create_with_options(options);
  const int port = grpc_server_add_http2_port(server, address.c_str(), credentials);
  grpc_server_credentials_release(credentials);
  return port;
}

// Who calls is found out by each service (proto/callers.h).
void RpcCredentials::SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>&) {
  assert(!"no server asks for it");
}

}  // namespace app
