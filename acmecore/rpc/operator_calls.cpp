#include "acmecore/rpc/operator_calls.h"

#include <algorithm>

#include "proto/bridge.h"
#include "proto/peer.h"
#include "proto/status.h"

namespace acmecore::rpc {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Task;

namespace {

// The state of a record is not the caller's, nor is the CSR of an order.
grpc::Status status_of(const base::Error& error) {
  if (error.kind == ErrorKind::account_not_valid || error.kind == ErrorKind::bad_csr) {
    return proto::to_status(error, grpc::StatusCode::FAILED_PRECONDITION);
  }
  return proto::to_status(error);
}

Task<grpc::Status> status_of(OperatorCalls::Work work) {
  const auto outcome = co_await std::move(work);
  co_return outcome ? grpc::Status::OK : status_of(outcome.error());
}

}  // namespace

grpc::ServerUnaryReactor* OperatorCalls::serve(grpc::CallbackServerContext& context,
                                               std::initializer_list<proto::Permission> permissions,
                                               const std::function<Work(Actor by)>& method) const {
  auto caller = callers_.authorize(proto::presented_by(context), permissions);
  if (caller) {
    Actor by;
    by.credential = *std::move(caller);
    by.address = proto::peer_address(context.peer());
    return proto::serve_unary(context, executor_, status_of(method(std::move(by))));
  }
  grpc::ServerUnaryReactor* reactor = context.DefaultReactor();
  reactor->Finish(caller.error());
  return reactor;
}

Result<size_t> checked_page_size(int32_t page_size, const std::string& page_token, size_t token_max) {
  if (page_size < 0) return fail(ErrorKind::malformed, "page_size: it is negative");
  if (page_token.size() > token_max) return fail(ErrorKind::malformed, "page_token: it is not of this list");
  return size_t(page_size == 0 ? kPageSizeDefault : std::min(page_size, kPageSizeMax));
}

}  // namespace acmecore::rpc
