#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/server.h>
#include <grpcpp/support/sync_stream.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <initializer_list>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "base/task.h"
#include "proto/callers.h"

namespace acmecore::rpc {

// A caller whose token is its name.
proto::Credential credential(const std::string& name, std::set<proto::Permission> permissions);

// Services behind a real gRPC server on loopback, as long as it lives. `io` has a thread so long. The last member of a
// fixture.
class Served {
 public:
  Served(boost::asio::io_context& io, std::initializer_list<grpc::Service*> services);
  ~Served();

  // What `method` of a stub answers to who has the credential `by`.
  template <class Stub, class Request, class Response>
  grpc::Status call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response& response, const std::string& by = "admin") {
    Stub stub(channel_);
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + by);
    return (stub.*method)(&context, request, &response);
  }

  // The last message of a stream, and how it ended.
  template <class Stub, class Request, class Response>
  grpc::Status stream(std::unique_ptr<grpc::ClientReader<Response>> (Stub::*method)(grpc::ClientContext*,
                                                                                    const Request&),
                      const Request& request, Response& last, const std::string& by = "admin") {
    Stub stub(channel_);
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + by);
    const auto reader = (stub.*method)(&context, request);
    while (reader->Read(&last)) {
    }
    return reader->Finish();
  }

  template <class T>
  T run(base::Task<T> task) {
    return boost::asio::co_spawn(io_, std::move(task), boost::asio::use_future).get();
  }

 private:
  boost::asio::io_context& io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace acmecore::rpc
