#include "app/server.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "acmecore/ca_ceremony.h"
#include "acmecore/inventory.h"
#include "acmecore/records.h"
#include "acmecore/rpc/account_service.h"
#include "acmecore/rpc/audit_service.h"
#include "acmecore/rpc/authorization_service.h"
#include "acmecore/rpc/ca_service.h"
#include "acmecore/rpc/certificate_service.h"
#include "acmecore/rpc/directory_service.h"
#include "acmecore/rpc/external_account_service.h"
#include "acmecore/rpc/inventory_service.h"
#include "acmecore/rpc/order_service.h"
#include "acmecore/rpc/pause_service.h"
#include "acmecore/rpc/policy_service.h"
#include "acmecore/rpc/revocation_service.h"
#include "acmecore/server_start.h"
#include "app/callers.h"
#include "app/check_ports.h"
#include "app/files.h"
#include "app/issuer_places.h"
#include "app/loop.h"
#include "app/state.h"
#include "app/system_resolvers.h"
#include "app/version.h"
#include "base/log.h"
#include "dnsserver/rpc/account_import_service.h"
#include "dnsserver/rpc/challenge_service.h"
#include "dnsserver/rpc/credential_service.h"
#include "dnsserver/rpc/zone_service.h"
#include "storage/lmdb/lmdb_store.h"
#include "validator/rpc/doctor_service.h"

