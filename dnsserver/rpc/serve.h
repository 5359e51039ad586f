#pragma once

#include <tl/expected.hpp>
#include <utility>

#include "base/error.h"
#include "base/task.h"
#include "dnsserver/act.h"
#include "proto/bridge.h"
#include "proto/callers.h"

namespace dnsserver::rpc {

// What the work came to. `on_conflict` is what the kind conflict means to the call.
base::Task<grpc::Status> status_of(base::Task<base::Result<void>> work, grpc::StatusCode on_conflict);

// Who calls, and from where. The status is that of Callers::authorize().
tl::expected<Administrator, grpc::Status> caller_of(const grpc::CallbackServerContext& context,
                                                    const proto::Callers& callers,
                                                    proto::Permission permission);

// Serves one unary call: finds out who calls, and if that credential may, awaits method(caller) on the
// executor. `method` returns a Task<grpc::Status>, and is not a coroutine itself: it is gone before the Task
// runs.
template <class Method>
grpc::ServerUnaryReactor* serve(grpc::CallbackServerContext& context, const proto::Callers& callers,
                                proto::Permission permission, const base::Task<>::executor_type& executor,
                                const Method& method) {
  auto caller = caller_of(context, callers, permission);
  if (!caller) {
    grpc::ServerUnaryReactor* reactor = context.DefaultReactor();
    reactor->Finish(caller.error());
    return reactor;
  }
  return proto::serve_unary(context, executor, method(*std::move(caller)));
}

}  // namespace dnsserver::rpc
