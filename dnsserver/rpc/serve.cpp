#include "dnsserver/rpc/serve.h"

#include "proto/status.h"

namespace dnsserver::rpc {

base::Task<grpc::Status> status_of(base::Task<base::Result<void>> work, grpc::StatusCode on_conflict) {
  const auto done = co_await std::move(work);
  if (done) co_return grpc::Status::OK;
  const bool conflict = done.error().kind == base::ErrorKind::conflict;
  co_return conflict ? proto::to_status(done.error(), on_conflict) : proto::to_status(done.error());
}

}  // namespace dnsserver::rpc