namespace app {

using base::Result;
using base::Role;
using std::chrono::milliseconds;

namespace {

// Coroutines wait more than they compute.
constexpr int kThreadsMax = 8;

// For what is left to end once nobody waits for it: a commit, a look-up that is cut off.
constexpr milliseconds kEndPatience{5'000};

// One for each processor that we may run on. More than those would only hand work to each other: on one processor a
// second thread makes 12 futex calls of the 2 of an issuance.
unsigned thread_count() {
  cpu_set_t allowed;
  const int count = sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? CPU_COUNT(&allowed) : kThreadsMax;
  return unsigned(std::clamp(count, 1, kThreadsMax));
}

std::vector<std::string> names_of(const std::vector<acmecore::rpc::DirectoryAt>& directories) {
  std::vector<std::string> names;
  for (const auto& at : directories)
    names.push_back(at.directory.name);
  return names;
}

// The issuers are others all the same.
void log_unless_written(const Result<void>& roots) {
  if (!roots) base::log::error("server.roots.not_written", {{"detail", roots.error().detail}});
}

std::string joined(const std::vector<base::Endpoint>& endpoints) {
  std::string text;
  for (const base::Endpoint& endpoint : endpoints)
    text += (text.empty() ? "" : " ") + endpoint.text();
  return text;
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(const base::Config& config, const OwnZones& own_zones) {
  std::unique_ptr<Server> server(new Server(config));
  CHECK(server->open_store());
  // Before anything is written: a start leaves an entry in the audit log and certificates of its own, and whoever tries
  // again and again would fill the store, and its reserve, with them.
  CHECK(check_ports(config));
  CHECK(server->open_ca());
  CHECK(server->record_start());
  CHECK(server->open_roles(own_zones));
  CHECK(server->open_rpc());
  CHECK(server->announce());
  return server;
}

Server::Server(const base::Config& config) : config_(config), runtime_(thread_count()) {}

Server::~Server() {
  if (!drained_) drain(milliseconds::zero());
  if (!runtime_.finish(kEndPatience)) {
    // Everything acknowledged is durable, so an end without more ado loses nothing.
    base::log::error("server.end.cut_short");
    std::_Exit(EXIT_FAILURE);
  }
}

Result<void> Server::open_store() {
  storage::LmdbStore::Options options;
  options.directory = config_.state_directory / kStoreDirectory;
  options.size_max = config_.storage.size_max;
  TRY(auto store, storage::LmdbStore::open(std::move(options)));
  runtime_.when_idle([&store = *store] { store.hasten(); });
  store_ = std::move(store);
  records_.emplace(*store_);
  audit_.emplace(config_, *store_, clock_, runtime_);
  remove_run_file(config_.state_directory);  // of a process that was killed
  return {};
}

// The issuer "default" is made at the first start. A store with certificates had its CAs, and another one in the place
// of one would be a surprise to all who trust it.
Result<void> Server::prepare_issuer(const acmecore::IssuerPlace& place) {
  const std::string directory = place.ca.directory.string();
  TRY(const bool is_absent, acmecore::CaDirectory::is_absent(place.ca.directory));
  if (!is_absent) return {};
  if (place.name != base::kDefaultIssuer) {
    return base::fail(base::ErrorKind::unavailable,
                      "the issuer \"" + place.name + "\" has no CA in " + directory +
                          ": put it back from a backup, or make one with assay ca init or assay ca csr");
  }
  TRY(const bool has_certificates, runtime_.wait(records_->has_certificates()));
  const bool for_clients =
      !place.duties.public_client_profile.empty() || !place.duties.private_client_profile.empty();
  if (!has_certificates) return acmecore::init_development_ca(place.ca, clock_.now(), for_clients);
  return base::fail(base::ErrorKind::unavailable,
                    "the CA that issued the certificates in the store is missing: put " + directory +
                        " back from a backup, or use another state_directory for a new CA");
}

Result<void> Server::open_ca() {
  if (config_.roles.contains(Role::ca)) {
    TRY(auto places, issuer_places(config_));
    for (const acmecore::IssuerPlace& place : places)
      CHECK(prepare_issuer(place));
    issuer_keeper_.emplace(std::move(places), clock_);
    TRY(auto issuers, issuer_keeper_->load());
    issuers_.emplace(std::move(issuers));
    CHECK(write_roots());
    CHECK(runtime_.wait(acmecore::complete_inventory(*records_)));
  }
  Identities::Issue issue;
  if (issuers_) {
    issue = [this](const std::vector<std::string>& hosts) {
      const std::string issuer = issuer_of(config_.acme.preset, config_);
      return runtime_.wait(acmecore::new_server_identity(*records_, *issuers_, issuer, hosts, clock_.now()));
    };
  }
  identities_.emplace(config_, std::move(issue), clock_);
  return {};
}

// No CA serves without it. Who is none, and answers for zones, does so where the store is full, too.
Result<void> Server::record_start() {
  acmecore::ServerStart start{std::string(kVersion), config_.sha256, issuer_certificates()};
  const auto noted = runtime_.wait(acmecore::note_start(*records_, std::move(start), clock_.now()));
  if (noted || issuers_) return noted;
  base::log::error("server.start.not_recorded", {{"detail", noted.error().detail}});
  return {};
}

std::vector<acmecore::IssuerCertificate> Server::issuer_certificates() const {
  if (!issuers_) return {};
  return acmecore::issuer_certificates(*issuers_->now());
}

// Those that our own listeners' certificates lead to, each once: those of before a rotation, too, for some have one
// yet.
Result<void> Server::write_roots() {
  const auto issuers = issuers_->now();
  const std::string name = issuer_of(config_.acme.preset, config_);
  std::string roots;
  for (const acmecore::NamedIssuer& named : issuers->all()) {
    for (const acmecore::IssuerGeneration& generation : named.generations) {
      const std::string root = generation.issuer.root_pem();
      if (named.name == name && roots.find(root) == std::string::npos) roots += root;
    }
  }
  return write_file(config_.state_directory / kRootFile, roots, FileMode::open_to_all);
}

// Each part takes effect by itself, in memory. A commit that tells of it can only follow; where it fails, or the
// process ends before, the next one tells how the issuers have changed.
void Server::reload() {
  reopen_logs();
  acmecore::ServerReload told;
  if (const auto done = reload_issuers(); !done) {
    base::log::error("server.issuers.not_reloaded", {{"detail", done.error().detail}});
    told.refused.push_back(done.error());
  }
  if (const auto done = renew_identities(); !done) {
    base::log::error("server.identities.not_renewed", {{"detail", done.error().detail}});
    told.refused.push_back(done.error());
  }
  told.issuers = [this] { return issuer_certificates(); };
  const auto noted = runtime_.wait(acmecore::note_reload(*store_, std::move(told), clock_.now()));
  if (!noted) base::log::error("server.reload.not_recorded", {{"detail", noted.error().detail}});
}

Result<void> Server::reload_issuers() {
  if (!issuers_) return {};
  CHECK(issuer_keeper_->reload(*issuers_));
  log_unless_written(write_roots());
  return {};
}

Result<void> Server::open_roles(const OwnZones& own_zones) {
  if (config_.roles.contains(Role::dns)) {
    std::optional<base::TlsIdentity> tls;
    if (!config_.dns.tls.listen.empty()) {
      const auto give = [this](const base::TlsIdentity& identity) { return dns_->renew(identity); };
      TRY(tls, identities_->first(config_.dns.tls.files, give));
    }
    TRY(dns_, DnsRole::open(config_, *store_, clock_, runtime_, std::move(tls)));
    for (const base::Name& apex : own_zones.made)
      CHECK(dns_->ensure_zone(apex));
  }
  if (config_.roles.contains(Role::validator)) {
    const auto own_servers = dns_ ? dns_->endpoints() : std::vector<base::Endpoint>();
    TRY(validator_, ValidatorRole::open(config_.validator, own_zones.asked, own_servers, clock_, runtime_));
    if (dns_) dns_->follow_aliases_by(validator_->validation());
  }
  if (dns_ && validator_) {
    // Names that only a server for development knows, no resolver knows.
    auto resolvers = own_zones.asked.empty() ? system_resolvers() : std::vector<base::Endpoint>();
    doctor_.emplace(config_, *dns_, *validator_, clock_, std::move(resolvers));
  }
  if (dns_ && !config_.publish.listen.empty()) {
    TRY(const auto identity, publish_identity());
    acmecore::Validation* validation = validator_ ? &validator_->validation() : nullptr;
    TRY(publish_, PublishRole::open(config_, *dns_, *store_, validation, clock_, runtime_, identity));
    if (identity) note_chain("HTTP", identity->chain_pem, config_.publish.tls);
  }
  if (config_.roles.contains(Role::ca)) {
    if (publishes_status(config_)) {
      TRY(revocation_, RevocationRole::open(config_, *issuers_, *store_, clock_, runtime_));
    }
    const auto give = [this](const base::TlsIdentity& identity) { return ca_->renew(identity); };
    TRY(const auto identity, identities_->first(config_.acme.tls, give));
    TRY(ca_, CaRole::open(config_, status_urls(), *issuers_, *store_, validator_->validation(), clock_,
                          runtime_, identity));
  }
  if (!config_.metrics.listen.empty()) {
    TRY(metrics_, MetricsRole::open(config_, dns_.get(), runtime_));
  }
  return {};
}

acmecore::StatusUrls Server::status_urls() const {
  if (revocation_) return revocation_->urls();
  return {config_.revocation.crl.shards};
}

Result<void> Server::open_rpc() {
  TRY(auto credentials, load_credentials(config_.grpc));
  callers_.emplace(std::move(credentials));
  const auto executor = runtime_.executor();
  add<assay::v1::AuditService, acmecore::rpc::AuditService>(audit_->log(), *callers_, executor);
  if (dns_) {
    add<assay::v1::ZoneService, dnsserver::rpc::ZoneService>(dns_->publishing(), *callers_, executor);
    add<assay::v1::AccountImportService, dnsserver::rpc::AccountImportService>(
        dns_->credentials(), dns_->publishing(), clock_, *callers_, executor);
    dnsserver::Propagation* const propagation = doctor_ ? &doctor_->propagation() : nullptr;
    add<assay::v1::ChallengeService, dnsserver::rpc::ChallengeService>(
        dns_->publishing(), dns_->credentials(), *callers_, clock_, executor, propagation);
    add<assay::v1::CredentialService, dnsserver::rpc::CredentialService>(
        dns_->publishing(), dns_->credentials(), *callers_, executor);
  }
  if (ca_) {
    const auto directories = ca_->directories_at(config_);
    add<assay::v1::ExternalAccountService, acmecore::rpc::ExternalAccountService>(
        ca_->external_account_keys(), *callers_, executor);
    add<assay::v1::PauseService, acmecore::rpc::PauseService>(ca_->authority().pausing(), *callers_,
                                                              executor);
    add<assay::v1::PolicyService, acmecore::rpc::PolicyService>(
        ca_->authority(), ca_->external_account_keys(), names_of(directories), clock_, *callers_, executor);
    add<assay::v1::AccountService, acmecore::rpc::AccountService>(ca_->administration(), *callers_, executor);
    add<assay::v1::OrderService, acmecore::rpc::OrderService>(ca_->administration(), ca_->authority(),
                                                              *callers_, executor);
    add<assay::v1::InventoryService, acmecore::rpc::InventoryService>(ca_->inventory(), *callers_, executor);
    add<assay::v1::AuthorizationService, acmecore::rpc::AuthorizationService>(ca_->administration(),
                                                                              *callers_, executor);
    const auto rotate = [this](const std::string& name) -> Result<void> {
      CHECK(issuer_keeper_->rotate(*issuers_, name));
      log_unless_written(write_roots());
      return {};
    };
    add<assay::v1::CaService, acmecore::rpc::CaService>(*issuers_, rotate, *store_, clock_, *callers_,
                                                        executor);
    add<assay::v1::RevocationService, acmecore::rpc::RevocationService>(ca_->revocations(), *callers_,
                                                                        executor);
    add<assay::v1::DirectoryService, acmecore::rpc::DirectoryService>(
        directories, ca_->authority().profiles(), *callers_, executor);
  }
  if (dns_ && ca_) {
    const acmecore::rpc::IssueServices services{ca_->authority(), validator_->validation(), dns_->publisher(),
                                                clock_};
    add<assay::v1::CertificateService, acmecore::rpc::CertificateService>(services, *callers_, executor);
  }
  if (doctor_) {
    const auto caller_by_token = [doctor = &*doctor_](const auto& token, const auto& address) {
      return doctor->caller_by_token(token, address);
    };
    add<assay::v1::DoctorService, validator::rpc::DoctorService>(doctor_->instruments(), doctor_->resolvers(),
                                                                 *callers_, caller_by_token, executor);
  }
  TRY(std::string client_ca, load_client_ca(config_.grpc.client_ca));
  const auto give = [this](const base::TlsIdentity& identity) -> Result<void> {
    rpc_->renew(identity);
    note_chain("gRPC", identity.chain_pem, config_.grpc.tls);
    return {};
  };
  TRY(const auto identity, identities_->first(config_.grpc.tls, give));
  const RpcTls tls{identity.chain_pem, identity.key_pem, std::move(client_ca)};
  TRY(rpc_, RpcServer::open(config_.grpc.listen, tls, services_));
  note_chain("gRPC", identity.chain_pem, config_.grpc.tls);
  return {};
}

Result<std::optional<base::TlsIdentity>> Server::publish_identity() {
  if (config_.publish.plain_http) return std::nullopt;
  return identities_->first(config_.publish.tls, [this](const base::TlsIdentity& identity) -> Result<void> {
    CHECK(publish_->renew(identity));
    note_chain("HTTP", identity.chain_pem, config_.publish.tls);
    return {};
  });
}

// What the doctor is told of a door that has this chain from now on.
void Server::note_chain(const std::string& door, const std::string& chain_pem, const base::TlsFiles& files) {
  if (doctor_) doctor_->own_server().note_chain(door, chain_pem, files.empty());
}

Result<void> Server::announce() {
  run_.pid = ::getpid();
  run_.version = kVersion;
  run_.grpc = rpc_->endpoints();
  if (dns_) {
    run_.dns = dns_->endpoints();
    run_.dns_tls = dns_->tls_endpoints();
  }
  if (publish_) run_.publish = publish_->endpoints();
  if (metrics_) run_.metrics = metrics_->endpoints();
  if (revocation_) run_.revocation = revocation_->endpoints();
  if (ca_) {
    run_.acme = ca_->endpoints();
    run_.acme_directory = ca_->directory_url();
    run_.root_file = std::filesystem::absolute(config_.state_directory / kRootFile);
    if (config_.grpc.tls.empty()) run_.ca_file = run_.root_file;
  }
  const auto has_token = [](const base::Credential& credential) { return !credential.token_file.empty(); };
  const auto& credentials = config_.grpc.credentials;
  const auto first = std::find_if(credentials.begin(), credentials.end(), has_token);
  if (first != credentials.end()) run_.token_file = std::filesystem::absolute(first->token_file);
  CHECK(write_run_file(config_.state_directory, run_));
  base::log::info("server.ready", {{"version", run_.version},
                                   {"dns", joined(run_.dns)},
                                   {"dns_tls", joined(run_.dns_tls)},
                                   {"acme", run_.acme_directory},
                                   {"grpc", joined(run_.grpc)},
                                   {"publish", joined(run_.publish)},
                                   {"metrics", joined(run_.metrics)},
                                   {"revocation", joined(run_.revocation)},
                                   {"state", config_.state_directory.string()}});
  return {};
}

Result<void> Server::renew_identities() {
  TRY(std::string client_ca, load_client_ca(config_.grpc.client_ca));
  CHECK(identities_->renew_all());
  rpc_->renew_client_ca(std::move(client_ca));
  base::log::info("server.identities.renewed");
  return {};
}

Result<void> Server::renew_identities_if_due() {
  return identities_->renew_due([this](const acmecore::Serial& serial) {
    const auto certificate = runtime_.wait(records_->certificate(serial));
    return certificate && (*certificate)->revocation;
  });
}

void Server::reopen_logs() {
  if (dns_) dns_->reopen_logs();
}

void Server::drain(milliseconds deadline) {
  drained_ = true;
  if (run_.pid != 0) remove_run_file(config_.state_directory);  // else it is that of another server
  // gRPC waits for its calls' coroutines, also for those that it has cancelled: whoever waits for a resolver then
  // must not wait for its last attempt.
  const Loop cut_short(runtime_.executor(), [this, deadline](Loop::Pause pause) -> base::Task<> {
    const bool overdue = co_await pause(deadline);
    if (overdue && validator_) validator_->stop();
  });
  std::future<void> https, publish, metrics, revocation;
  if (ca_) https = runtime_.start(ca_->drain());
  if (publish_) publish = runtime_.start(publish_->drain());
  if (metrics_) metrics = runtime_.start(metrics_->drain());
  if (revocation_) revocation = runtime_.start(revocation_->drain());
  if (rpc_) rpc_->drain(deadline);
  if (https.valid()) https.get();
  if (publish.valid()) publish.get();
  if (metrics.valid()) metrics.get();
  if (revocation.valid()) revocation.get();
  if (validator_) validator_->stop();
  if (dns_) dns_->stop();
  if (audit_) audit_->stop();
}

}  // namespace app
