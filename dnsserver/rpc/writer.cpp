#include "dnsserver/rpc/writer.h"

#include "base/endpoint.h"

namespace dnsserver::rpc {

std::optional<base::IpAddress> address_of_peer(std::string_view peer) {
  const size_t scheme = peer.find(':');
  if (scheme == std::string_view::npos || !peer.starts_with("ipv")) return std::nullopt;
  std::string endpoint(peer.substr(scheme + 1));
  for (const auto& [escaped, plain] : {std::pair{"%5B", "["}, std::pair{"%5D", "]"}}) {
    if (const size_t at = endpoint.find(escaped); at != std::string::npos) endpoint.replace(at, 3, plain);
  }
  const auto parsed = base::parse_endpoint(endpoint);
  if (!parsed) return std::nullopt;
  const auto address = base::IpAddress::parse(parsed->address);
  return address ? std::optional(*address) : std::nullopt;
}

tl::expected<Writer, grpc::Status> writer_of(const grpc::CallbackServerContext& context,
                                             const proto::Callers& callers, const Credentials& credentials) {
  const proto::Presented presented = proto::presented_by(context);
  const auto caller = callers.authorize(presented, proto::Permission::challenges);
  if (caller) return Writer::of_configuration(*caller);
  const bool is_unknown = caller.error().error_code() == grpc::StatusCode::UNAUTHENTICATED;
  if (!is_unknown || presented.token.empty()) return tl::unexpected(caller.error());
  const auto source = address_of_peer(context.peer());
  const auto credential = credentials.authenticate_token(presented.token, source);
  if (!credential) return tl::unexpected(caller.error());
  return Writer::of(*credential, source);
}

}  // namespace dnsserver::rpc
