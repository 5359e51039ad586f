#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "acmecore/issuer_certificates.h"
#include "acmecore/issuer_keeper.h"
#include "acmecore/issuers.h"
#include "acmecore/records.h"
#include "app/audit_role.h"
#include "app/ca_role.h"
#include "app/dns_role.h"
#include "app/doctor_role.h"
#include "app/identities.h"
#include "app/metrics_role.h"
#include "app/publish_role.h"
#include "app/revocation_role.h"
#include "app/rpc_server.h"
#include "app/run_file.h"
#include "app/runtime.h"
#include "app/validator_role.h"
#include "base/config.h"
#include "base/error.h"
#include "base/time.h"
#include "proto/callers.h"
#include "storage/store.h"

namespace app {

// Zones that a server makes at its start, and that its validator asks itself for.
struct OwnZones {
  std::vector<base::Name> made;   // unless they are there
  std::vector<base::Name> asked;  // names at and below
};

// One running Assay: everything that the roles of a configuration need, made in the order of its dependence.
class Server {
 public:
  // Everything is up and listens, and run.json says where. The error is the first thing that went wrong, in
  // one sentence for the operator. REQUIRES: check_config(config) succeeded; the process ignores SIGPIPE; one
  // server at a time in a process.
  static base::Result<std::unique_ptr<Server>> start(const base::Config& config, const OwnZones& own_zones);

  // As drain() with no time for anyone, if that was not done.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  const RunFile& run_file() const { return run_; }

  // Reads again what is in the directories of the issuers, their alternate chains and the listeners' certificates, and
  // reopens the logs. What is refused stays as it was. The audit log tells what became of it.
  void reload();

  // New certificates for the listeners, from their files or our CA. On error the old ones stay.
  base::Result<void> renew_identities();
  // The same for those listeners alone whose certificate our CA made, and that grows old or was revoked. The error is
  // the first one, and the others have theirs all the same.
  base::Result<void> renew_identities_if_due();

  // Query log and dnstap go on in new files, so that the old ones can be put away.
  void reopen_logs();

  // Accepts nothing new, answers what is under way within `deadline`, and ends everything but DNS.
  void drain(std::chrono::milliseconds deadline);

 private:
  explicit Server(const base::Config& config);

  base::Result<void> open_store();
  base::Result<void> record_start();
  std::vector<acmecore::IssuerCertificate> issuer_certificates() const;  // none: it is no CA
  base::Result<void> reload_issuers();
  base::Result<void> prepare_issuer(const acmecore::IssuerPlace& place);
  base::Result<void> open_ca();
  base::Result<void> write_roots();
  base::Result<void> open_roles(const OwnZones& own_zones);
  acmecore::StatusUrls status_urls() const;
  base::Result<void> open_rpc();
  template <class Api, class Service, class... Arguments>
  void add(Arguments&&... arguments) {
    services_.push_back({Api::service_full_name(), std::make_unique<Service>(arguments...)});
  }
  base::Result<std::optional<base::TlsIdentity>> publish_identity();  // nothing: plain HTTP
  void note_chain(const std::string& door, const std::string& chain_pem, const base::TlsFiles& files);
  base::Result<void> announce();

  const base::Config config_;
  const base::SystemClock clock_;
  Runtime runtime_;
  std::unique_ptr<storage::Store> store_;
  std::optional<acmecore::Records> records_;  // of the store
  std::optional<AuditRole> audit_;
  std::optional<acmecore::IssuerKeeper> issuer_keeper_;
  std::optional<acmecore::Issuers> issuers_;
  std::optional<Identities> identities_;
  std::optional<proto::Callers> callers_;
  std::unique_ptr<DnsRole> dns_;
  std::unique_ptr<ValidatorRole> validator_;
  std::unique_ptr<PublishRole> publish_;
  std::unique_ptr<RevocationRole> revocation_;
  std::unique_ptr<CaRole> ca_;
  std::unique_ptr<MetricsRole> metrics_;
  std::optional<DoctorRole> doctor_;
  std::vector<RpcServer::NamedService> services_;
  std::unique_ptr<RpcServer> rpc_;
  RunFile run_;
  bool drained_ = false;
};

}  // namespace app
