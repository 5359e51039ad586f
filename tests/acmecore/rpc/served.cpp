#include "tests/acmecore/rpc/served.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/server_builder.h>

#include "base/openssl.h"

namespace acmecore::rpc {

proto::Credential credential(const std::string& name, std::set<proto::Permission> permissions) {
  return {name, base::sha256(name), "", std::move(permissions)};
}

Served::Served(boost::asio::io_context& io, std::initializer_list<grpc::Service*> services)
    : io_(io), work_(io.get_executor()), thread_([&io] { io.run(); }) {
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  for (grpc::Service* service : services)
    builder.RegisterService(service);
  server_ = builder.BuildAndStart();
  channel_ = grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials());
}

Served::~Served() {
  server_->Shutdown();
  work_.reset();
  thread_.join();
}

}  // namespace acmecore::rpc
