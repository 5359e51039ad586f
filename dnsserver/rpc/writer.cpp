#include "dnsserver/rpc/writer.h"

#include "proto/peer.h"

namespace dnsserver::rpc {

tl::expected<Writer, grpc::Status> writer_of(const grpc::CallbackServerContext& context,
                                             const proto::Callers& callers, const Credentials& credentials) {
  const proto::Presented presented = proto::presented_by(context);
  const auto caller = callers.authorize(presented, proto::Permission::challenges);
  if (caller) return Writer::of_configuration(*caller);
  const bool is_unknown = caller.error().error_code() == grpc::StatusCode::UNAUTHENTICATED;
  if (!is_unknown || presented.token.empty()) return tl::unexpected(caller.error());
  const auto source = proto::address_of_peer(context.peer());
  const auto credential = credentials.authenticate_token(presented.token, source);
  if (!credential) return tl::unexpected(caller.error());
  return Writer::of(*credential, source);
}

}  // namespace dnsserver::rpc
