#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include "app/cli/client.h"

namespace app {

// A call that has one answer: fill(request) says what is asked, and tell(out, response) prints what came back, but
// with --output json.
template <class Service, class Request, class Response>
ServerCall call_for_one(grpc::Status (Service::Stub::*method)(grpc::ClientContext*, const Request&,
                                                              Response*),
                        auto fill, auto tell) {
  return [method, fill, tell](const Client& client, Terminal& terminal) -> base::Result<grpc::Status> {
    Request request;
    fill(request);
    Response response;
    const auto stub = client.stub<Service>();
    const auto status = ((*stub).*method)(client.context().get(), request, &response);
    if (status.ok() && !client.printed_as_json(response, terminal.out)) tell(terminal.out, response);
    return status;
  };
}

}  // namespace app
