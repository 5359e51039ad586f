#pragma once

#include <tl/expected.hpp>
#include <utility>

#include "dnsserver/credentials.h"
#include "proto/bridge.h"
#include "proto/callers.h"

namespace dnsserver::rpc {

// Who publishes by this call: a credential of the configuration with the permission "challenges", or one of the store
// by its password as bearer token. The status is that of Callers::authorize().
tl::expected<Writer, grpc::Status> writer_of(const grpc::CallbackServerContext& context,
                                             const proto::Callers& callers, const Credentials& credentials);

// As serve() in dnsserver/rpc/serve.h, with who writes in the place of the credential's name.
template <class Method>
grpc::ServerUnaryReactor* serve_writer(grpc::CallbackServerContext& context, const proto::Callers& callers,
                                       const Credentials& credentials,
                                       const base::Task<>::executor_type& executor, const Method& method) {
  auto writer = writer_of(context, callers, credentials);
  if (!writer) {
    grpc::ServerUnaryReactor* reactor = context.DefaultReactor();
    reactor->Finish(writer.error());
    return reactor;
  }
  return proto::serve_unary(context, executor, method(*std::move(writer)));
}

}  // namespace dnsserver::rpc
