#include <google/protobuf/util/time_util.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>
#include <ostream>
#include <string>

#include "app/cli/client.h"
#include "app/cli/pages.h"
#include "app/cli/revocation_text.h"
#include "assay/v1/revocation.grpc.pb.h"

namespace app {

namespace v1 = assay::v1;
using base::Result;
using google::protobuf::util::TimeUtil;
using v1::RevocationService;

namespace {

grpc::Status list(const Client& client, Terminal& terminal) {
  const auto stub = client.stub<RevocationService>();
  const auto ask = [&](grpc::ClientContext& context, const auto& asked, auto& page) {
    return stub->ListRevocationJobs(&context, asked, &page);
  };
  const auto tell = [&](const v1::ListRevocationJobsResponse& page) {
    for (const v1::RevocationJob& job : page.jobs())
      print_revocation_job(terminal.out, job);
  };
  return print_pages<v1::ListRevocationJobsResponse>(client, terminal, v1::ListRevocationJobsRequest(), ask,
                                                     tell);
}

// A call that names a job and is answered with it.
template <class Request, class Response>
ServerCall call_for_one(std::shared_ptr<const std::string> id,
                        grpc::Status (RevocationService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                        Response*)) {
  return [id, method](const Client& client, Terminal& terminal) -> Result<grpc::Status> {
    Request request;
    request.set_id(*id);
    Response response;
    const auto stub = client.stub<RevocationService>();
    const auto status = ((*stub).*method)(client.context().get(), request, &response);
    if (status.ok() && !client.printed_as_json(response, terminal.out))
      print_revocation_job(terminal.out, response.job());
    return status;
  };
}

}  // namespace

void print_revocation_job(std::ostream& out, const v1::RevocationJob& job) {
  const auto& filter = job.filter();
  out << job.id()
      << (job.stopped()        ? " stopped"
          : job.has_end_time() ? " done"
                               : " going on")
      << "\n  " << job.reason() << ", started " << TimeUtil::ToString(job.create_time());
  if (!job.by().empty()) out << " by " << job.by();
  if (job.has_end_time()) out << ", ended " << TimeUtil::ToString(job.end_time());
  out << "\n  certificates";
  if (!filter.account().empty()) out << " of account " << filter.account();
  if (!filter.issuer().empty()) out << " of issuer " << filter.issuer();
  if (!filter.profile().empty()) out << " of profile " << filter.profile();
  if (filter.has_issued_from()) out << " issued from " << TimeUtil::ToString(filter.issued_from());
  if (filter.has_issued_before()) out << " issued before " << TimeUtil::ToString(filter.issued_before());
  if (!filter.key_sha256().empty()) out << " of one key";
  out << "\n  " << job.examined() << " looked at, " << job.revoked() << " revoked\n";
}

void add_revocation(CLI::App& program, Command& chosen) {
  const auto id = std::make_shared<std::string>();
  auto* group =
      program.add_subcommand("revocation", "Jobs that revoke many certificates: see them, stop them");
  group->require_subcommand(1);
  const auto server = add_server_options(*group);

  auto* all = group->add_subcommand("list", "List the jobs, the oldest first");
  calls_server(*all, chosen, server,
               [](const Client& client, Terminal& terminal) { return list(client, terminal); });

  const auto add_for_one = [&](const char* name, const char* description, ServerCall call) {
    auto* command = group->add_subcommand(name, description);
    command->add_option("ID", *id, "The job, as list says")->required();
    calls_server(*command, chosen, server, std::move(call));
  };
  using Stub = RevocationService::Stub;
  add_for_one("show", "Show how far a job is", call_for_one(id, &Stub::GetRevocationJob));
  add_for_one("stop", "End a job; what it has revoked stays so", call_for_one(id, &Stub::StopRevocationJob));
}

}  // namespace app
