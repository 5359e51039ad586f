#pragma once

#include <grpcpp/support/status.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/client.h"
#include "assay/v1/audit.grpc.pb.h"
#include "base/time.h"

namespace CLI {
class App;
}

namespace app {

// Which entries of the audit log a command is about. What is empty is not asked for.
struct AuditQuery {
  std::optional<base::Time> since;
  std::optional<base::Time> until;
  std::vector<std::string> kinds;
  std::string actor;
  std::string account;
  std::string identifier;
  std::string serial;

  bool is_everything() const;
};

// Adds --since, --until, --kind, --actor, --account, --name and --serial.
void add_query_options(CLI::App& command, const std::shared_ptr<AuditQuery>& query);

assay::v1::ListAuditEventsRequest request_of(const AuditQuery& query);

// Asks for one page after the other, and tells each event in its order.
grpc::Status for_each_event(const Client& client, assay::v1::ListAuditEventsRequest request,
                            const std::function<void(const assay::v1::AuditEvent&)>& tell);

}  // namespace app
