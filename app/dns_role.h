#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "app/act_log_adapter.h"
#include "app/alias_targets_adapter.h"
#include "app/loop.h"
#include "app/publisher_adapter.h"
#include "app/runtime.h"
#include "base/config.h"
#include "base/tls.h"
#include "dnsserver/async/update_door.h"
#include "dnsserver/credentials.h"
#include "dnsserver/net/server.h"
#include "dnsserver/node_feed.h"
#include "dnsserver/publishing.h"
#include "dnsserver/zone_table.h"
#include "storage/store.h"

namespace app {

// The challenge authority: zones in the store, answered over UDP, TCP and TLS.
class DnsRole {
 public:
  // Answers from now on. `tls` is there if dns.tls.listen is. The errors of Publishing::open, Credentials::open and
  // net::Server::start. The arguments outlive the role.
  static base::Result<std::unique_ptr<DnsRole>> open(const base::Config& config, storage::Store& store,
                                                     const base::Clock& clock, Runtime& runtime,
                                                     std::optional<base::TlsIdentity> tls);

  dnsserver::Publishing& publishing() { return *publishing_; }
  dnsserver::Credentials& credentials() { return *credentials_; }
  const dnsserver::Credentials& credentials() const { return *credentials_; }
  acmecore::ChallengePublisher& publisher() { return *publisher_; }
  const std::vector<base::Endpoint>& endpoints() const { return server_->endpoints(); }
  const std::vector<base::Endpoint>& tls_endpoints() const { return server_->tls_endpoints(); }

  // For any thread. Counts of one moment need not fit together.
  dnsserver::net::ServerTraffic traffic() const { return server_->traffic(); }

  // TLS connections from now on are served with `identity`. malformed: nothing changes.
  base::Result<void> renew(const base::TlsIdentity& identity) { return server_->renew(identity); }

  // Query log and dnstap go on in new files.
  void reopen_logs() { server_->reopen_logs(); }
  const std::vector<base::Endpoint>& update_endpoints() const { return server_->update_endpoints(); }

  // What finds out where names of alias zones lead. Until it is set, updates for them are answered SERVFAIL.
  void follow_aliases_by(acmecore::Validation& validation) { alias_targets_.set(validation); }

  // Makes a zone, unless it is there, with one name server "ns1", which is this server. A zone that is there and has
  // this name server but no address of it gets the address.
  base::Result<void> ensure_zone(const base::Name& apex);

  // Ends what goes on in the background; queries are answered until the role goes, and updates with SERVFAIL.
  void stop() {
    clean_up_->stop();
    update_door_->close();
  }

 private:
  DnsRole(const base::Clock& clock, Runtime& runtime) : runtime_(runtime), acts_(clock) {}

  Runtime& runtime_;
  ActLogAdapter acts_;
  std::optional<dnsserver::NodeFeed> nodes_;
  dnsserver::ZoneTableHolder zones_;
  std::unique_ptr<dnsserver::Publishing> publishing_;
  std::unique_ptr<dnsserver::Credentials> credentials_;
  std::optional<PublisherAdapter> publisher_;
  std::unique_ptr<Loop> clean_up_;
  AliasTargetsAdapter alias_targets_;
  std::unique_ptr<dnsserver::Updates> updates_;
  std::unique_ptr<dnsserver::UpdateDoor> update_door_;
  std::unique_ptr<dnsserver::net::Server> server_;
};

}  // namespace app
