#include "dnsserver/rpc/serve.h"

#include "proto/peer.h"
#include "proto/status.h"

namespace dnsserver::rpc {

base::Task<grpc::Status> status_of(base::Task<base::Result<void>> work, grpc::StatusCode on_conflict) {
  const auto done = co_await std::move(work);
  if (done) co_return grpc::Status::OK;
  const bool conflict = done.error().kind == base::ErrorKind::conflict;
  co_return conflict ? proto::to_status(done.error(), on_conflict) : proto::to_status(done.error());
}

tl::expected<Administrator, grpc::Status> caller_of(const grpc::CallbackServerContext& context,
                                                    const proto::Callers& callers,
                                                    proto::Permission permission) {
  auto name = callers.authorize(proto::presented_by(context), permission);
  if (!name) return tl::unexpected(std::move(name).error());
  return Administrator(*std::move(name), proto::peer_address(context.peer()));
}

}  // namespace dnsserver::rpc
