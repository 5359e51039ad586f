#include "app/cli/doctor_from_here.h"

#include <signal.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <utility>

#include "app/cli/own_server_client.h"
#include "app/system_resolvers.h"
#include "proto/status.h"
#include "validator/doctor/doctor.h"
#include "validator/net/asio_pause.h"
#include "validator/net/asio_prober.h"
#include "validator/net/ask_all.h"
#include "validator/net/reach.h"
#include "validator/net/unbound_resolver.h"
#include "validator/rpc/messages.h"

namespace app {

using base::Result;
using base::Task;
using validator::doctor::Doctor;
using validator::doctor::Examination;
using validator::doctor::Finding;

namespace {

bool is_public(const base::Endpoint& endpoint) { return validator::is_reachable(endpoint, false, {}); }

Task<Result<void>> examine(const Doctor& doctor, Examination examination,
                           const std::function<void(const assay::v1::Finding&)>& tell) {
  const auto tell_one = [&tell](Finding finding) -> Task<bool> {
    assay::v1::Finding message;
    validator::rpc::write_finding(finding, message);
    tell(message);
    co_return true;
  };
  const auto gone = [] { return false; };
  co_return co_await doctor.examine(std::move(examination), tell_one, gone);
}

}  // namespace

grpc::Status examine_from_here(const assay::v1::ExamineRequest& request, const DnsFromHere& dns,
                               const Client& client,
                               const std::function<void(const assay::v1::Finding&)>& tell) {
  ::signal(SIGPIPE, SIG_IGN);  // libunbound writes to connections that a server may have closed
  auto examination = validator::rpc::read_examination(request);
  if (!examination) return proto::to_status(examination.error());
  auto own = OwnServerClient::open(client);
  if (!own) return own.error();
  examination->caller = (*own)->caller();
  examination->clock_ahead = (*own)->clock_ahead();
  if (examination->resolvers.empty()) examination->resolvers = system_resolvers();

  boost::asio::io_context context;
  validator::UnboundOptions options;
  options.root_hints = dns.root_hints;
  options.trust_anchors = dns.trust_anchors;
  auto resolver = validator::UnboundResolver::open(context.get_executor(), options);
  if (!resolver) return proto::to_status(resolver.error());
  validator::AsioProber prober({});
  validator::AsioPause pause;
  const base::SystemClock clock;
  const Doctor doctor({**resolver, prober, **own, pause, clock, validator::ask_all, {}, is_public});
  Result<void> outcome;
  const auto done = [&](std::exception_ptr thrown, Result<void> result) {
    outcome = thrown ? base::fail(base::ErrorKind::internal, "the examination broke off") : std::move(result);
    (*resolver)->close();
  };
  boost::asio::co_spawn(context, examine(doctor, *std::move(examination), tell), done);
  context.run();
  if (!(*own)->status().ok()) return (*own)->status();
  return outcome ? grpc::Status::OK : proto::to_status(outcome.error());
}

}  // namespace app
