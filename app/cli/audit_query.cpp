#include "app/cli/audit_query.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "app/cli/pages.h"
#include "app/cli/time_option.h"
#include "proto/time.h"

namespace app {

namespace v1 = assay::v1;

bool AuditQuery::is_everything() const {
  return !since && !until && kinds.empty() && actor.empty() && account.empty() && identifier.empty() &&
         serial.empty();
}

void add_query_options(CLI::App& command, const std::shared_ptr<AuditQuery>& query) {
  add_time_option(command, "--since", query->since, "Only what happened from then on: a day, or RFC 3339");
  add_time_option(command, "--until", query->until, "Only what happened before");
  command
      .add_option("--kind", query->kinds,
                  "Only events of this kind, such as certificate.issued; \"certificate.\": all of these")
      ->type_name("KIND")
      ->allow_extra_args(false);
  command.add_option("--actor", query->actor, "Only what this credential, account or address did")
      ->type_name("WHO");
  command.add_option("--account", query->account, "Only what is about this account")->type_name("ID");
  command.add_option("--name", query->identifier, "Only what is about this name")->type_name("NAME");
  command.add_option("--serial", query->serial, "Only what is about the certificate with this serial number")
      ->type_name("HEX");
}

v1::ListAuditEventsRequest request_of(const AuditQuery& query) {
  v1::ListAuditEventsRequest request;
  if (query.since) *request.mutable_since() = proto::to_timestamp(*query.since);
  if (query.until) *request.mutable_until() = proto::to_timestamp(*query.until);
  request.mutable_kinds()->Assign(query.kinds.begin(), query.kinds.end());
  request.set_actor(query.actor);
  request.set_account(query.account);
  request.set_identifier(query.identifier);
  request.set_serial(query.serial);
  return request;
}

grpc::Status for_each_event(const Client& client, v1::ListAuditEventsRequest request,
                            const std::function<void(const v1::AuditEvent&)>& tell) {
  const auto stub = client.stub<v1::AuditService>();
  request.set_page_size(kPageSize);
  do {
    v1::ListAuditEventsResponse page;
    const grpc::Status status = stub->ListAuditEvents(client.context().get(), request, &page);
    if (!status.ok()) return status;
    for (const v1::AuditEvent& event : page.events())
      tell(event);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return grpc::Status::OK;
}

}  // namespace app
