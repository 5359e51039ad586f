#include "validator/rpc/doctor_service.h"

#include <utility>

#include "base/async/serial_executor.h"
#include "base/log.h"
#include "proto/bridge.h"
#include "proto/peer.h"
#include "proto/status.h"
#include "proto/time.h"
#include "validator/rpc/messages.h"

namespace validator::rpc {

namespace api = assay::v1;
using base::ErrorKind;
using base::Result;
using base::Task;
using doctor::Caller;
using doctor::Examination;
using Writer = proto::StreamWriter<api::ExamineResponse>;

namespace {

Task<grpc::Status> examine(const doctor::Doctor& doctor, Examination examination, base::Places& places,
                           Writer& writer) {
  const auto place = places.take();
  if (place == nullptr) {
    co_return proto::to_status(
        {ErrorKind::too_large,
         std::to_string(kExaminationsMax) + " examinations are under way; try again when one is done"});
  }
  const auto tell = [&writer](doctor::Finding finding) -> Task<bool> {
    api::ExamineResponse response;
    write_finding(finding, *response.mutable_finding());
    co_return co_await writer.write(std::move(response));
  };
  base::log::info("doctor.examine",
                  {{"credential", examination.caller.name}, {"name", examination.identifier.text()}});
  const auto gone = [&writer] { return writer.cancelled(); };
  const auto done = co_await doctor.examine(std::move(examination), tell, gone);
  co_return done ? grpc::Status::OK : proto::to_status(done.error());
}

Writer* refuse(const base::Task<>::executor_type& executor, grpc::Status status) {
  return Writer::serve(executor, [status](Writer&) -> Task<grpc::Status> { co_return status; });
}

grpc::ServerUnaryReactor* refuse(grpc::CallbackServerContext& context, const grpc::Status& status) {
  grpc::ServerUnaryReactor* reactor = context.DefaultReactor();
  reactor->Finish(status);
  return reactor;
}

}  // namespace

grpc::ServerWriteReactor<api::ExamineResponse>* DoctorService::Examine(grpc::CallbackServerContext* context,
                                                                       const api::ExamineRequest* request) {
  auto caller = caller_of(*context);
  if (!caller) return refuse(executor_, caller.error());
  if (caller->is_registered) {
    return refuse(executor_,
                  {grpc::StatusCode::PERMISSION_DENIED,
                   "the server looks around for credentials of its configuration alone; ask from your own "
                   "host with --from-here"});
  }
  auto examination = read_examination(*request);
  if (!examination) return refuse(executor_, proto::to_status(examination.error()));
  if (request->has_caller_time()) {
    const auto time = proto::from_timestamp(request->caller_time());
    if (!time) return refuse(executor_, proto::to_status(time.error()));
    examination->clock_ahead = *time - clock_.now();
  }
  const auto seen = may_see(*context, *caller, examination->credential);
  if (!seen.ok()) return refuse(executor_, seen);
  examination->caller = *std::move(caller);
  if (examination->resolvers.empty()) examination->resolvers = resolvers_;
  return Writer::serve(base::serial_executor(executor_),
                       [this, examination = *std::move(examination)](Writer& writer) {
                         return examine(doctor_, examination, examinations_, writer);
                       });
}

grpc::ServerUnaryReactor* DoctorService::DescribeServer(grpc::CallbackServerContext* context,
                                                        const api::DescribeServerRequest*,
                                                        api::DescribeServerResponse* response) {
  auto caller = caller_of(*context);
  if (!caller) return refuse(*context, caller.error());
  return proto::serve_unary(*context, executor_, describe_server(*std::move(caller), *response));
}

grpc::ServerUnaryReactor* DoctorService::DescribeName(grpc::CallbackServerContext* context,
                                                      const api::DescribeNameRequest* request,
                                                      api::DescribeNameResponse* response) {
  auto caller = caller_of(*context);
  if (!caller) return refuse(*context, caller.error());
  const auto seen = may_see(*context, *caller, request->credential());
  if (!seen.ok()) return refuse(*context, seen);
  return proto::serve_unary(*context, executor_, describe_name(*std::move(caller), *request, *response));
}

tl::expected<Caller, grpc::Status> DoctorService::caller_of(
    const grpc::CallbackServerContext& context) const {
  const auto presented = proto::presented_by(context);
  const auto address = proto::address_of_peer(context.peer());
  auto name = callers_.authorize(presented, proto::Permission::challenges);
  if (name) return Caller{*std::move(name), false, address};
  const bool is_unknown = name.error().error_code() == grpc::StatusCode::UNAUTHENTICATED;
  if (!is_unknown || presented.token.empty()) return tl::unexpected(name.error());
  auto registered = caller_by_token_(presented.token, address);
  if (!registered) return tl::unexpected(name.error());
  return *std::move(registered);
}

grpc::Status DoctorService::may_see(const grpc::CallbackServerContext& context, const Caller& caller,
                                    const std::string& credential) const {
  const bool is_own = caller.is_registered && caller.name == credential;
  if (credential.empty() || is_own) return grpc::Status::OK;
  const auto keeper = callers_.authorize(proto::presented_by(context), proto::Permission::credentials);
  if (keeper) return grpc::Status::OK;
  return {grpc::StatusCode::PERMISSION_DENIED,
          "credential: to look at another one than the caller's own wants the permission \"credentials\""};
}

Task<grpc::Status> DoctorService::describe_server(Caller caller,
                                                  api::DescribeServerResponse& response) const {
  for (const base::Endpoint& listener : own_.listeners())
    response.add_listeners(listener.text());
  const auto host = co_await own_.host();
  if (!host) co_return proto::to_status(host.error());
  if (*host) {
    response.set_host_zone((*host)->apex.text());
    response.set_host_name_server((*host)->name_server.text());
  }
  for (const std::string& identity : own_.caa_identities())
    response.add_caa_identities(identity);
  for (const doctor::ApiCertificate& certificate : own_.api_certificates())
    write_certificate(certificate, *response.add_certificates());
  response.set_port_53_holder(own_.port_53_holder());
  *response.mutable_time() = proto::to_timestamp(clock_.now());
  write_caller(caller, *response.mutable_caller());
  co_return grpc::Status::OK;
}

Task<grpc::Status> DoctorService::describe_name(Caller caller, const api::DescribeNameRequest& request,
                                                api::DescribeNameResponse& response) {
  const auto name = base::Name::parse(request.name());
  if (!name) co_return proto::to_status({name.error().kind, "name: " + name.error().detail});
  if (const auto zone = own_.zone_of(*name)) {
    response.set_zone(zone->text());
    if (*zone == *name) {
      const auto servers = co_await own_.name_servers(*zone);
      if (!servers) co_return proto::to_status(servers.error());
      for (const base::Name& server : *servers)
        response.add_name_servers(server.text());
    }
    if (request.with_holders()) {
      auto told = co_await tell_holders(std::move(caller), *name, response);
      if (!told.ok()) co_return told;
    }
  }
  if (request.credential().empty()) co_return grpc::Status::OK;
  const auto registration = co_await own_.registration(request.credential(), *name);
  if (registration) {
    write_registration(*registration, *response.mutable_registration());
  } else {
    response.set_registration_error(registration.error().detail);
  }
  co_return grpc::Status::OK;
}

Task<grpc::Status> DoctorService::tell_holders(Caller caller, base::Name name,
                                               api::DescribeNameResponse& response) {
  const auto place = holder_searches_.take();
  if (place == nullptr) {
    co_return proto::to_status({ErrorKind::too_large, std::to_string(kHolderSearchesMax) +
                                                          " calls look for holders already; try again"});
  }
  const auto holders = co_await own_.holders(std::move(name));
  if (!holders) co_return proto::to_status(holders.error());
  for (const doctor::Registration& registration : holders->registrations) {
    api::Registration& message = *response.add_holders();
    write_registration(registration, message);
    if (caller.is_registered && registration.id != caller.name) message.clear_id();
  }
  response.set_was_handed_out(holders->was_handed_out);
  response.set_can_be_chosen(holders->can_be_chosen);
  co_return grpc::Status::OK;
}

}  // namespace validator::rpc
